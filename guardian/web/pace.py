"""Bound how often somebody does something: some at once, then as many as come back in an hour.

Law 1: it counts for whose it is, and nothing of it is written down; of more than `max_places`, who came first is
       forgotten first.
"""

from __future__ import annotations

import math
from collections import OrderedDict

AT_ONCE, HOURLY = 40, 120
"""Changes of a device without a password: each is a write to a small card."""
BURST, BURST_HOURLY = 300, 36_000
"""Requests of an address that nobody signs in for: each asks `guardian dns` who that is, and takes its time."""
MAX_PLACES = 1024
_HOUR = 3600


class Tries:
    """Some tries that come back with time."""

    def __init__(self, most: int, hourly: int, now: float) -> None:
        """All are there at the beginning."""
        self._most = most
        self._hourly = hourly
        self._left = float(most)
        self._at = now

    def wait(self, now: float) -> int:
        """Give the seconds until a try is there; 0 where one is."""
        passed = max(now - self._at, 0)
        self._left = min(self._left + passed * self._hourly / _HOUR, self._most)
        self._at = now
        return 0 if self._left >= 1 else math.ceil((1 - self._left) * _HOUR / self._hourly)

    def take(self) -> None:
        """Use one."""
        self._left -= 1

    def give_back(self) -> None:
        """Have one that was used for what was right."""
        self._left = min(self._left + 1, self._most)


class Pace:
    """The tries of each; `now` is a clock that is never put back."""

    def __init__(self, most: int, hourly: int, max_places: int = MAX_PLACES) -> None:
        """Nobody has used any yet."""
        self._most = most
        self._hourly = hourly
        self._max_places = max_places
        self._tries: OrderedDict[str, Tries] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tries)

    def of(self, whose: str, now: float) -> Tries:
        """Give somebody's tries."""
        tries = self._tries.setdefault(whose, Tries(self._most, self._hourly, now))
        self._tries.move_to_end(whose)
        if len(self._tries) > self._max_places:
            self._tries.popitem(last=False)
        return tries

    def take(self, whose: str, now: float) -> int:
        """Use one and give 0; or give the seconds to wait, and use none."""
        tries = self.of(whose, now)
        wait = tries.wait(now)
        if wait == 0:
            tries.take()
        return wait
