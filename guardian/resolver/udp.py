"""Ask one upstream over UDP.

Law 1: a socket is connected, so the kernel drops what other addresses send (RFC 5452 section 9.1).
Law 2: an answer is taken only if port, ID and question, letter case included, are ours; anything else is counted and
       the waiting goes on.
Law 3: `fresh` opens a new port for each question; `pool` draws one of POOL_SIZE ports, each replaced after POOL_USES.
"""

from __future__ import annotations

import secrets
import socket
from typing import TYPE_CHECKING

from guardian.config.values import PortChoice
from guardian.errors import UpstreamError, WireError
from guardian.wire.response import read_answer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.config.values import Endpoint
    from guardian.model import Answer
    from guardian.resolver.exchange import Exchange

    Settled = Callable[[Exchange, Answer | None], None]

POOL_SIZE = 16
POOL_USES = 1000
CLIENT_TTL = 60
"""Seconds: what a client may keep at most, so that no TTL tells when a sibling asked, and a rule is in force soon."""
_MAX_MESSAGE = 4096
_BURST = 64


class UdpUpstream:
    """One resolver at one address."""

    def __init__(
        self, endpoint: Endpoint, ports: PortChoice, loop: asyncio.AbstractEventLoop, settled: Settled
    ) -> None:
        """`settled` hears of each exchange that came to an answer, or to None where the upstream can't be reached."""
        self.endpoint = endpoint
        self._uses = 1 if ports is PortChoice.FRESH else POOL_USES
        self._size = 0 if ports is PortChoice.FRESH else POOL_SIZE
        self._loop = loop
        self._settled = settled
        self._pool: list[Port] = []

    def ask(self, exchange: Exchange) -> None:
        """Send the exchange's question; `settled` hears the rest, unless its time runs out.

        Raises UpstreamError where it can't be sent.
        """
        port = self._draw()
        while exchange.identity in port.open:
            exchange.draw()
        port.send(exchange)

    def close(self) -> None:
        """Close every port of the pool."""
        while self._pool:
            self._pool.pop().close()

    def _draw(self) -> Port:
        if len(self._pool) < self._size or not self._size:
            port = Port(self.endpoint, self._uses, self._loop, self._settled)
            if self._size:
                self._pool.append(port)
            return port
        place = secrets.randbelow(self._size)
        port = self._pool[place]
        if port.uses_left == 0:
            port.release()
            port = self._pool[place] = Port(self.endpoint, self._uses, self._loop, self._settled)
        return port


class Port:
    """A connected socket and the exchanges that wait on it, by ID."""

    __slots__ = ("_left", "_loop", "_settled", "_socket", "mismatches", "open", "uses_left")

    def __init__(self, endpoint: Endpoint, uses: int, loop: asyncio.AbstractEventLoop, settled: Settled) -> None:
        """Open a socket on a port that the kernel draws; `uses` is how many questions leave from it at most.

        Raises UpstreamError where the endpoint has no route.
        """
        self.open: dict[int, Exchange] = {}
        self.mismatches = 0
        self.uses_left = uses
        self._left = uses == 1
        self._loop = loop
        self._settled = settled
        family = socket.AF_INET6 if endpoint.address.version == 6 else socket.AF_INET
        try:
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise UpstreamError(f"{endpoint}: no socket: {error.strerror}") from error
        try:
            self._socket.setblocking(False)
            self._socket.connect((str(endpoint.address), endpoint.port))
        except OSError as error:
            self._socket.close()
            raise UpstreamError(f"{endpoint}: {error.strerror}") from error
        loop.add_reader(self._socket.fileno(), self._readable)

    def send(self, exchange: Exchange) -> None:
        """Send one question and wait for it here; UpstreamError where the network refuses it."""
        self.uses_left -= 1
        self.open[exchange.identity] = exchange
        exchange.port = self
        try:
            self._socket.send(exchange.message)
        except OSError as error:
            self.forget(exchange)
            raise UpstreamError(str(error.strerror)) from error

    def forget(self, exchange: Exchange) -> None:
        """Wait for it no longer; what still comes is a mismatch."""
        self.open.pop(exchange.identity, None)
        exchange.port = None
        if self._left and not self.open:
            self.close()

    def release(self) -> None:
        """Take no further question; close once the last one is settled."""
        self._left = True
        if not self.open:
            self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket.fileno())
            self._socket.close()

    def _readable(self) -> None:
        for _ in range(_BURST):
            try:
                message = self._socket.recv(_MAX_MESSAGE)
            except BlockingIOError:
                return
            except OSError:
                self._refused()
                return
            self._receive(message)
            if self._socket.fileno() < 0:
                return

    def _receive(self, message: bytes) -> None:
        exchange = self.open.get(int.from_bytes(message[:2], "big"))
        if exchange is None:
            self.mismatches += 1
            return
        try:
            answer = read_answer(message, exchange.question, longest_ttl=CLIENT_TTL)
        except WireError:
            self.mismatches += 1
            return
        self.forget(exchange)
        self._settled(exchange, answer)

    def _refused(self) -> None:
        """The upstream's machine says that nobody listens there (ICMP): nothing on this port will be answered."""
        for exchange in tuple(self.open.values()):
            self.forget(exchange)
            self._settled(exchange, None)
