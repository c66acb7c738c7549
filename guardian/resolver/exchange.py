"""Hold one question to an upstream and those who wait for its answer.

Law 1: identical questions share one exchange (RFC 5452 section 5: many open ones invite forgery).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

from guardian.wire.upstream import question_of, write_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.model import Answer, AskKey, Reason

    Waiter = Callable[["Answer | Reason"], None]


class Place(Protocol):
    """Where an exchange waits for its answer."""

    def forget(self, exchange: Exchange) -> None:
        """Wait for it no longer."""


MAX_WAITERS = 1024


class Exchange:
    """A question on its way; `attempt` counts the upstreams tried."""

    __slots__ = ("attempt", "deadline", "done", "identity", "key", "message", "port", "question", "waiters")

    def __init__(self, key: AskKey, waiter: Waiter) -> None:
        """Begin with one waiter and no message."""
        self.key = key
        self.waiters: list[Waiter] = [waiter]
        self.attempt = 0
        self.deadline = 0.0
        self.done = False
        self.identity = 0
        self.port: Place | None = None
        self.message = self.question = b""

    def join(self, waiter: Waiter) -> bool:
        """Let one more wait; False where MAX_WAITERS do already."""
        if len(self.waiters) >= MAX_WAITERS:
            return False
        self.waiters.append(waiter)
        return True

    def draw(self) -> None:
        """Write the message anew with a fresh ID and fresh letter case: each attempt must be guessed by itself."""
        size = len(self.key.name)
        chance = int.from_bytes(secrets.token_bytes(size + 2), "big")
        self.identity = chance & 0xFFFF
        self.message = write_question(self.key, self.identity, chance >> 16)
        self.question = question_of(self.message, self.key)

    def settle(self, outcome: Answer | Reason) -> None:
        """Tell everybody who waits, once."""
        if self.done:
            return
        self.done = True
        for waiter in self.waiters:
            waiter(outcome)
