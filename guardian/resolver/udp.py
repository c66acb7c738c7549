"""Ask one upstream over UDP.

Law 1: a socket is connected, so the kernel drops what other addresses send (RFC 5452 section 9.1).
Law 2: an answer is taken only if port, ID and question, letter case included, are ours; over anything else the waiting
       goes on. One that is ours and can't be used is the upstream's failure.
Law 3: `fresh` opens a new port for each attempt; `pool` draws one of POOL_SIZE ports, each replaced after POOL_USES,
       and where it can't send or an attempt from it ran out: this machine's address may have changed.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from guardian.config.values import PortChoice
from guardian.errors import UpstreamError, WireError
from guardian.resolver.exchange import CLIENT_TTL, Attempt
from guardian.wire.response import OtherQuestionError, read_answer

if TYPE_CHECKING:
    from guardian.config.values import Server
    from guardian.resolver.chance import Chance
    from guardian.resolver.exchange import Exchange, Settled
    from guardian.resolver.watch import Watch

POOL_SIZE = 16
"""A divisor of 256, so that an octet draws fairly."""
POOL_USES = 1000
_MAX_MESSAGE = 4096
_BURST = 64


class UdpUpstream:
    """One resolver at one address."""

    def __init__(self, server: Server, ports: PortChoice, watch: Watch, chance: Chance, settled: Settled) -> None:
        """`settled` hears of each attempt that came to an answer, or to None where the upstream failed at it."""
        self.watch = watch
        self.settled = settled
        self.family = socket.AF_INET6 if server.address.version == 6 else socket.AF_INET
        self.address = (str(server.address), server.port)
        self.trusted = server.address.is_loopback
        """Nobody on the way could have set its AD bit (RFC 6840 section 5.7)."""
        self._chance = chance
        self._uses = 1 if ports is PortChoice.FRESH else POOL_USES
        self._pool: list[Port] = []

    def ask(self, exchange: Exchange) -> None:
        """Send a new attempt at the exchange's question, and open it there; `settled` hears the rest.

        Raises UpstreamError where it can't be sent.
        """
        attempt = Attempt(exchange, self, self._chance)
        if self._uses == 1:
            Port(self, 1).send(attempt)
        else:
            self._send_from_pool(attempt)
        exchange.attempts.append(attempt)

    def close(self) -> None:
        """Close every port of the pool."""
        while self._pool:
            self._pool.pop().close()

    def _send_from_pool(self, attempt: Attempt) -> None:
        pool = self._pool
        if len(pool) < POOL_SIZE:
            place = len(pool)
            pool.append(Port(self, POOL_USES))
        else:
            place = self._chance.take(1) % POOL_SIZE
            if not pool[place].uses_left:
                self._replace(place)
        port = pool[place]
        while attempt.identity in port.open:
            attempt.draw(self._chance)
        try:
            port.send(attempt)
        except UpstreamError:
            self._replace(place)
            pool[place].send(attempt)

    def _replace(self, place: int) -> None:
        self._pool[place].release()
        self._pool[place] = Port(self, POOL_USES)


class Port:
    """A connected socket and the attempts that wait on it, by ID."""

    __slots__ = ("_descriptor", "_left", "_settled", "_socket", "_trusted", "_watch", "open", "uses_left")

    def __init__(self, upstream: UdpUpstream, uses: int) -> None:
        """Open a socket on a port that the kernel draws; `uses` is how many questions leave from it at most.

        Raises UpstreamError where the upstream has no route.
        """
        self.open: dict[int, Attempt] = {}
        self.uses_left = uses
        self._left = uses == 1
        self._watch = upstream.watch
        self._settled = upstream.settled
        self._trusted = upstream.trusted
        try:
            self._socket = socket.socket(upstream.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            raise UpstreamError(f"{upstream.address}: no socket: {error.strerror}") from error
        try:
            self._socket.connect(upstream.address)
            self._descriptor = self._socket.fileno()
            self._watch.add(self._descriptor, self._readable)
        except OSError as error:
            self._socket.close()
            raise UpstreamError(f"{upstream.address}: {error.strerror}") from error

    def send(self, attempt: Attempt) -> None:
        """Send one question and wait for it here; UpstreamError where the network refuses it."""
        self.uses_left -= 1
        try:
            self._socket.send(attempt.message)
        except OSError as error:
            if isinstance(error, ConnectionRefusedError):
                # the kernel tells it once, to whoever comes first: those who sent before must hear of it, too
                self._watch.loop.call_soon(self._refused)
            elif self._left and not self.open:
                self.close()
            raise UpstreamError(str(error.strerror)) from error
        self.open[attempt.identity] = attempt
        attempt.outlet = self

    def forget(self, attempt: Attempt) -> None:
        """Wait for it no longer; what still comes is nobody's."""
        self.open.pop(attempt.identity, None)
        attempt.outlet = None
        if self._left and not self.open:
            self.close()

    def wear_out(self) -> None:
        """Let the next question leave from another port."""
        self.uses_left = 0

    def release(self) -> None:
        """Take no further question; close once the last one is settled."""
        self._left = True
        if not self.open:
            self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._descriptor >= 0:
            self._watch.remove(self._descriptor)
            self._descriptor = -1
            self._socket.close()

    def _readable(self) -> None:
        receive = self._socket.recv
        for _ in range(_BURST):
            try:
                message = receive(_MAX_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                self._refused()
                return
            self._receive(message)
            if not self.open:
                # closed, or nothing is awaited: what may still lie there wakes us again
                return

    def _receive(self, message: bytes) -> None:
        attempt = self.open.get(int.from_bytes(message[:2], "big"))
        if attempt is None:
            return
        answer = None
        try:
            answer = read_answer(message, attempt.question, longest_ttl=CLIENT_TTL, trusted=self._trusted)
        except OtherQuestionError:
            return
        except WireError:
            # the upstream's own words, and of no use: that is its failure
            pass
        self._settled(attempt, answer)

    def _refused(self) -> None:
        """The upstream's machine says that nobody listens there (ICMP): nothing on this port will be answered."""
        for attempt in tuple(self.open.values()):
            if attempt.outlet is self:
                self._settled(attempt, None)
