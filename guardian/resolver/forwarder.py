"""Ask upstreams in turn until one answers, each question once whoever asks.

Law 1: never more than `max_open` exchanges, `max_kept` earlier attempts beside their latest ones, `max_waiting` who
       wait, and `max_per_asker` of these for one device; one more fails at once.
Law 2: a question ends after QUESTION_SECONDS; every ROUND_SECONDS the next upstream of its group is asked, and
       whichever attempt is answered first counts.
Law 3: an upstream that refuses a question, fails at it or can't be reached is not asked it again, and the next one is
       asked at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import UpstreamError
from guardian.model import Reason
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Exchange
from guardian.resolver.udp import UdpUpstream
from guardian.resolver.watch import Watch
from guardian.wire import codes

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from guardian.config.values import PortChoice, Server
    from guardian.model import Answer, AskKey
    from guardian.resolver.exchange import Attempt, Waiter

ROUND_SECONDS = 1.0
MAX_ROUNDS = 5
QUESTION_SECONDS = MAX_ROUNDS * ROUND_SECONDS
"""Most stub resolvers ask again, or elsewhere, after five seconds."""
_USABLE = frozenset({codes.NOERROR, codes.NXDOMAIN})


class Forwarder:
    """Upstream groups and the exchanges that are open with them."""

    def __init__(
        self,
        groups: Sequence[Sequence[Server]],
        ports: PortChoice,
        loop: asyncio.AbstractEventLoop,
        *,
        max_open: int = 2048,
        max_kept: int = 2048,
        max_waiting: int = 8192,
        max_per_asker: int = 256,
    ) -> None:
        """`groups` are the default upstreams, then those of each forward zone, by the number that an AskKey carries."""
        self._loop = loop
        self._watch = Watch(loop)
        chance = Chance()
        self._groups = [
            [UdpUpstream(one, ports, self._watch, chance, self._settled) for one in group] for group in groups
        ]
        self._open: dict[AskKey, Exchange] = {}
        self._waiting: dict[Exchange, float] = {}
        """Each open exchange and when its round ends, soonest first: every round has the same time."""
        self._timer: asyncio.TimerHandle | None = None
        self._max_open = max_open
        self._room = max_waiting
        self._keepable = max_kept
        self._max_per_asker = max_per_asker
        self._askers: dict[str, int] = {}
        """How many questions of each asker wait."""

    def ask(self, key: AskKey, waiter: Waiter, asker: str = "") -> None:
        """Ask `key` for `asker`, a device's address; `waiter` gets the answer, or the reason why there is none.

        Where there is no room the reason is UPSTREAM_SLOW: nothing is known of the name, and the next one who asks may
        be luckier. Without an asker it is guardian that asks, and no device's share is used.
        """
        share = self._askers.get(asker, 0)
        exchange = self._open.get(key)
        if not self._room or (asker and share >= self._max_per_asker):
            waiter(Reason.UPSTREAM_SLOW)
        elif exchange is not None:
            if exchange.join(waiter, asker):
                self._room -= 1
                self._askers[asker] = share + 1
            else:
                waiter(Reason.UPSTREAM_SLOW)
        elif len(self._open) >= self._max_open:
            waiter(Reason.UPSTREAM_SLOW)
        else:
            self._room -= 1
            self._askers[asker] = share + 1
            self._open[key] = exchange = Exchange(key, waiter, asker)
            self._begin_round(exchange)

    def close(self) -> None:
        """Stop; who still waits hears that no upstream answered."""
        if self._timer is not None:
            self._timer.cancel()
        for exchange in tuple(self._open.values()):
            self._end(exchange, Reason.UPSTREAM_SILENT)
        for group in self._groups:
            for upstream in group:
                upstream.close()
        self._watch.close()

    def _begin_round(self, exchange: Exchange) -> None:
        """Ask the next upstream and wait for a round; end where there is nothing to wait for."""
        attempts = exchange.attempts
        before = len(attempts)
        self._ask_next(exchange)
        if not attempts:
            self._end(exchange, exchange.failure)
            return
        if 0 < before < len(attempts):
            if self._keepable:
                self._keepable -= 1
            else:
                attempts.pop(0).give_up()
        if exchange.rounds:
            # to the end of the line
            del self._waiting[exchange]
        exchange.rounds += 1
        self._waiting[exchange] = self._loop.time() + ROUND_SECONDS
        if self._timer is None:
            self._timer = self._loop.call_later(ROUND_SECONDS, self._expire)

    def _ask_next(self, exchange: Exchange) -> None:
        """Ask the next upstream of the group that can be asked, if there is one."""
        group = self._groups[exchange.key.group]
        for _ in group:
            upstream = group[exchange.turn % len(group)]
            exchange.turn += 1
            if upstream in exchange.failed:
                continue
            try:
                upstream.ask(exchange)
            except UpstreamError:
                continue
            return

    def _settled(self, attempt: Attempt, answer: Answer | None) -> None:
        exchange = attempt.exchange
        if answer is not None and answer.rcode in _USABLE:
            self._end(exchange, answer)
            return
        self._keepable += exchange.fail(attempt.upstream)
        if exchange.turn < len(self._groups[exchange.key.group]) and exchange.rounds < MAX_ROUNDS:
            self._begin_round(exchange)
        elif not exchange.attempts:
            self._end(exchange, exchange.failure)

    def _end(self, exchange: Exchange, outcome: Answer | Reason) -> None:
        del self._open[exchange.key]
        self._waiting.pop(exchange, None)
        self._keepable += max(len(exchange.attempts) - 1, 0)
        self._room += len(exchange.waiters)
        for asker in exchange.askers:
            left = self._askers[asker] - 1
            if left:
                self._askers[asker] = left
            else:
                del self._askers[asker]
        exchange.settle(outcome)

    def _expire(self) -> None:
        """Begin the next round of those whose round is over; one timer serves all, since all rounds have the same time.

        The timer counts as set until the end: a round begun in here must not set a second one.
        """
        now = self._loop.time()
        try:
            for exchange in [one for one, end in self._waiting.items() if end <= now]:
                if exchange.attempts[-1].outlet is not None:
                    exchange.attempts[-1].outlet.wear_out()
                if exchange.rounds < MAX_ROUNDS:
                    self._begin_round(exchange)
                else:
                    self._end(exchange, exchange.failure)
        finally:
            soonest = next(iter(self._waiting.values()), None)
            self._timer = None if soonest is None else self._loop.call_later(soonest - now, self._expire)
