"""Ask upstreams in turn until one answers, each question once whoever asks.

Law 1: never more than `max_open` exchanges nor `max_waiting` who wait for them; one more fails at once.
Law 2: an attempt has ATTEMPT_SECONDS, a question MAX_ATTEMPTS attempts, over the group's upstreams in order.
Law 3: what an upstream refuses or fails at counts as no answer while another can be tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import UpstreamError
from guardian.model import Reason
from guardian.resolver.exchange import Exchange
from guardian.resolver.udp import UdpUpstream
from guardian.wire import codes

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from guardian.config.values import Endpoint, PortChoice
    from guardian.model import Answer, AskKey
    from guardian.resolver.exchange import Waiter

ATTEMPT_SECONDS = 1.0
MAX_ATTEMPTS = 4
_USABLE = frozenset({codes.NOERROR, codes.NXDOMAIN})


class Forwarder:
    """Upstream groups and the exchanges that are open with them."""

    def __init__(
        self,
        groups: Sequence[Sequence[Endpoint]],
        ports: PortChoice,
        loop: asyncio.AbstractEventLoop,
        *,
        max_open: int = 2048,
        max_waiting: int = 8192,
    ) -> None:
        """`groups` are the default upstreams, then those of each forward zone, by the number that an AskKey carries."""
        self._loop = loop
        self._groups = [[UdpUpstream(one, ports, loop, self._settled) for one in group] for group in groups]
        self._open: dict[AskKey, Exchange] = {}
        self._waiting: dict[Exchange, float] = {}
        """Each open exchange and when its attempt ends, soonest first: every attempt has the same time."""
        self._timer: asyncio.TimerHandle | None = None
        self._max_open = max_open
        self._room = max_waiting

    def ask(self, key: AskKey, waiter: Waiter) -> None:
        """Ask `key`; `waiter` gets the answer, or the reason why there is none."""
        exchange = self._open.get(key)
        if not self._room or (exchange is None and len(self._open) >= self._max_open):
            waiter(Reason.UPSTREAM_SILENT)
            return
        if exchange is not None:
            if exchange.join(waiter):
                self._room -= 1
            else:
                waiter(Reason.UPSTREAM_SILENT)
            return
        self._room -= 1
        self._open[key] = exchange = Exchange(key, waiter)
        self._attempt(exchange, Reason.UPSTREAM_SILENT)

    def close(self) -> None:
        """Stop; who still waits hears that no upstream answered."""
        if self._timer is not None:
            self._timer.cancel()
        for exchange in tuple(self._open.values()):
            self._end(exchange, Reason.UPSTREAM_SILENT)
        for group in self._groups:
            for upstream in group:
                upstream.close()

    def _attempt(self, exchange: Exchange, failure: Reason) -> None:
        """Try the next upstream; `failure` is what to tell when there is none left."""
        group = self._groups[exchange.key.group]
        while exchange.attempt < max(MAX_ATTEMPTS, len(group)):
            upstream = group[exchange.attempt % len(group)]
            exchange.attempt += 1
            exchange.draw()
            try:
                upstream.ask(exchange)
            except UpstreamError:
                continue
            self._waiting.pop(exchange, None)
            self._waiting[exchange] = self._loop.time() + ATTEMPT_SECONDS
            if self._timer is None:
                self._timer = self._loop.call_later(ATTEMPT_SECONDS, self._expire)
            return
        self._end(exchange, failure)

    def _settled(self, exchange: Exchange, answer: Answer | None) -> None:
        if answer is not None and answer.rcode in _USABLE:
            self._end(exchange, answer)
        elif exchange.attempt < len(self._groups[exchange.key.group]):
            self._attempt(exchange, Reason.UPSTREAM_FAULTY)
        else:
            self._end(exchange, Reason.UPSTREAM_FAULTY)

    def _end(self, exchange: Exchange, outcome: Answer | Reason) -> None:
        if exchange.port is not None:
            exchange.port.forget(exchange)
        self._waiting.pop(exchange, None)
        if self._open.pop(exchange.key, None) is not None:
            self._room += len(exchange.waiters)
        exchange.settle(outcome)

    def _expire(self) -> None:
        """Give up on attempts whose time is over; one timer serves them all, since all have the same time.

        The timer counts as set until the end: an attempt made in here must not set a second one.
        """
        now = self._loop.time()
        try:
            for exchange in [one for one, deadline in self._waiting.items() if deadline <= now]:
                if exchange.port is not None:
                    exchange.port.forget(exchange)
                self._attempt(exchange, Reason.UPSTREAM_SILENT)
        finally:
            soonest = next(iter(self._waiting.values()), None)
            self._timer = None if soonest is None else self._loop.call_later(soonest - now, self._expire)
