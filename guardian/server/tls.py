"""Listen for questions over TLS on one socket (RFC 7858).

Law 1: a connection is that of TCP but for what stands between its octets and its messages.
Law 2: a handshake has as long as a message; whoever speaks no TLS that is taken hears so once, and is closed. Few are
       begun or go on in one wake: all else waits for them.
Law 3: a reply is padded, where its question had OPT (RFC 8467).
Law 4: the first label of the name that a client calls this server by (SNI, RFC 6066 section 3) may say who it is.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from guardian.errors import WireError
from guardian.server.connection import SECONDS, Connection
from guardian.server.tcp import TcpListener
from guardian.system.tls import TlsError, TlsPipe
from guardian.wire.framing import framed
from guardian.wire.padding import padded_reply

if TYPE_CHECKING:
    import asyncio
    import socket
    import ssl
    from collections.abc import Callable

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder
    from guardian.server.connection import Service
    from guardian.server.connections import Connections


class TlsConnection(Connection):
    """One client's stream, encrypted."""

    __slots__ = ("_pipe",)

    def __init__(
        self,
        link: socket.socket,
        client: str,
        service: Service,
        loop: asyncio.AbstractEventLoop,
        now: float,
        context: ssl.SSLContext,
    ) -> None:
        """Take over a socket that does not block; the client begins the handshake."""
        super().__init__(link, client, service, loop, now)
        self._pipe = TlsPipe(context, server_side=True)

    def overdue(self, now: float, idle_seconds: float) -> bool:
        """Say whether it has taken too long; a handshake may not take as long as silence."""
        return (not self._pipe.ready and now - self.last >= SECONDS) or super().overdue(now, idle_seconds)

    def _readable(self) -> None:
        # left unread it is readable in the next wake, too
        if self._pipe.ready or self._service.may_shake_hands():
            super()._readable()

    def _opened(self, data: bytes) -> bytes:
        try:
            plain = self._pipe.receive(data)
        except TlsError as error:
            raise WireError(str(error)) from error
        if answer := self._pipe.outgoing():
            self._put(answer)
        self._ended = self._ended or self._pipe.ended
        if plain and not self.stated:
            self.stated = self._pipe.called.partition(".")[0]
        return plain

    def _queue(self, message: bytes) -> None:
        self._pipe.send(framed(padded_reply(message)))
        self._put(self._pipe.outgoing())

    def _say_farewell(self) -> None:
        if self._pipe.ready:
            self._pipe.finish()
        with contextlib.suppress(OSError):
            self._socket.send(self._pipe.outgoing())


class TlsListener(TcpListener):
    """One listening socket and the connections that it has taken; `context` may be replaced at any time."""

    taken_a_wake = 4

    def __init__(
        self,
        listener: socket.socket,
        engine: Engine,
        forwarder: Forwarder,
        loop: asyncio.AbstractEventLoop,
        on_fault: Callable[[Exception], None],
        table: Connections,
        context: ssl.SSLContext,
    ) -> None:
        """`context` holds the certificate that new connections are shown."""
        super().__init__(listener, engine, forwarder, loop, on_fault, table)
        self.context = context

    def _connection(self, link: socket.socket, client: str, now: float) -> Connection:
        return TlsConnection(link, client, self, self._loop, now, self.context)
