"""Hold who is connected, over all sockets that take streams: a bounded table, and one look a second at all of it.

Law 1: a new client always gets in: where its address or the table is full, the oldest idle connection goes, else the
       oldest. So whoever holds many crowds out itself first.
Law 2: one timer for all that may take too long, and one for all over their share; none while nobody is connected.
Law 3: all of them together hand in TURNS questions a wake, in the order in which they came; so a crowd of streams
       costs who asks over UDP a millisecond, not its size.
Law 4: all of them together have HANDSHAKES steps of TLS a wake: one costs as much as hundreds of questions, and who
       only ever begins another has no share of questions that it could use up.
Law 5: what clients leave lying unread together is counted, and bounded by `max_unsent` and a fair little for each.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

    from guardian.server.connection import Connection

TURNS = 64
HANDSHAKES = 2
IDLE_SECONDS = 10.0
CROWDED_SECONDS = 2.0
"""How long an idle connection stays while more than half of the table is taken (RFC 7766 section 6.2.3)."""
SWEEP_SECONDS = 1.0
DEFER_SECONDS = 0.05
"""How long who asks too much lies unread before another try; its share decides how many questions pass then."""


class Connections:
    """Every open connection, the one that was heard last at the end."""

    def __init__(self, max_total: int = 1000, max_per_address: int = 20, max_unsent: int = 16 * 2**20) -> None:
        """Hold nobody yet; `max_unsent` is in octets."""
        self._max_total = max_total
        self._max_per_address = max_per_address
        self._max_unsent = max_unsent
        self._all: dict[Connection, None] = {}
        self._by_address: dict[str, dict[Connection, None]] = {}
        self._deferred: list[Connection] = []
        """Those over their share; each is here once, as in `_queue`."""
        self._queue: deque[Connection] = deque()
        """Those that wait for a turn: somebody only while none is left."""
        self._turns = TURNS
        self._handshakes = HANDSHAKES
        self._unsent = 0
        self._sweeps = False

    def __len__(self) -> int:
        """Count who is connected."""
        return len(self._all)

    def add(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """Take in a new one, and close another where there is no room."""
        of_address = self._by_address.setdefault(connection.client, {})
        if len(of_address) >= self._max_per_address:
            _oldest(of_address).close()
            # the last of its address takes the address along
            of_address = self._by_address.setdefault(connection.client, {})
        if len(self._all) >= self._max_total:
            self.make_room()
            of_address = self._by_address.setdefault(connection.client, {})
        of_address[connection] = None
        self._all[connection] = None
        if not self._sweeps:
            self._sweeps = True
            loop.call_later(SWEEP_SECONDS, self._sweep, loop)

    def make_room(self) -> None:
        """Close the oldest idle connection, else the oldest."""
        if self._all:
            _oldest(self._all).close()

    def heard(self, connection: Connection) -> None:
        """Put it at the end: it is the last to go."""
        for table in (self._all, self._by_address[connection.client]):
            del table[connection]
            table[connection] = None

    def remove(self, connection: Connection) -> None:
        """Forget one that is closed."""
        del self._all[connection]
        of_address = self._by_address[connection.client]
        del of_address[connection]
        if not of_address:
            del self._by_address[connection.client]

    def left_lying(self, octets: int) -> bool:
        """Count octets more, or fewer, that wait for clients to take them; True where that is too much in all."""
        self._unsent += octets
        return self._unsent > self._max_unsent

    def take_turn(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> bool:
        """Let it hand in one question, or let it wait until others had their turn."""
        if not self._turns:
            connection.deferred = True
            self._queue.append(connection)
            return False
        if self._turns == TURNS:
            loop.call_soon(self._next_turns, loop)
        self._turns -= 1
        return True

    def take_handshake(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Say whether one may go on with its handshake in this wake; else it is called again in the next one."""
        if not self._handshakes:
            return False
        if self._handshakes == HANDSHAKES:
            loop.call_soon(self._next_handshakes)
        self._handshakes -= 1
        return True

    def defer(self, connection: Connection, loop: asyncio.AbstractEventLoop) -> None:
        """Let it go on in DEFER_SECONDS."""
        connection.deferred = True
        if not self._deferred:
            loop.call_later(DEFER_SECONDS, self._go_on, loop)
        self._deferred.append(connection)

    def _next_handshakes(self) -> None:
        self._handshakes = HANDSHAKES

    def _next_turns(self, loop: asyncio.AbstractEventLoop) -> None:
        self._turns = TURNS
        now = loop.time()
        for _ in range(len(self._queue)):
            if not self._turns:
                # its rest comes before whoever has had a turn by now
                return
            connection = self._queue.popleft()
            connection.deferred = False
            connection.go_on(now)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        deferred, self._deferred = self._deferred, []
        now = loop.time()
        for connection in deferred:
            connection.deferred = False
            connection.go_on(now)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        crowded = 2 * len(self._all) > self._max_total
        seconds = CROWDED_SECONDS if crowded else IDLE_SECONDS
        for connection in [one for one in self._all if one.overdue(now, seconds)]:
            connection.close()
        self._sweeps = bool(self._all)
        if self._sweeps:
            loop.call_later(SWEEP_SECONDS, self._sweep, loop)


def _oldest(table: dict[Connection, None]) -> Connection:
    return next((one for one in table if one.idle), next(iter(table)))
