"""Give each client its share of questions.

Law 1: a client over its share is slowed, never refused: a stub would turn to the next server.
Law 2: what is known of a client is a count and a time in memory, for as long as `Engine.forget` lets it be.
Law 3: a device has one share, whatever number of addresses it has; where its hardware address is not known, an address
       is a device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian.model import Asker


NEVER_READY = b"\xff\xff"
"""A mark that no reply is kept under; no family makes so many policies."""


class Account:
    """What is known of a client: who it is, the place of its policy, and its bucket of tokens."""

    __slots__ = ("filled", "left", "mark", "place", "who")

    def __init__(self, who: Asker, place: int, left: int, now: float) -> None:
        """Begin with `left` questions at `now`, in monotonic seconds."""
        self.who = who
        self.place = place
        self.mark = place.to_bytes(2, "big")
        """The same, to go before a packet in a key."""
        self.left = left
        self.filled = now

    def look(self, *, on: bool) -> None:
        """Let each packet be decided anew, so that whoever looks hears of it; or no longer."""
        self.mark = NEVER_READY if on else self.place.to_bytes(2, "big")


class Share:
    """How many questions a client may ask: `rate` a second, saved up to `burst`; a rate of 0 sets no limit."""

    def __init__(self, rate: int) -> None:
        """A burst is ten seconds' worth: a page of a newspaper asks for a hundred names at once."""
        self.rate = rate
        self.burst = rate * 10 if rate else 1 << 60

    def refill(self, account: Account, now: float) -> bool:
        """Give what the time since the last filling has brought; True if a question may pass."""
        earned = int((now - account.filled) * self.rate)
        if earned > 0:
            account.left = min(self.burst, max(account.left, -1) + earned)
            # what is earned in part is not lost: who asks a little too fast would else get half its share
            account.filled += earned / self.rate
        return account.left >= 0

    def is_rested(self, account: Account, now: float) -> bool:
        """Say whether a client has all of its share again, so that nothing need be known of it."""
        if not self.rate:
            return True
        self.refill(account, now)
        return account.left >= self.burst
