"""Ask one upstream over UDP.

Law 1: a socket is connected, so the kernel drops what other addresses send (RFC 5452 section 9.1).
Law 2: an answer is taken only if port, ID and question, letter case included, are ours; over anything else the waiting
       goes on. One that is ours and can't be used is the upstream's failure.
Law 3: what does not fit in a message is asked over TCP; so is what is open at a port where MAX_STRANGE messages came
       that were no answer of ours: somebody is guessing.
Law 4: `fresh` opens a new port for each attempt; `pool` draws one of POOL_SIZE ports, each replaced after POOL_USES,
       and where it can't send or an attempt from it ran out: this machine's address may have changed.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from guardian.config.values import PortChoice, Transport
from guardian.errors import UpstreamError, WireError
from guardian.resolver.exchange import CLIENT_TTL, Attempt
from guardian.resolver.stream import StreamUpstream
from guardian.wire.response import OtherQuestionError, read_answer
from guardian.wire.upstream import is_bare_failure

if TYPE_CHECKING:
    from guardian.config.values import Server
    from guardian.model import Answer
    from guardian.resolver.chance import Chance
    from guardian.resolver.exchange import Exchange, Settled
    from guardian.resolver.health import Health
    from guardian.resolver.watch import Watch

POOL_SIZE = 16
"""A divisor of 256, so that an octet draws fairly."""
POOL_USES = 1000
MAX_STRANGE = 16
_MAX_MESSAGE = 4096


class UdpUpstream:
    """One resolver at one address."""

    def __init__(
        self, server: Server, ports: PortChoice, watch: Watch, chance: Chance, settled: Settled, health: Health
    ) -> None:
        """`settled` hears of each attempt that came to an answer, or to None where the upstream failed at it."""
        self.server = server
        self.health = health
        self.trouble = ""
        self.watch = watch
        self.settled = settled
        self.family = socket.AF_INET6 if server.address.version == 6 else socket.AF_INET
        self.address = (str(server.address), server.port)
        self.trusted = server.address.is_loopback
        """Nobody on the way could have set its AD bit (RFC 6840 section 5.7)."""
        self._chance = chance
        self._uses = 1 if ports is PortChoice.FRESH else POOL_USES
        self._pool: list[Port] = []
        self._stream: StreamUpstream | None = None

    def ask(self, exchange: Exchange) -> None:
        """Send a new attempt at the exchange's question, and open it there; `settled` hears the rest.

        Raises UpstreamError where it can't be sent.
        """
        attempt = Attempt(exchange, self, self._chance)
        if self._uses == 1:
            Port(self, 1).send(attempt)
        elif self.health.down:
            # the pool's ports may hear nothing for a reason of their own: this machine's address may have changed
            self._leave_pool()
            Port(self, 1).send(attempt)
        else:
            self._send_from_pool(attempt)
        exchange.attempts.append(attempt)

    def ask_by_stream(self, attempt: Attempt) -> None:
        """Ask over TCP instead: no answer over UDP is whole, or can be believed (RFC 7766, RFC 5452 section 9)."""
        attempt.give_up()
        exchange = attempt.exchange
        if self._stream is None:
            server = self.server._replace(transport=Transport.TCP)
            self._stream = StreamUpstream(server, self.watch, self._chance, self._settled_by_stream, self.health)
        try:
            self._stream.ask(exchange)
        except UpstreamError:
            self.settled(attempt, None)
            return
        later = exchange.attempts.pop()
        later.upstream = self
        later.sent, later.late = attempt.sent, attempt.late
        exchange.attempts[exchange.attempts.index(attempt)] = later

    def close(self) -> None:
        """Close every port of the pool."""
        while self._pool:
            self._pool.pop().close()
        if self._stream is not None:
            self._stream.close()

    def _settled_by_stream(self, attempt: Attempt, answer: Answer | None) -> None:
        attempt.upstream = self
        self.settled(attempt, answer)

    def _leave_pool(self) -> None:
        while self._pool:
            self._pool.pop().release()

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

    __slots__ = ("_descriptor", "_left", "_settled", "_socket", "_strange", "_upstream", "open", "uses_left")

    def __init__(self, upstream: UdpUpstream, uses: int) -> None:
        """Open a socket on a port that the kernel draws; `uses` is how many questions leave from it at most.

        Raises UpstreamError where the upstream has no route.
        """
        self.open: dict[int, Attempt] = {}
        self.uses_left = uses
        self._left = uses == 1
        self._strange = 0
        """How many messages came that were no answer of ours, since the last one that was."""
        self._upstream = upstream
        self._settled = upstream.settled
        try:
            self._socket = socket.socket(upstream.family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            raise UpstreamError(f"{upstream.server}: no socket: {error.strerror}") from error
        try:
            self._socket.connect(upstream.address)
            self._descriptor = self._socket.fileno()
            upstream.watch.add(self._descriptor, self._readable)
        except OSError as error:
            self._socket.close()
            raise self._failure(error) from error

    def send(self, attempt: Attempt) -> None:
        """Send one question and wait for it here; UpstreamError where the network refuses it."""
        self.uses_left -= 1
        try:
            self._socket.send(attempt.message)
        except OSError as error:
            if isinstance(error, ConnectionRefusedError):
                # the kernel tells it once, to whoever comes first: those who sent before must hear of it, too
                self._upstream.watch.loop.call_soon(self._refused)
            elif self._left and not self.open:
                self.close()
            raise self._failure(error) from error
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
            self._upstream.watch.remove(self._descriptor)
            self._descriptor = -1
            self._socket.close()

    def _readable(self) -> None:
        """Read one message: where more lie there we are called again, which is cheaper than to find that none do."""
        try:
            message = self._socket.recv(_MAX_MESSAGE)
        except BlockingIOError:
            return
        except OSError:
            self._refused()
            return
        self._receive(message)

    def _receive(self, message: bytes) -> None:
        attempt = self.open.get(int.from_bytes(message[:2], "big"))
        if attempt is None:
            self._note_stranger()
            return
        upstream = self._upstream
        answer = None
        try:
            answer = read_answer(message, attempt.question, longest_ttl=CLIENT_TTL, trusted=upstream.trusted)
        except OtherQuestionError:
            if is_bare_failure(message):
                # anybody who guessed an ID could have sent it
                upstream.ask_by_stream(attempt)
            else:
                self._note_stranger()
            return
        except WireError:
            # the upstream's own words, and of no use: that is its failure
            pass
        self._strange = 0
        if answer is not None and answer.truncated:
            upstream.ask_by_stream(attempt)
        else:
            self._settled(attempt, answer)

    def _note_stranger(self) -> None:
        """Count what is no answer of ours, and leave a port at which somebody is guessing (RFC 5452 section 9.3)."""
        self._strange += 1
        if self._strange >= MAX_STRANGE:
            self._left = True
            self.uses_left = 0
            for attempt in tuple(self.open.values()):
                self._upstream.ask_by_stream(attempt)

    def _refused(self) -> None:
        """The upstream's machine says that nobody listens there (ICMP): nothing on this port will be answered."""
        self._upstream.trouble = "nobody listens there: the connection is refused"
        for attempt in tuple(self.open.values()):
            if attempt.outlet is self:
                self._settled(attempt, None)

    def _failure(self, error: OSError) -> UpstreamError:
        refused = isinstance(error, ConnectionRefusedError)
        trouble = "nobody listens there: the connection is refused" if refused else f"no way to it: {error.strerror}"
        self._upstream.trouble = trouble
        return UpstreamError(f"{self._upstream.server}: {trouble}")
