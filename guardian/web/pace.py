"""Bound how often a device without a password changes something: each change is a write to a small card.

Law 1: it counts for whose device it is, whatever address it takes; nothing of it is written down.
"""

from __future__ import annotations

from collections import OrderedDict

from guardian.web.attempts import Tries

AT_ONCE, HOURLY = 40, 120
MAX_DEVICES = 256


class Pace:
    """The changes that devices have left; `now` is a clock that is never put back."""

    def __init__(self, max_devices: int = MAX_DEVICES) -> None:
        """Nobody has changed anything yet."""
        self._max_devices = max_devices
        self._left: OrderedDict[str, Tries] = OrderedDict()

    def take(self, whose: str, now: float) -> int:
        """Use one and give 0; or give the seconds to wait, and use none."""
        left = self._left.setdefault(whose, Tries(AT_ONCE, HOURLY, now))
        self._left.move_to_end(whose)
        if len(self._left) > self._max_devices:
            self._left.popitem(last=False)
        wait = left.wait(now)
        if wait == 0:
            left.take()
        return wait
