"""Hold a nameserver on loopback that answers over TCP or TLS, in whatever manner a test wants.

Law 1: a thread a connection, all ended by `close`; what it was asked is kept in order, at most `max_asked`.
Law 2: its certificates are made by an authority of the test's own, which nothing else trusts.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import dns.message

from guardian.config.values import Server, Transport, read_address
from tests.live.authority import Behaviour, _answer
from tests.live.capture import NOTHING, filter_packets

if TYPE_CHECKING:
    from collections.abc import Callable

    import trustme

NAME = "dns.example"
SECONDS = 20
TRUE = Behaviour()


@dataclass(frozen=True)
class Manner:
    """How a connection is served; by default each question is answered at once."""

    stalls: bool = False
    """It takes the connection and never says a word, a handshake included."""
    silent: bool = False
    """It takes questions and answers none."""
    batch: int = 1
    """Answers wait until so many questions have come; the last goes out first."""
    piece: int = 0
    """Answers go out in pieces of so many octets; 0 for one piece."""
    twice: bool = False
    """Each answer comes two times."""
    closes_after: int = 0
    """It closes the connection after so many answers; 0 for never."""
    abruptly: bool = False
    """It closes without a close_notify."""
    leaves: bool = False
    """It closes the connection at the first question."""
    flags: int = 0
    """What its answers have set beside QR, RD and RA."""
    greets: bytes = b""
    """What it says as soon as a connection comes, and nothing more."""
    says: bytes = b""
    """What it says in place of an answer."""
    behaviour: Behaviour = TRUE
    """What each answer holds."""


def certified(authority: trustme.CA, *names: str, days: tuple[int, int] = (-1, 30)) -> ssl.SSLContext:
    """Give a server's context for these names, or NAME; its certificate is good from and until so many days hence."""
    now = datetime.now(UTC)
    made = authority.issue_cert(
        *names or (NAME,), not_before=now + timedelta(days[0]), not_after=now + timedelta(days[1])
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.configure_cert(context)
    return context


class StreamAuthority:
    """A server that answers every name over streams."""

    def __init__(
        self,
        context: ssl.SSLContext | None = None,
        manner: Manner | None = None,
        *,
        port: int = 0,
        max_asked: int = 100_000,
    ) -> None:
        """Serve on a port of loopback, drawn by the kernel unless given, until `close`; `context` is for TLS."""
        self.context = context
        self.manner = manner or Manner()
        self.asked: list[bytes] = []
        self.connections = 0
        self.resumed = 0
        """How many of them resumed a session."""
        self._max_asked = max_asked
        self._changed = threading.Condition()
        self._stopping = False
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        self.host, self.port = self._listener.getsockname()
        self._begin(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def server(self) -> Server:
        """The upstream as guardian's settings have it."""
        transport = Transport.TCP if self.context is None else Transport.TLS
        return Server(transport, read_address(self.host), self.port, NAME if self.context else self.host)

    def names(self) -> list[str]:
        """Give the names asked so far, in the case they came in and without the last dot."""
        with self._changed:
            return [dns.message.from_wire(wire).question[0].name.to_text().rstrip(".") for wire in self.asked]

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Wait for something here to become so."""
        with self._changed:
            assert self._changed.wait_for(true, SECONDS), f"asked only {len(self.asked)} times"

    def deafen(self) -> None:
        """Let nothing more reach the connections that are open, as if the network between had gone."""
        with self._changed:
            for one in self._sockets:
                filter_packets(one, NOTHING)

    def close(self) -> None:
        """Serve no longer, and end every connection."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        with self._changed:
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        for thread in tuple(self._threads):
            thread.join(SECONDS)
        self._listener.close()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.settimeout(SECONDS)
            with self._changed:
                self._sockets.add(connection)
                self.connections += 1
                self._changed.notify_all()
            self._begin(self._serve, connection)

    def _serve(self, plain: socket.socket) -> None:
        # the descriptor stays with `plain`, so that `close` can end it while it is wrapped
        with plain, contextlib.suppress(OSError, EOFError):
            if self.manner.stalls or self.manner.greets:
                plain.sendall(self.manner.greets)
                self._until_closed(plain)
                return
            if self.context is None:
                self._answer_all(plain)
                return
            with self.context.wrap_socket(plain.dup(), server_side=True) as stream:
                stream.settimeout(SECONDS)
                with self._changed:
                    self.resumed += bool(stream.session_reused)
                self._answer_all(stream)
                if not self.manner.abruptly:
                    stream.unwrap()
        with self._changed:
            self._sockets.discard(plain)
            self._changed.notify_all()

    def _until_closed(self, stream: socket.socket) -> None:
        while stream.recv(65_536):
            pass

    def _answer_all(self, stream: socket.socket) -> None:
        manner = self.manner
        waiting: list[bytes] = []
        answered = 0
        while True:
            question = self._question(stream)
            with self._changed:
                assert len(self.asked) < self._max_asked
                self.asked.append(question)
                self._changed.notify_all()
            if manner.leaves:
                return
            if manner.says:
                stream.sendall(manner.says)
                self._until_closed(stream)
                return
            if manner.silent:
                continue
            answer = self._answer(question)
            waiting.append((len(answer).to_bytes(2, "big") + answer) * (1 + manner.twice))
            if len(waiting) < manner.batch:
                continue
            said = b"".join(reversed(waiting))
            answered += len(waiting)
            waiting.clear()
            size = manner.piece or len(said)
            for at in range(0, len(said), size):
                stream.sendall(said[at : at + size])
            if manner.closes_after and answered >= manner.closes_after:
                return

    def _answer(self, question: bytes) -> bytes:
        answer = bytearray(_answer(dns.message.from_wire(question), self.manner.behaviour))
        answer[3] |= self.manner.flags
        return bytes(answer)

    def _question(self, stream: socket.socket) -> bytes:
        return self._exactly(stream, int.from_bytes(self._exactly(stream, 2), "big"))

    def _exactly(self, stream: socket.socket, size: int) -> bytes:
        data = b""
        while len(data) < size:
            piece = stream.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data
