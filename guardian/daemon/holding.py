"""Hold the questions of devices that nobody knows yet, until the wire says who they are or it has taken too long.

Law 1: at most `max_held` questions, for at most HOLD_SECONDS; one too many goes on at once, as an unknown device's.
Law 2: an address that is not found is provoked once in PROVOKED_SECONDS, and what it asks meanwhile goes on at once:
       who can't be found must not wait for every answer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from guardian.engine.cache import TwoGenerations

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

HOLD_SECONDS = 0.1
"""A device on the same wire answers in a few milliseconds; a sleeping phone's Wi-Fi takes most of this."""
PROVOKED_SECONDS = 1.0


class Held(NamedTuple):
    """What waits for one address."""

    calls: list[Callable[[], None]]
    timer: asyncio.TimerHandle


class Holding:
    """Who is being looked for."""

    def __init__(self, provoke: Callable[[str], bool], loop: asyncio.AbstractEventLoop, *, max_held: int = 256) -> None:
        """Hold nobody yet; `provoke` makes the kernel look for an address, or says False."""
        self._provoke = provoke
        self._loop = loop
        self._max_held = max_held
        self._held: dict[str, Held] = {}
        self._count = 0
        self._provoked: TwoGenerations[str, bool] = TwoGenerations(4 * max_held)

    def hold(self, client: str, again: Callable[[], None]) -> None:
        """Call `again` once it is known who `client` is, or can't be."""
        now = self._loop.time()
        if self._count < self._max_held:
            held = self._held.get(client)
            if held is None and not self._provoked.get(client, now) and self._provoke(client):
                self._provoked.put(client, True, now + PROVOKED_SECONDS)
                timer = self._loop.call_later(HOLD_SECONDS, partial(self._release, client))
                held = self._held[client] = Held([], timer)
            if held is not None:
                held.calls.append(again)
                self._count += 1
                return
        again()

    def find(self, client: str) -> None:
        """Hear that it is known who `client` is: what waits for it goes on."""
        self._provoked.drop(client)
        self._release(client)

    def forget(self, now: float) -> None:
        """Drop what is over."""
        self._provoked.sweep(now)

    def close(self) -> None:
        """Let go on whatever waits."""
        for client in list(self._held):
            self._release(client)

    def _release(self, client: str) -> None:
        held = self._held.pop(client, None)
        if held is None:
            return
        held.timer.cancel()
        self._count -= len(held.calls)
        for again in held.calls:
            again()
