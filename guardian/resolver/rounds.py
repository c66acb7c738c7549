"""Hold the questions that wait for an answer, so that each is heard of again when its time is over.

Law 1: all of one line wait equally long, so who came first is over first, and one timer serves the line.
Law 2: a line holds only what is open: its bound is the forwarder's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

T = TypeVar("T")
"""What waits."""


class Line(Generic[T]):
    """Those who wait equally long, soonest first."""

    __slots__ = ("_ends", "_loop", "_over", "_timer", "seconds")

    def __init__(self, seconds: float, loop: asyncio.AbstractEventLoop, over: Callable[[T, float], None]) -> None:
        """`over` hears of each whose `seconds` are over, and of the time; it has left the line by then."""
        self.seconds = seconds
        self._loop = loop
        self._over = over
        self._ends: dict[T, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def join(self, one: T, now: float) -> None:
        """Wait from now on."""
        self._ends[one] = now + self.seconds
        if self._timer is None:
            self._timer = self._loop.call_later(self.seconds, self._expire)

    def leave(self, one: T) -> None:
        """Wait no longer."""
        self._ends.pop(one, None)

    def close(self) -> None:
        """Wait for nobody."""
        self._ends.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _expire(self) -> None:
        """Tell of all whose time is over.

        The timer counts as set until the end: one who joins in here must not set a second one.
        """
        now = self._loop.time()
        try:
            for one in [one for one, end in self._ends.items() if end <= now]:
                # what was told before it may have ended this one
                if self._ends.pop(one, None) is not None:
                    self._over(one, now)
        finally:
            soonest = next(iter(self._ends.values()), None)
            self._timer = None if soonest is None else self._loop.call_later(soonest - now, self._expire)
