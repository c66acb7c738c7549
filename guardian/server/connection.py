"""Carry one client's stream: octets to messages, replies to octets, and when it lies unread or is over.

Law 1: a client that leaves its replies unread is not read either; nor is one with MAX_IN_WORK questions in work, nor
       one over its share. What was read by then waits in order, and is no more than one reading's worth.
Law 2: replies go out as they come (RFC 7766 section 6.2.1.1), each behind its length in one write.
Law 3: a message that has begun, a handshake and a reply each have SECONDS; `overdue` says when one took longer.
Law 4: who has sent all still gets its replies (half close); who can't be written to is closed.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Protocol

from guardian.errors import WireError
from guardian.server.listener import unmapped
from guardian.wire.framing import Framing, framed
from guardian.wire.question import MAX_QUESTION

if TYPE_CHECKING:
    import asyncio
    import socket

READ = 4096
"""Octets that are read of one connection in one wake: about a hundred questions."""
MAX_IN_WORK = 64
MAX_UNSENT = 128 * 1024
"""Octets of replies that a client may leave lying before it is read no further."""
FAIR_UNSENT = 16 * 1024
"""Octets of replies that a client may leave lying even where all of them together leave too much."""
SECONDS = 3.0
"""For a message that has begun to be whole, for a handshake, and for a client to take some of its replies."""


class Service(Protocol):
    """What a connection asks of the listener that took it."""

    def may_ask(self, connection: Connection, now: float) -> bool:
        """Say whether its next question may be handed in now; else `deferred` is set, and `go_on` called later."""

    def may_shake_hands(self) -> bool:
        """Say whether a step of a handshake may be taken in this wake."""

    def hand_in(self, packet: bytes, connection: Connection, now: float) -> bytes | None:
        """Take one message; give its reply, or None where it comes later by `Connection.reply`, or not at all."""

    def ask_waiting(self) -> None:
        """Ask upstreams what was handed in and waits."""

    def heard(self, connection: Connection) -> None:
        """Hear that a message came."""

    def left_lying(self, octets: int) -> bool:
        """Count octets more, or fewer, that clients leave lying; say whether that is too much in all."""

    def closed(self, connection: Connection) -> None:
        """Hear that it is over."""


class Connection:
    """One client's stream, from its first octet to its last."""

    __slots__ = (
        "_backlog",
        "_begun",
        "_ended",
        "_framing",
        "_loop",
        "_moved",
        "_reading",
        "_service",
        "_socket",
        "_unsent",
        "_writing",
        "client",
        "closed",
        "deferred",
        "here",
        "in_work",
        "last",
        "stated",
    )

    def __init__(
        self, link: socket.socket, client: str, service: Service, loop: asyncio.AbstractEventLoop, now: float
    ) -> None:
        """Take over a socket that does not block."""
        self._socket = link
        self._service = service
        self._loop = loop
        self._framing = Framing(MAX_QUESTION)
        self._backlog: deque[bytes] | None = None
        self._unsent = bytearray()
        self._reading = self._writing = self._ended = False
        self._begun = self._moved = 0.0
        self.client = client
        self.here: str = unmapped(link.getsockname()[0])
        """The address at which it asks."""
        self.stated = ""
        """Who it says it is: a label."""
        self.in_work = 0
        self.last = now
        """When it came, or when its last message did."""
        self.closed = self.deferred = False
        """`deferred`: others come first, or it is over its share."""

    @property
    def idle(self) -> bool:
        """Nobody waits for anything."""
        return not (self.in_work or self._backlog or self._unsent)

    def start(self) -> None:
        """Read from now on."""
        self._read_on()

    def overdue(self, now: float, idle_seconds: float) -> bool:
        """Say whether it has taken too long."""
        if self._unsent:
            return now - self._moved >= SECONDS
        if self._begun and self._reading:
            return now - self._begun >= SECONDS
        return self.idle and now - self.last >= idle_seconds

    def reply(self, message: bytes) -> None:
        """Take the reply to a question that waited, empty where there is none; `go_on` sends it."""
        self.in_work -= 1
        if message and not self.closed:
            self._queue(message)

    def go_on(self, now: float) -> None:
        """Send what is to be sent, hand in what waits, and read on or lie unread."""
        self._write(now)
        backlog = self._backlog
        while backlog and self._is_free():
            if not self._service.may_ask(self, now):
                break
            message = self._service.hand_in(backlog.popleft(), self, now)
            if message:
                self._queue(message)
        if not backlog:
            self._backlog = None
        self._write(now)
        self._service.ask_waiting()
        if not self.closed:
            self._settle(now)

    def close(self) -> None:
        """End it, whatever waits."""
        if self.closed:
            return
        self.closed = True
        if self._reading:
            self._loop.remove_reader(self._socket.fileno())
        if self._writing:
            self._loop.remove_writer(self._socket.fileno())
        self._service.left_lying(-len(self._unsent))
        self._backlog, self._unsent = None, bytearray()
        self._say_farewell()
        self._socket.close()
        self._service.closed(self)

    def _readable(self) -> None:
        try:
            data = self._socket.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            self.close()
            return
        if not data:
            self._end()
            return
        now = self._loop.time()
        try:
            messages = self._framing.feed(self._opened(data))
        except WireError:
            self.close()
            return
        if self.closed:
            # what TLS had to say first was too much for all together
            return
        if messages:
            self.last = now
            self._service.heard(self)
            self._backlog = deque(messages)
        if not self._framing.unfinished:
            self._begun = 0.0
        elif messages or not self._begun:
            self._begun = now
        if messages or self._unsent or self._ended:
            self.go_on(now)

    def _end(self) -> None:
        """Hear that the client sends no more; its questions are still answered."""
        self._ended = True
        self._settle(self._loop.time())

    def _writable(self) -> None:
        self.go_on(self._loop.time())

    def _is_free(self) -> bool:
        return self.in_work < MAX_IN_WORK and len(self._unsent) <= MAX_UNSENT and not (self.deferred or self.closed)

    def _settle(self, now: float) -> None:
        """Read on, or lie unread, or be over."""
        if self._ended and self.idle:
            self.close()
            return
        reads = self._is_free() and not (self._ended or self._backlog)
        if reads and not self._reading:
            # while it lay unread its clock stood still
            self._begun = now if self._framing.unfinished else 0.0
            self._read_on()
        elif self._reading and not reads:
            self._reading = False
            self._loop.remove_reader(self._socket.fileno())

    def _read_on(self) -> None:
        self._reading = True
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def _queue(self, message: bytes) -> None:
        """Put a reply at the end of what goes out."""
        self._put(framed(message))

    def _put(self, data: bytes) -> None:
        if not self._unsent:
            self._moved = self._loop.time()
        self._unsent += data
        if self._service.left_lying(len(data)) and len(self._unsent) > FAIR_UNSENT:
            self.close()

    def _write(self, now: float) -> None:
        if not self._unsent or self.closed:
            return
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self.close()
            return
        if sent:
            self._moved = now
            self._service.left_lying(-sent)
            del self._unsent[:sent]
        if bool(self._unsent) != self._writing:
            self._writing = not self._writing
            if self._writing:
                self._loop.add_writer(self._socket.fileno(), self._writable)
            else:
                self._loop.remove_writer(self._socket.fileno())

    def _opened(self, data: bytes) -> bytes:
        """Give what came as the client meant it; WireError where that can't be told."""
        return data

    def _say_farewell(self) -> None:
        """Say what belongs before the end."""
