"""Ask one upstream over one connection, many questions at a time: TCP, or DNS over TLS (RFC 7766, RFC 7858).

Law 1: what is asked here goes over this connection or nowhere: a certificate that proves nothing is an upstream that
       can't be asked, and never a reason to ask in plain (RFC 8310, the strict profile).
Law 2: at most `max_open` questions wait for answers and `max_queued` for the connection; one more fails at once.
Law 3: a question whose connection ended is asked once more on a new one, then it has failed; after a connection that
       gave no answer comes a pause, each longer than the last, in which asking fails at once.
Law 4: an answer is taken by ID and question, in whatever order answers come; anything else is ignored.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from guardian.errors import UpstreamError, WireError
from guardian.resolver.connection import Connection, PlainPipe
from guardian.resolver.exchange import CLIENT_TTL, Attempt
from guardian.system.tls import TlsError, TlsPipe, client_context
from guardian.wire.framing import framed
from guardian.wire.response import OtherQuestionError, read_answer

if TYPE_CHECKING:
    import asyncio
    import ssl
    from collections.abc import Iterable

    from guardian.config.values import Server
    from guardian.resolver.chance import Chance
    from guardian.resolver.exchange import Exchange, Settled
    from guardian.resolver.health import Health
    from guardian.resolver.watch import Watch

IDLE_SECONDS = 10.0
TLS_IDLE_SECONDS = 30.0
"""A handshake is dear, and opening one for each question tells the network when somebody asks."""
SILENT_SECONDS = 5.0
"""A connection on which nothing comes back for so long has lost its other end."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 4.0
_LEAVES = "it closes connections and leaves questions unanswered"


@functools.cache
def authorities() -> ssl.SSLContext:
    """Give the authorities that this machine trusts, read once: some hundred certificates."""
    return client_context()


def renew_authorities() -> None:
    """Read anew whom this machine trusts, for connections from now on. To be called in a thread: it takes a while."""
    if authorities.cache_info().currsize:
        authorities.cache_clear()
        authorities()


class StreamUpstream:
    """One resolver at one address, and the connection to it while there is one."""

    def __init__(
        self,
        server: Server,
        watch: Watch,
        chance: Chance,
        settled: Settled,
        health: Health,
        *,
        max_open: int = 1000,
        max_queued: int = 256,
    ) -> None:
        """`settled` hears of each attempt that came to an answer, or to None where the upstream failed at it."""
        self.server, self.health, self.trouble = server, health, ""
        self._watch, self._loop = watch, watch.loop
        self._chance = chance
        self._settled = settled
        self._max_open, self._max_queued = max_open, max_queued
        self._context = authorities() if server.encrypted else None
        self._session: ssl.SSLSession | None = None
        self._idle = TLS_IDLE_SECONDS if server.encrypted else IDLE_SECONDS
        self._trusted = server.encrypted or server.address.is_loopback
        """Nobody on the way could have set its AD bit (RFC 6840 section 5.7)."""
        self._connection: Connection | None = None
        self._pipe: TlsPipe | PlainPipe = PlainPipe()
        self._timer: asyncio.TimerHandle | None = None
        self._open: dict[int, Attempt] = {}
        self._queue: list[Attempt] = []
        """What is open and not sent yet."""
        self._flushes = False
        """The queue is going to be sent at the end of this turn of the loop."""
        self._repeated: frozenset[Attempt] = frozenset()
        """What an earlier connection left unanswered."""
        self._opened = self._answered = self._waits = False
        """This connection was ready for questions; has given an answer; was sent something since anything came."""
        self._since = 0.0
        """When that was sent, or the last thing came (seconds of the loop)."""
        self._pause = self._until = 0.0
        """How long asking fails at once after the latest failure to connect, and until when."""

    def ask(self, exchange: Exchange) -> None:
        """Send a new attempt at the exchange's question, and open it there; `settled` hears the rest.

        Raises UpstreamError where it can't be sent.
        """
        if len(self._open) >= self._max_open or len(self._queue) >= self._max_queued:
            raise UpstreamError("too many questions wait for it")
        if self._connection is None:
            if self._loop.time() < self._until:
                raise UpstreamError(self.trouble)
            self._connect()
        attempt = Attempt(exchange, self, self._chance, padded=self.server.encrypted)
        while attempt.identity in self._open:
            attempt.draw(self._chance)
        self._enqueue((attempt,))
        exchange.attempts.append(attempt)

    def forget(self, attempt: Attempt) -> None:
        """Wait for it no longer; what still comes is nobody's."""
        if self._open.get(attempt.identity) is attempt:
            del self._open[attempt.identity]
        attempt.outlet = None

    def wear_out(self) -> None:
        """Ask on a new connection where this one leads nowhere; a slow answer alone says nothing of it."""
        connection = self._connection
        if connection is not None and connection.stalled:
            # not at once: who calls is in the middle of a question that may fail by it
            self._loop.call_soon(self._leave, connection)

    def close(self) -> None:
        """Close the connection."""
        self._part()

    def writable(self) -> None:
        """Send what waits, in one piece."""
        self._flushes = False
        connection = self._connection
        if connection is None or not connection.ready or connection.blocked:
            return
        self._opened = True
        queue, self._queue = self._queue, []
        frames = [framed(attempt.message) for attempt in queue if attempt.outlet is self]
        if not self._timer:
            self._timer = self._loop.call_later(SILENT_SECONDS, self._look)
        if not self._waits:
            self._waits = bool(frames)
            self._since = self._loop.time()
        if frames:
            connection.send(b"".join(frames))

    def receive(self, messages: list[bytes]) -> None:
        """Settle what these answer."""
        for message in messages:
            attempt = self._open.get(int.from_bytes(message[:2], "big"))
            if attempt is None:
                continue
            answer = None
            try:
                answer = read_answer(message, attempt.question, longest_ttl=CLIENT_TTL, trusted=self._trusted)
            except OtherQuestionError:
                continue
            except WireError:
                # the upstream's own words, and of no use: that is its failure
                pass
            if not self._answered:
                self._answered = True
                self.trouble = ""
                self._pause = 0.0
            if answer is not None and answer.truncated:
                answer = None
            self._settled(attempt, answer)
        self._since = self._loop.time()
        self._waits = bool(self._open)

    def ended(self, trouble: str) -> None:
        """Ask once more what was open, or fail."""
        self._part()
        left, self._open, self._queue = tuple(self._open.values()), {}, []
        again = {one: None for one in left if one not in self._repeated}
        if not self._opened or (self._waits and not self._answered and not 0 < len(left) == len(again)):
            again.clear()
            self._back_off(trouble or _LEAVES)
        elif again:
            try:
                self._connect()
            except UpstreamError:
                again.clear()
            else:
                self._repeated = frozenset(again)
                self._enqueue(again)
        if len(again) < len(left):
            self.trouble = self.trouble or trouble or _LEAVES
        for attempt in left:
            if attempt not in again and attempt.outlet is self:
                self._settled(attempt, None)

    def _enqueue(self, attempts: Iterable[Attempt]) -> None:
        for attempt in attempts:
            self._open[attempt.identity] = attempt
            attempt.outlet = self
            self._queue.append(attempt)
        if not self._flushes:
            self._flushes = True
            self._loop.call_soon(self.writable)

    def _connect(self) -> None:
        self._opened = self._answered = self._waits = False
        self._repeated = frozenset()
        try:
            self._pipe = self._new_pipe()
            self._connection = Connection(self.server, self._watch, self._pipe, self)
        except (TlsError, UpstreamError) as error:
            # of TLS: this machine's own policy allows nothing that is safe
            self._back_off(str(error))
            raise UpstreamError(str(error)) from error

    def _new_pipe(self) -> TlsPipe | PlainPipe:
        if not self.server.encrypted:
            return PlainPipe()
        context = authorities()
        if context is not self._context:
            # who was believed before is believed no longer for that alone
            self._context, self._session = context, None
        return TlsPipe(context, server_name=self.server.name, session=self._session)

    def _part(self) -> None:
        """Leave the connection; a later one may resume its session."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        connection, self._connection = self._connection, None
        if isinstance(self._pipe, TlsPipe):
            self._session = self._pipe.session if self._pipe.ready else None
        if connection is not None:
            connection.close()

    def _leave(self, connection: Connection) -> None:
        if self._connection is connection:
            self.ended("it has stopped answering")

    def _back_off(self, trouble: str) -> None:
        self.trouble = trouble
        self._pause = min(max(self._pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self._until = self._loop.time() + self._pause

    def _look(self) -> None:
        """Leave a connection that is silent, or that nobody needs."""
        self._timer = None
        now = self._loop.time()
        if self._waits and now - self._since >= SILENT_SECONDS:
            self.ended("it takes questions and answers none")
        elif not self._waits and now - self._since >= self._idle:
            self._part()
        else:
            self._timer = self._loop.call_later(SILENT_SECONDS, self._look)
