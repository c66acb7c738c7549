"""Carry messages to one upstream and back over one TCP connection, encrypted or not (RFC 7766, RFC 7858).

Law 1: nothing here waits: connecting, the handshake, reading and writing go on whenever the socket is ready.
Law 2: one that is not open within OPEN_SECONDS ends, and so does one whose octets nobody acknowledges for so long.
Law 3: at most MAX_UNSENT octets wait for the socket, one message for its end, and READ octets are read a wake.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import struct
from typing import TYPE_CHECKING, Protocol

from guardian.errors import UpstreamError, WireError
from guardian.system.tls import TlsError
from guardian.wire.framing import Framing

if TYPE_CHECKING:
    from guardian.config.values import Server
    from guardian.resolver.watch import Watch
    from guardian.system.tls import TlsPipe

OPEN_SECONDS = 3.0
MAX_UNSENT = 256 * 1024
READ = 64 * 1024
STALLED_MS = 800
_TCP_INFO = struct.Struct("@24xI28xI")
"""Of the kernel's struct tcp_info: tcpi_unacked, in segments, and tcpi_last_ack_recv, in milliseconds."""
_BLOCKED = "it may be blocked on this network"
_NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})


class Owner(Protocol):
    """Whom a connection serves."""

    def writable(self) -> None:
        """Send what waits: the connection has opened, or the socket took what it had not taken."""

    def receive(self, messages: list[bytes]) -> None:
        """Take these messages."""

    def ended(self, trouble: str) -> None:
        """Hear that the connection is closed, and what was wrong; "" where the other side ended it in order."""


class PlainPipe:
    """What a TlsPipe is, without TLS."""

    __slots__ = ("_outgoing", "ended")

    ready = True

    def __init__(self) -> None:
        """Begin."""
        self._outgoing = b""
        self.ended = False

    def receive(self, data: bytes) -> bytes:
        """Give what came; b"" is the end of the stream."""
        self.ended = not data
        return data

    def send(self, plain: bytes) -> None:
        """Let it go out."""
        self._outgoing += plain

    def outgoing(self) -> bytes:
        """Give what is to be written now, and forget it."""
        outgoing, self._outgoing = self._outgoing, b""
        return outgoing

    def finish(self) -> None:
        """Say nothing: the end of the stream says all."""


class Connection:
    """One connection, from its first packet to its end."""

    __slots__ = (
        "_connected",
        "_descriptor",
        "_framing",
        "_no_way",
        "_owner",
        "_pipe",
        "_place",
        "_socket",
        "_timer",
        "_unsent",
        "_watch",
        "ready",
    )

    def __init__(self, server: Server, watch: Watch, pipe: TlsPipe | PlainPipe, owner: Owner) -> None:
        """Begin to connect. Raises UpstreamError where there is no way to the server."""
        self._watch = watch
        self._pipe = pipe
        self._owner = owner
        self._place = f"port {server.port}"
        missing = " or without IPv6" if server.address.version == 6 else ""
        self._no_way = f"no way leads there: this machine may be offline{missing}"
        self._framing = Framing()
        self._connected = False
        self._unsent = b""
        self.ready = False
        """Messages may be sent."""
        family = socket.AF_INET6 if server.address.version == 6 else socket.AF_INET
        try:
            self._socket = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        except OSError as error:
            raise UpstreamError(self._words(error)) from error
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(OPEN_SECONDS * 1000))
            with contextlib.suppress(BlockingIOError):
                self._socket.connect((str(server.address), server.port))
            self._descriptor = self._socket.fileno()
            watch.add(self._descriptor, self._wake)
            watch.wake_to_write(self._descriptor, wanted=True)
        except OSError as error:
            self._socket.close()
            raise UpstreamError(self._words(error)) from error
        self._timer = watch.loop.call_later(OPEN_SECONDS, self._too_late)

    @property
    def blocked(self) -> bool:
        """The socket takes nothing at present; `writable` tells when it does."""
        return bool(self._unsent)

    @property
    def stalled(self) -> bool:
        """Nobody has acknowledged a packet for STALLED_MS, though some are on the way: the path is gone."""
        unacknowledged, silence = _TCP_INFO.unpack(
            self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO.size)
        )
        return self.ready and unacknowledged > 0 and silence >= STALLED_MS

    def send(self, plain: bytes) -> None:
        """Send whole messages, each with its length; only while `ready` and not `blocked`."""
        try:
            self._pipe.send(plain)
        except TlsError as error:
            self._end(str(error))
            return
        self._write()

    def close(self) -> None:
        """End it in order; nobody is told."""
        if self._descriptor < 0:
            return
        self._timer.cancel()
        if self.ready:
            self._pipe.finish()
        if self._connected:
            # the last word, close_notify or alert, if the socket takes it
            with contextlib.suppress(OSError):
                self._socket.send(self._unsent + self._pipe.outgoing())
        self.ready = False
        self._watch.remove(self._descriptor)
        self._descriptor = -1
        self._socket.close()

    def _end(self, trouble: str) -> None:
        if self._descriptor >= 0:
            self.close()
            self._owner.ended(trouble)

    def _too_late(self) -> None:
        if self._connected:
            self._end(f"{self._place} takes the connection but never ends the TLS handshake: {_BLOCKED}")
        else:
            self._end(f"{self._place} does not answer: {_BLOCKED}")

    def _wake(self) -> None:
        """Go on: the socket can be read or written to, or has failed."""
        if not self._connected and not self._connect():
            return
        if self._unsent:
            self._write()
            if not self._unsent and self.ready:
                self._owner.writable()
        if self._descriptor >= 0:
            self._read()

    def _connect(self) -> bool:
        failure = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if failure:
            self._end(self._words(OSError(failure, os.strerror(failure))))
            return False
        try:
            self._socket.getpeername()
        except OSError:
            # a wake meant for an earlier socket of the same number
            return False
        self._connected = True
        self._watch.wake_to_write(self._descriptor, wanted=False)
        self._proceed()
        self._write()
        return self._descriptor >= 0

    def _proceed(self) -> None:
        """Tell the owner once the handshake is over; what it sends goes out with its last octets."""
        if self._pipe.ready and not self.ready:
            self._timer.cancel()
            self.ready = True
            self._owner.writable()

    def _read(self) -> None:
        try:
            data = self._socket.recv(READ)
        except BlockingIOError:
            return
        except OSError as error:
            self._end(self._words(error))
            return
        try:
            plain = self._pipe.receive(data)
            messages = self._framing.feed(plain) if plain else []
        except TlsError as error:
            self._end(str(error))
            return
        except WireError:
            self._end(f"what answers at {self._place} speaks no DNS")
            return
        self._proceed()
        if messages and self._descriptor >= 0:
            self._owner.receive(messages)
        if self._pipe.ended:
            self._end("")
        else:
            self._write()

    def _write(self) -> None:
        if self._descriptor < 0:
            return
        waited = bool(self._unsent)
        unsent = self._unsent + self._pipe.outgoing()
        if not unsent:
            return
        try:
            unsent = unsent[self._socket.send(unsent) :]
        except BlockingIOError:
            pass
        except OSError as error:
            self._end(self._words(error))
            return
        self._unsent = unsent
        if len(unsent) > MAX_UNSENT:
            self._end(f"{self._place} reads nothing of what it is sent")
        elif bool(unsent) is not waited:
            self._watch.wake_to_write(self._descriptor, wanted=not waited)

    def _words(self, error: OSError) -> str:
        if error.errno == errno.ECONNREFUSED:
            return f"{self._place} refuses the connection: nobody listens there, or {_BLOCKED}"
        if error.errno == errno.ETIMEDOUT:
            return f"{self._place} does not answer: {_BLOCKED}"
        if error.errno in {errno.ECONNRESET, errno.EPIPE}:
            return f"{self._place} breaks the connection: {_BLOCKED}"
        if error.errno in _NO_WAY:
            return self._no_way
        return f"{self._place}: {(error.strerror or 'the connection failed').lower()}"
