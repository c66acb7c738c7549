"""Answer "why is this broken?": for five minutes, tell one device which names were stopped for it, and by which list.

Law 1: a window is opened from the device itself, for itself alone; what it holds is in memory, and gone when it closes.
Law 2: it closes itself SECONDS after it was opened, whether anybody looks or not; at most `max_windows` are open.
Law 3: through whom several devices ask, none has a window: it would show what the others asked for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from guardian.control.messages import StoppedName, WindowShown
from guardian.engine.window import Window
from guardian.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from guardian.control.messages import Troubleshoot
    from guardian.engine.engine import Engine

SECONDS = 300


class _Open(NamedTuple):
    window: Window
    timer: asyncio.TimerHandle


class Troubleshooting:
    """The windows that are open."""

    def __init__(
        self, engine: Engine, shared: Callable[[], Collection[str]], *, seconds: float = SECONDS, max_windows: int = 16
    ) -> None:
        """`shared` gives the addresses through which several devices ask: gateways, trusted routers."""
        self._engine = engine
        self._shared = shared
        self._seconds = seconds
        self._max_windows = max_windows
        self._open: dict[str, _Open] = {}
        """By device: its hardware address where that is known, else its address."""

    def answer(self, request: Troubleshoot) -> WindowShown:
        """Open, show or close the window of the device that has an address; WireError where that is none."""
        device = self._device_at(request.address)
        if device is None:
            return _none("several devices ask through this one, or it is on no network of this house")
        if request.do == "open":
            return self._opened(device)
        if request.do == "close":
            self._close(device)
        elif request.do != "show":
            raise WireError("a window is opened, shown or closed")
        return self._shown(device)

    def _device_at(self, address: str) -> str | None:
        try:
            profile = self._engine.profile_of(address)
        except ValueError as error:
            raise WireError("the asker's address is none") from error
        neighbours = self._engine.neighbours()
        device = neighbours.get(address, address)
        shared = {neighbours.get(one, one) for one in self._shared()}
        return None if profile is None or device in shared else device

    def _opened(self, device: str) -> WindowShown:
        self._close(device)
        if len(self._open) >= self._max_windows:
            return _none("too many devices look at once; try again in five minutes")
        window = Window()
        timer = asyncio.get_running_loop().call_later(self._seconds, self._close, device)
        self._open[device] = _Open(window, timer)
        self._engine.look(device, window)
        return self._shown(device)

    def _close(self, device: str) -> None:
        found = self._open.pop(device, None)
        if found is not None:
            found.timer.cancel()
            self._engine.look(device, None)

    def _shown(self, device: str) -> WindowShown:
        found = self._open.get(device)
        if found is None:
            return _none()
        left = max(1, int(found.timer.when() - asyncio.get_running_loop().time()))
        stopped = found.window.stopped
        names = tuple(StoppedName(one.name, one.reason.name.lower(), one.list, one.category) for one in stopped)
        return WindowShown(left, names, is_full=found.window.is_full, trouble="")


def _none(trouble: str = "") -> WindowShown:
    return WindowShown(0, (), is_full=False, trouble=trouble)
