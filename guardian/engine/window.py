"""Hold what is stopped for one device, while the person on it looks: "why is this broken?".

Law 1: a window is in memory alone, opened for one device, and hears of that device alone; whoever opened it closes it.
Law 2: at most `max_names` names, and `max_octets` of them all; what comes after is left out, and that is told.
Law 3: a device is its hardware address where that is known, else its address: its other addresses are its own, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.model import Reason
from guardian.wire.names import to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guardian.engine.generation import Generation
    from guardian.engine.household import Household
    from guardian.lists.set_file import ListInfo
    from guardian.model import Query, Reply


class Stopped(NamedTuple):
    """A name that was stopped, and by what."""

    name: str
    """As text."""
    reason: Reason
    list: str
    """The list that decided; empty where none did."""
    category: str


class Window:
    """What is stopped for one device since the window was opened."""

    def __init__(self, *, max_names: int = 200, max_octets: int = 16_000) -> None:
        """Nothing yet."""
        self._max_names = max_names
        self._octets = max_octets
        self._stopped: dict[bytes, Stopped] = {}
        self.is_full = False
        """There was more than it holds."""

    @property
    def stopped(self) -> tuple[Stopped, ...]:
        """What was stopped, in the order of asking, each name once."""
        return tuple(self._stopped.values())

    def hear(self, reply: Reply, lists: Sequence[ListInfo]) -> None:
        """Take note of a reply to this device, if it stops a name; `lists` are those of the set that decided."""
        verdict, name = reply.verdict, reply.query.name
        if not (verdict is not None and verdict.blocked) and reply.reason is not Reason.REBINDING:
            return
        if name in self._stopped:
            return
        info = lists[verdict.list_index] if verdict is not None and verdict.list_index >= 0 else None
        found = Stopped(to_text(name), reply.reason, info.id if info else "", info.category if info else "")
        octets = len(f"{found.name}{found.list}{found.category}".encode())
        if len(self._stopped) >= self._max_names or octets > self._octets:
            self.is_full = True
            return
        self._octets -= octets
        self._stopped[name] = found


class Windows:
    """The windows that are open; who opens one sees to it that it is closed, and that they are few."""

    def __init__(self, hardware: Mapping[str, str]) -> None:
        """None is open; `hardware` says which device has an address, now and later."""
        self._hardware = hardware
        self.of: dict[str, Window] = {}
        """By device."""

    def put(self, device: str, window: Window | None) -> None:
        """Open a window in the place of another one of this device; None closes it."""
        if window is None:
            self.of.pop(device, None)
        else:
            self.of[device] = window

    def hear(self, reply: Reply, generation: Generation) -> bool:
        """Hear a reply, and say whether the device that gets it has a window."""
        window = self.of.get(self._device(reply.query, generation.household))
        if window is not None:
            window.hear(reply, generation.domains.lists)
        return window is not None

    def _device(self, query: Query, household: Household) -> str:
        if ":" in query.stated and household.profile_stated(query.stated, query.client) is not None:
            # a trusted router's word
            return query.stated
        return self._hardware.get(query.client, query.client)
