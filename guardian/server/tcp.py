"""Listen for questions over TCP on one socket (RFC 7766).

Law 1: no task and no timer for a connection: sockets call, and the table of all looks after who takes too long.
Law 2: who is not of this house is closed unread, and takes nobody's place.
Law 3: where this process or this machine has no room for another connection, the oldest idle one makes it.
"""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING

from guardian.server.connection import Connection
from guardian.server.listener import BURST, Listener, unmapped

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder
    from guardian.server.connections import Connections

REST_SECONDS = 1.0
"""How long nobody is taken in where there is no room for another descriptor."""
_NO_ROOM = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class TcpListener(Listener[Connection]):
    """One listening socket and the connections that it has taken."""

    taken_a_wake = BURST
    """How many connections are taken together."""

    def __init__(
        self,
        listener: socket.socket,
        engine: Engine,
        forwarder: Forwarder,
        loop: asyncio.AbstractEventLoop,
        on_fault: Callable[[Exception], None],
        table: Connections,
    ) -> None:
        """`listener` listens already; `table` is shared by all listeners of streams."""
        super().__init__(listener, engine, forwarder, loop, on_fault)
        # those that it accepts have it, too: a reply is written whole and waits for no other
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = True
        self._table = table
        self._taken: set[Connection] = set()
        self._answered: dict[Connection, None] = {}
        """Connections with a reply to send in this burst."""
        self._closed = False

    def start(self) -> None:
        """Serve from now on."""
        if not self._closed:
            self._loop.add_reader(self._socket.fileno(), self._acceptable)

    def close(self) -> None:
        """Serve no longer, say what is to be said, and close the socket and its connections."""
        self._closed = True
        self._flush()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()
        for connection in list(self._taken):
            connection.close()

    def send(self, message: bytes, to: Connection) -> None:
        """Give a reply to its connection; what a burst brings one connection is written together."""
        to.reply(message)
        self._answered[to] = None

    def may_ask(self, connection: Connection, now: float) -> bool:
        """Say whether its next question may be handed in: streams take turns, and each client has its share."""
        if not self._table.take_turn(connection, self._loop):
            return False
        if self._engine.delay(connection.client, now):
            self._table.defer(connection, self._loop)
            return False
        return True

    def may_shake_hands(self) -> bool:
        """Say whether a step of a handshake may be taken in this wake."""
        return self._table.take_handshake(self._loop)

    def hand_in(self, packet: bytes, connection: Connection, now: float) -> bytes | None:
        """Take one message; give its reply, or None where it comes later or not at all."""
        try:
            return self.receive(packet, connection.client, connection.here, connection, now, connection.stated)
        except Exception as fault:  # noqa: BLE001 - one message must not cost the others theirs
            self._on_fault(fault)
            return None

    def wait(self, to: Connection) -> None:
        """Count a question in work."""
        to.in_work += 1

    def heard(self, connection: Connection) -> None:
        """Hear that a message came."""
        self._table.heard(connection)

    def left_lying(self, octets: int) -> bool:
        """Count what clients leave lying; True where that is too much in all."""
        return self._table.left_lying(octets)

    def closed(self, connection: Connection) -> None:
        """Forget one that is over."""
        self._taken.discard(connection)
        self._table.remove(connection)

    def _connection(self, link: socket.socket, client: str, now: float) -> Connection:
        return Connection(link, client, self, self._loop, now)

    def _acceptable(self) -> None:
        now = self._clock()
        for _ in range(self.taken_a_wake):
            try:
                link, address = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno in _NO_ROOM:
                    self._rest()
                    return
                # the client has gone already
                continue
            try:
                self._take(link, unmapped(address[0]), now)
            except OSError:
                link.close()

    def _take(self, link: socket.socket, client: str, now: float) -> None:
        if not self._engine.admits(client, now):
            link.close()
            return
        link.setblocking(False)
        connection = self._connection(link, client, now)
        self._table.add(connection, self._loop)
        self._taken.add(connection)
        connection.start()

    def _rest(self) -> None:
        """Make room, and take nobody in for a while: the kernel would call again at once."""
        self._table.make_room()
        self._loop.remove_reader(self._socket.fileno())
        self._loop.call_later(REST_SECONDS, self.start)

    def _flush(self) -> None:
        super()._flush()
        answered, self._answered = self._answered, {}
        now = self._clock()
        for connection in answered:
            connection.go_on(now)
