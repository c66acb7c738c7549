"""Ask upstreams until one answers, each question once whoever asks.

Law 1: never more than `max_open` exchanges, `max_kept` earlier attempts beside their latest ones, `max_waiting` who
       wait, and `max_per_asker` of these for one device; one more fails at once.
Law 2: a question ends after QUESTION_SECONDS; after ROUND_SECONDS at the latest another upstream of its group is asked,
       with MAX_ATTEMPTS at most, and whichever attempt is answered first counts.
Law 3: an upstream that refuses a question, fails at it or can't be reached is not asked it again, and the next one is
       asked at once.
Law 4: a second upstream is asked before that (hedged) where the first is later than it mostly is; at most one question
       in ten, HEDGES_SAVED in a row.
Law 5: one that is down is asked nothing but guardian's own probe; where all of a group are, a question fails at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import UpstreamError
from guardian.model import Reason
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Exchange
from guardian.resolver.group import Group
from guardian.resolver.probe import Probe
from guardian.resolver.rounds import Line
from guardian.resolver.states import state_of
from guardian.resolver.upstream import open_upstream
from guardian.resolver.watch import Watch
from guardian.wire import codes

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from guardian.config.values import PortChoice, Server
    from guardian.model import Answer, AskKey
    from guardian.resolver.exchange import Attempt, Upstream, Waiter
    from guardian.resolver.states import UpstreamState

ROUND_SECONDS = 1.0
QUESTION_SECONDS = 5.0
"""Most stub resolvers ask again, or elsewhere, after five seconds."""
MAX_ATTEMPTS = 6
HEDGES_SAVED = 20
_HEDGE_SHARE = 0.1
_WAITS = (0.05, 0.1, 0.2, 0.4)
"""Seconds of patience, in classes: each has one timer for all who wait that long."""
_REST = 0.5
"""Seconds that follow a patience that found no one to hedge with: together they are less than a round."""
_NEARLY = 0.05
_USABLE = frozenset({codes.NOERROR, codes.NXDOMAIN})


def _unheard(_state: UpstreamState, _up: int) -> None:
    """Tell nobody of a change."""


class Forwarder:
    """Upstream groups and the exchanges that are open with them."""

    def __init__(
        self,
        groups: Sequence[Sequence[Server]],
        ports: PortChoice,
        loop: asyncio.AbstractEventLoop,
        *,
        on_change: Callable[[UpstreamState, int], None] = _unheard,
        max_open: int = 2048,
        max_kept: int = 2048,
        max_waiting: int = 8192,
        max_per_asker: int = 256,
    ) -> None:
        """`groups` are the default upstreams, then those of each forward zone, by the number that an AskKey carries.

        `on_change` hears of each upstream that is down from now on, or answers again, and how many of its group are
        not down.
        """
        self._loop = loop
        self._clock = loop.time
        self._watch = Watch(loop)
        chance = Chance()
        self._groups = [
            Group([open_upstream(one, ports, self._watch, chance, self._settled) for one in group]) for group in groups
        ]
        self._group_of = {upstream: group for group in self._groups for upstream in group.upstreams}
        self._probes = {upstream: Probe(upstream, loop, self._has_fallen) for upstream in self._group_of}
        self._fallen: set[Upstream] = set()
        """Those that are down."""
        self._on_change = on_change
        self._open: dict[AskKey, Exchange] = {}
        self._round = Line(ROUND_SECONDS, loop, self._over)
        self._rest = Line(_REST, loop, self._over)
        self._short = [Line(seconds, loop, self._over) for seconds in _WAITS]
        self._descending = (self._round, self._rest, *reversed(self._short))
        self._max_open = max_open
        self._room = max_waiting
        self._keepable = max_kept
        self._max_per_asker = max_per_asker
        self._hedges = float(HEDGES_SAVED)
        self._askers: dict[str, int] = {}
        """How many questions of each asker wait."""

    def ask(self, key: AskKey, waiter: Waiter, asker: str = "") -> None:
        """Ask `key` for `asker`, a device's address; `waiter` gets the answer, or the reason why there is none.

        Where there is no room the reason is UPSTREAM_SLOW, and where no upstream answers at present UPSTREAM_DOWN:
        nothing is known of the name, and the next one who asks may be luckier. Without an asker it is guardian that
        asks, and no device's share is used.
        """
        group = self._groups[key.group]
        if group.down:
            waiter(Reason.UPSTREAM_DOWN)
            return
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
            now = self._clock()
            self._open[key] = exchange = Exchange(key, waiter, asker, now + QUESTION_SECONDS)
            if not group.single and self._hedges < HEDGES_SAVED:
                self._hedges += _HEDGE_SHARE
            self._ask_of(exchange, group.first(), group, now)

    def greet(self) -> None:
        """Ask each encrypted upstream a question of guardian's own: the first one of a device need not wait for it."""
        for upstream, probe in self._probes.items():
            if upstream.server.encrypted:
                probe.begin()

    def states(self) -> list[UpstreamState]:
        """Say how each upstream is doing: the default ones, then each forward zone's."""
        return [state_of(upstream, number) for number, group in enumerate(self._groups) for upstream in group.upstreams]

    def close(self) -> None:
        """Stop; who still waits hears that no upstream answered."""
        for line in self._descending:
            line.close()
        for probe in self._probes.values():
            probe.end()
        for exchange in tuple(self._open.values()):
            self._end(exchange, Reason.UPSTREAM_SILENT)
        for upstream in self._group_of:
            upstream.close()
        self._watch.close()

    def _ask_of(self, exchange: Exchange, upstream: Upstream | None, group: Group, now: float) -> None:
        """Ask this upstream, or the next that can be asked, and wait; end where there is nothing to wait for."""
        attempts = exchange.attempts
        line = self._round
        before = len(attempts)
        while upstream is not None:
            try:
                upstream.ask(exchange)
            except UpstreamError:
                self._miss(upstream, 0.0, now)
                exchange.failed = (*exchange.failed, upstream)
                upstream = group.next(exchange, other=True)
                continue
            attempts[-1].sent = now
            exchange.asked += 1
            if before:
                self._make_room(attempts)
            if not group.single:
                patience = upstream.health.patience
                line = next((one for one in self._short if patience <= one.seconds), line)
            break
        if attempts:
            self._wait(exchange, line, now)
        else:
            self._end(exchange, exchange.failure)

    def _make_room(self, attempts: list[Attempt]) -> None:
        """Keep the attempts before the latest one open, or give up the first."""
        if self._keepable:
            self._keepable -= 1
        else:
            attempts.pop(0).give_up()

    def _wait(self, exchange: Exchange, line: Line[Exchange], now: float) -> None:
        """Wait at the end of a line; of a shorter one where the question would outlive its time."""
        if exchange.line is not None:
            exchange.line.leave(exchange)
            left = exchange.ends - now + _NEARLY
            if line.seconds > left:
                line = next((one for one in self._descending if one.seconds <= left), self._short[0])
        exchange.line = line
        line.join(exchange, now)

    def _over(self, exchange: Exchange, now: float) -> None:
        """Go on with a question that has waited long enough for its latest attempt."""
        last = exchange.attempts[-1]
        waited = now - last.sent
        if not last.late:
            last.late = True
            self._miss(last.upstream, waited, now)
        group = self._groups[exchange.key.group]
        hasty = waited < _REST
        if now >= exchange.ends - _NEARLY:
            self._end(exchange, self._failure_of(exchange, group))
            return
        if not hasty and last.outlet is not None:
            last.outlet.wear_out()
        upstream = None
        if exchange.asked < MAX_ATTEMPTS:
            upstream = self._hedge(exchange, group) if hasty else group.next(exchange)
        if upstream is not None:
            self._ask_of(exchange, upstream, group, now)
        else:
            self._wait(exchange, self._rest if hasty else self._round, now)

    def _hedge(self, exchange: Exchange, group: Group) -> Upstream | None:
        """Choose a second upstream to ask before the first one's round is over, while that is done seldom."""
        other = group.next(exchange, other=True)
        if other is None or other.health.doubted or self._hedges < 1:
            return None
        self._hedges -= 1
        return other

    def _failure_of(self, exchange: Exchange, group: Group) -> Reason:
        if exchange.failure is Reason.UPSTREAM_FAULTY or group.down:
            return exchange.failure
        return Reason.UPSTREAM_SILENT

    def _settled(self, attempt: Attempt, answer: Answer | None) -> None:
        exchange, upstream = attempt.exchange, attempt.upstream
        now = self._clock()
        waited = now - attempt.sent
        if exchange.__class__ is Exchange and answer is not None and answer.rcode in _USABLE and not answer.truncated:
            if upstream.health.hear(waited, now):
                self._answers_again(upstream)
            self._end(exchange, answer)
            return
        if answer is None and upstream.trouble:
            self._miss(upstream, waited, now)
        else:
            exchange.failure = Reason.UPSTREAM_FAULTY
            if upstream.health.hear(waited, now, faulty=answer is None or answer.rcode not in _USABLE):
                self._answers_again(upstream)
        if isinstance(exchange, Probe):
            exchange.hear(attempt)
        else:
            self._fail(exchange, upstream, now)

    def _fail(self, exchange: Exchange, upstream: Upstream, now: float) -> None:
        self._keepable += exchange.fail(upstream)
        group = self._groups[exchange.key.group]
        following = group.next(exchange, other=True) if exchange.asked < MAX_ATTEMPTS else None
        if following is not None:
            self._ask_of(exchange, following, group, now)
        elif not exchange.attempts:
            self._end(exchange, exchange.failure)

    def _end(self, exchange: Exchange, outcome: Answer | Reason) -> None:
        del self._open[exchange.key]
        if exchange.line is not None:
            exchange.line.leave(exchange)
        self._keepable += max(len(exchange.attempts) - 1, 0)
        self._room += len(exchange.waiters)
        for asker in exchange.askers:
            left = self._askers[asker] - 1
            if left:
                self._askers[asker] = left
            else:
                del self._askers[asker]
        exchange.settle(outcome)

    def _miss(self, upstream: Upstream, waited: float, now: float) -> None:
        if upstream.health.miss(waited, now):
            self._probes[upstream].begin()

    def _answers_again(self, upstream: Upstream) -> None:
        self._probes[upstream].end()
        upstream.trouble = ""
        if upstream in self._fallen:
            self._fallen.discard(upstream)
            self._tell(upstream)

    def _has_fallen(self, upstream: Upstream) -> None:
        self._fallen.add(upstream)
        self._tell(upstream)

    def _tell(self, upstream: Upstream) -> None:
        group = self._group_of[upstream]
        up = sum(not one.health.down for one in group.upstreams)
        group.down = not up
        self._on_change(state_of(upstream, self._groups.index(group)), up)
