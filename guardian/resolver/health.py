"""Hold how one upstream has answered of late: what to expect of it, and whether it answers at all.

Law 1: time is an argument, in monotonic seconds; everything here is a number, and none says what was asked.
Law 2: an upstream is down after MISSES attempts in a row without an answer, its own probe among them, and SILENCE
       seconds without one; any answer, whatever it says, makes it one that answers.
Law 3: `patience` is near the time within which 19 of 20 answers come, always between QUICKEST and SLOWEST.
"""

from __future__ import annotations

QUICKEST = 0.05
SLOWEST = 1.0
"""Seconds: what an answer is waited for at least, and at most, before another upstream is asked as well."""
MISSES = 3
SILENCE = 1.0
LONGEST_SILENCE = 3.0
"""Seconds of silence that one is down after, however slow it was before."""
_UNKNOWN = 0.4
"""Seconds of patience with one that was never heard: a handshake over a slow line."""
_SHARE = 0.125
"""What one answer weighs in the mean (RFC 6298 section 2 for round trips)."""
_LONGER, _SHORTER = 1.21, 0.99
"""What patience is multiplied by at a late answer and at any other: where 1 in 20 is late it stays where it is."""
_DOUBT = 100.0
"""Seconds that one seems to cost which has missed lately: any other goes before it."""
_LONGEST = 5.0
_RECENT = 0.25
"""Seconds after an answer in which a missing one says little of the upstream: it may be slow for one name alone."""


class Health:
    """What is known of one upstream."""

    __slots__ = ("_faults", "_heard_at", "_mean", "_silent_since", "cost", "down", "heard", "missed", "patience")

    def __init__(self) -> None:
        """Know nothing: it seems to cost nothing, so that it is tried."""
        self.cost = 0.0
        """Seconds that a question to it is expected to cost, useless answers included."""
        self.patience = _UNKNOWN
        self.down = False
        self.heard = False
        """It has answered at least once."""
        self._heard_at = float("-inf")
        self._mean = 0.0
        self._faults = 0.0
        """The share of useless answers; each seems to cost a second."""
        self.missed = 0
        """How many attempts in a row were in vain."""
        self._silent_since = 0.0

    @property
    def doubted(self) -> bool:
        """Say whether it has missed several times in a row."""
        return self.missed >= MISSES

    def hear(self, seconds: float, now: float, *, faulty: bool = False) -> bool:
        """Note an answer after so many seconds, `faulty` where it is of no use; say whether it had missed before."""
        if not self.heard or self.down:
            self.heard = True
            self.down = False
            self._mean = min(seconds, _LONGEST)
            self.patience = min(max(4 * seconds, QUICKEST), SLOWEST)
        else:
            self._mean += _SHARE * (seconds - self._mean)
            if seconds >= self.patience:
                self.patience = min(self.patience * _LONGER, SLOWEST)
            elif self.patience > QUICKEST:
                self.patience = max(self.patience * _SHORTER, QUICKEST)
        if faulty or self._faults:
            self._faults += _SHARE * (faulty - self._faults)
        self.cost = self._mean + self._faults
        self._heard_at = now
        if not self.missed:
            return False
        self.missed = 0
        return True

    def miss(self, waited: float, now: float) -> bool:
        """Note that after `waited` seconds there was still no answer, or that none can come.

        Say whether that is odd enough to ask it whether it is there.
        """
        if not self.missed:
            self._silent_since = now - waited
        self.missed += 1
        if self.heard and not self.down:
            self._mean += _SHARE * max(waited - self._mean, 0.0)
            if waited >= self.patience:
                self.patience = min(self.patience * _LONGER, SLOWEST)
        self.cost = self._mean + self._faults + (_DOUBT if self.doubted else 0.0)
        return self.doubted or now - self._heard_at >= _RECENT

    def fall(self, now: float) -> bool:
        """Take it for down where it has been silent for long enough; True where it is so from now on."""
        enough = min(max(SILENCE, 2 * self._mean), LONGEST_SILENCE)
        if self.down or not self.doubted or now - self._silent_since < enough:
            return False
        self.down = True
        return True
