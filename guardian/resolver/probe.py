"""Ask an upstream that fell silent a question of guardian's own until it answers.

Law 1: the question is the root's nameservers, which tells nobody anything; no question of a client is asked for it.
Law 2: at most two a second; once the upstream is down, after FIRST seconds, then after twice as many, up to LONGEST.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import UpstreamError
from guardian.model import AskKey
from guardian.resolver.exchange import Exchange
from guardian.wire import codes
from guardian.wire.names import ROOT

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.model import Answer, Reason
    from guardian.resolver.exchange import Attempt, Upstream

FIRST = 0.5
LONGEST = 4.0
_KEY = AskKey(ROOT, codes.NS, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
_MAX_OPEN = 4
"""Probes whose answer is waited for: a slow upstream answers late."""


def _nobody(_: Answer | Reason) -> None:
    """Nobody waits for its answer: that there is one says all."""


class Probe(Exchange):
    """Guardian's own question to one upstream."""

    __slots__ = ("_has_fallen", "_loop", "_pause", "_timer", "upstream")

    def __init__(
        self, upstream: Upstream, loop: asyncio.AbstractEventLoop, has_fallen: Callable[[Upstream], None]
    ) -> None:
        """Ask nothing yet; `has_fallen` hears when the upstream is down from now on."""
        super().__init__(_KEY, _nobody)
        self.upstream = upstream
        self._loop = loop
        self._has_fallen = has_fallen
        self._pause = FIRST
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Ask, and again until `end`."""
        if self._timer is None:
            self._pause = FIRST
            self._ask()

    def end(self) -> None:
        """Ask no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self.attempts:
            self.attempts.pop().give_up()

    def hear(self, attempt: Attempt) -> None:
        """Take an attempt off that has come to its end: any answer at all ends the asking."""
        if attempt in self.attempts:
            attempt.give_up()
            self.attempts.remove(attempt)
        if not self.upstream.health.missed:
            self.end()

    def _ask(self) -> None:
        health = self.upstream.health
        while len(self.attempts) >= _MAX_OPEN:
            self.attempts.pop(0).give_up()
        now = self._loop.time()
        try:
            self.upstream.ask(self)
        except UpstreamError:
            # it cost nobody a packet
            self._pause = FIRST
        else:
            self.attempts[-1].sent = now
        self._timer = self._loop.call_later(self._pause, self._again)
        if health.down:
            self._pause = min(2 * self._pause, LONGEST)

    def _again(self) -> None:
        health, now = self.upstream.health, self._loop.time()
        last = self.attempts[-1] if self.attempts else None
        waited = 0.0 if last is None else now - last.sent
        if last is not None:
            last.late = True
        health.miss(waited, now)
        if health.fall(now):
            self._has_fallen(self.upstream)
        self._ask()
