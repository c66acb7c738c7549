"""Give a stream without a network: a socket of octets, a loop of a hand-turned clock, a service that a test answers."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

import pytest

from guardian.server.connection import Connection
from guardian.server.connections import Connections

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    Made = Callable[[Any, str, Any, Any, float], Connection]


class Loop:
    """The part of a loop that connections need; `at` is turned by the test."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.readers: dict[int, Callable[[], None]] = {}
        self.writers: dict[int, Callable[[], None]] = {}
        self.timers: list[tuple[float, Callable[..., None], tuple[object, ...]]] = []

    def time(self) -> float:
        return self.at

    def add_reader(self, descriptor: int, reader: Callable[[], None]) -> None:
        assert descriptor not in self.readers
        self.readers[descriptor] = reader

    def remove_reader(self, descriptor: int) -> None:
        del self.readers[descriptor]

    def add_writer(self, descriptor: int, writer: Callable[[], None]) -> None:
        assert descriptor not in self.writers
        self.writers[descriptor] = writer

    def remove_writer(self, descriptor: int) -> None:
        del self.writers[descriptor]

    def call_soon(self, callback: Callable[..., None], *arguments: object) -> None:
        self.timers.append((self.at, callback, arguments))

    def call_later(self, seconds: float, callback: Callable[..., None], *arguments: object) -> None:
        self.timers.append((self.at + seconds, callback, arguments))

    def pass_by(self, seconds: float) -> None:
        """Turn the clock on and run what is due on the way."""
        end = self.at + seconds
        while due := [timer for timer in self.timers if timer[0] <= end]:
            first = min(due, key=lambda timer: timer[0])
            self.timers.remove(first)
            self.at = first[0]
            first[1](*first[2])
        self.at = end


class Link:
    """A socket: what the client sends is put in, what it is sent lies in `writes`."""

    count = 100

    def __init__(self) -> None:
        Link.count += 1
        self.number = Link.count
        self.coming: deque[bytes | OSError] = deque()
        self.writes: list[bytes] = []
        self.room = 1 << 30
        """Octets that it takes until the client reads."""
        self.broken = False
        self.closed = False

    def fileno(self) -> int:
        assert not self.closed
        return self.number

    def getsockname(self) -> tuple[str, int]:
        return ("127.0.0.1", 53)

    def recv(self, size: int) -> bytes:
        if not self.coming:
            raise BlockingIOError
        data = self.coming.popleft()
        if isinstance(data, OSError):
            raise data
        if len(data) > size:
            self.coming.appendleft(data[size:])
        return data[:size]

    def send(self, data: bytes) -> int:
        if self.broken:
            raise ConnectionResetError
        if not self.room:
            raise BlockingIOError
        sent = bytes(data[: self.room])
        self.room -= len(sent)
        self.writes.append(sent)
        return len(sent)

    def close(self) -> None:
        assert not self.closed
        self.closed = True


class House:
    """Answers each message by itself in capitals; what begins with "later" waits until the test answers it."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.table = Connections(max_total=8, max_per_address=4, max_unsent=400_000)
        self.share = 1 << 30
        self.taken: list[bytes] = []
        self.reply_size = 0

    def connect(self, client: str = "10.0.0.1", *, make: Made = Connection) -> tuple[Connection, Link]:
        link = Link()
        connection = make(link, client, self, self.loop, self.loop.at)
        self.table.add(connection, _loop(self.loop))
        connection.start()
        return connection, link

    def tell(self, link: Link, *data: bytes | OSError) -> None:
        """Let a client send, and let it be read as far as it is read."""
        link.coming.extend(data)
        while link.coming and not link.closed and link.number in self.loop.readers:
            self.loop.readers[link.number]()
            self.loop.pass_by(0)

    def answer(self, connection: Connection, message: bytes) -> None:
        """Answer one that waits."""
        connection.reply(message)
        connection.go_on(self.loop.at)

    # what a connection asks of its listener

    def may_ask(self, connection: Connection, _now: float) -> bool:
        if not self.table.take_turn(connection, _loop(self.loop)):
            return False
        self.share -= 1
        if self.share < 0:
            self.table.defer(connection, _loop(self.loop))
        return self.share >= 0

    def may_shake_hands(self) -> bool:
        return self.table.take_handshake(_loop(self.loop))

    def hand_in(self, packet: bytes, connection: Connection, _now: float) -> bytes | None:
        self.taken.append(packet)
        if packet.startswith(b"later"):
            connection.in_work += 1
            return None
        return packet.upper().ljust(self.reply_size, b".")

    def ask_waiting(self) -> None:
        pass

    def heard(self, connection: Connection) -> None:
        self.table.heard(connection)

    def left_lying(self, octets: int) -> bool:
        return self.table.left_lying(octets)

    def closed(self, connection: Connection) -> None:
        self.table.remove(connection)


def _loop(loop: Any) -> asyncio.AbstractEventLoop:  # noqa: ANN401 - it stands in for a loop
    return loop  # type: ignore[no-any-return]


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.fixture
def house(loop: Loop) -> House:
    return House(loop)
