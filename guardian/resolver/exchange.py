"""Hold one question to a group of upstreams, its attempts and those who wait for its answer.

Law 1: identical questions share one exchange (RFC 5452 section 5: many open ones invite forgery).
Law 2: each attempt has an ID and letters' case of its own, so that each must be guessed by itself.
Law 3: earlier attempts stay open beside the latest; whichever is answered first answers all who wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from guardian.model import Reason
from guardian.wire.upstream import question_of, write_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.config.values import Server
    from guardian.model import Answer, AskKey
    from guardian.resolver.chance import Chance
    from guardian.resolver.health import Health
    from guardian.resolver.rounds import Line

    Waiter = Callable[["Answer | Reason"], None]
    Settled = Callable[["Attempt", "Answer | None"], None]

MAX_WAITERS = 1024
CLIENT_TTL = 60
"""Seconds: what a client may keep at most, so that no TTL tells when a sibling asked, and a rule is in force soon."""


class Outlet(Protocol):
    """Where an attempt left from, and waits for its answer."""

    def forget(self, attempt: Attempt) -> None:
        """Wait for it no longer."""

    def wear_out(self) -> None:
        """Let nothing more leave from here."""


class Upstream(Protocol):
    """One resolver, and the way in which it is asked."""

    server: Server
    health: Health
    trouble: str
    """What is wrong with the way to it, a sentence without a capital for people; empty where nothing is known."""

    def ask(self, exchange: Exchange) -> None:
        """Send a new attempt at the exchange's question, and put it at the end of `exchange.attempts`.

        Raises UpstreamError where it can't be sent; nothing is put there then.
        """

    def close(self) -> None:
        """Ask nothing more, and wait for nothing."""


class Exchange:
    """A question on its way, its open attempts, oldest first, and who waits."""

    __slots__ = ("asked", "askers", "attempts", "ends", "failed", "failure", "key", "line", "waiters")

    def __init__(self, key: AskKey, waiter: Waiter, asker: str = "", ends: float = 0.0) -> None:
        """Begin with one waiter and no attempt; it is to be over by `ends`, in monotonic seconds."""
        self.key = key
        self.waiters: list[Waiter] = [waiter]
        self.askers: list[str] = [asker]
        self.attempts: list[Attempt] = []
        self.failed: tuple[object, ...] = ()
        """The upstreams that have failed at it; none is asked again."""
        self.failure = Reason.UPSTREAM_DOWN
        """What to tell where no answer comes."""
        self.asked = 0
        """How many attempts it has had."""
        self.ends = ends
        self.line: Line[Exchange] | None = None
        """Where it waits."""

    def join(self, waiter: Waiter, asker: str = "") -> bool:
        """Let one more wait; False where MAX_WAITERS do already."""
        if len(self.waiters) >= MAX_WAITERS:
            return False
        self.waiters.append(waiter)
        self.askers.append(asker)
        return True

    def fail(self, upstream: object) -> int:
        """Note that an upstream failed at it: what else it was asked here would fail alike.

        Give how many attempts fewer are open beside the latest.
        """
        before = len(self.attempts)
        self.failed = (*self.failed, upstream)
        for attempt in self.attempts:
            if attempt.upstream is upstream:
                attempt.give_up()
        self.attempts[:] = [attempt for attempt in self.attempts if attempt.upstream is not upstream]
        return max(before - 1, 0) - max(len(self.attempts) - 1, 0)

    def settle(self, outcome: Answer | Reason) -> None:
        """Wait for no attempt any longer, and tell everybody who waits."""
        for attempt in self.attempts:
            attempt.give_up()
        for waiter in self.waiters:
            waiter(outcome)


class Attempt:
    """One asking of one upstream."""

    __slots__ = ("exchange", "identity", "late", "message", "outlet", "padded", "question", "sent", "upstream")

    def __init__(self, exchange: Exchange, upstream: Upstream, chance: Chance, *, padded: bool = False) -> None:
        """Write the message that asks `upstream` what `exchange` wants to know; `padded` for an encrypted way."""
        self.exchange = exchange
        self.upstream = upstream
        self.padded = padded
        self.sent = 0.0
        """When, in monotonic seconds; the forwarder's to say."""
        self.late = False
        """Its upstream's health knows that no answer came in time."""
        self.outlet: Outlet | None = None
        self.draw(chance)

    def draw(self, chance: Chance) -> None:
        """Write the message anew, with a fresh ID and fresh letter case."""
        key = self.exchange.key
        drawn = chance.take(len(key.name) + 2)
        self.identity = drawn & 0xFFFF
        self.message = write_question(key, self.identity, drawn >> 16, padded=self.padded)
        self.question = question_of(self.message, key)

    def give_up(self) -> None:
        """Wait no longer for an answer."""
        if self.outlet is not None:
            self.outlet.forget(self)
