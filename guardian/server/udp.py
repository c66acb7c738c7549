"""Listen for questions over UDP on one socket.

Law 1: what the engine can answer at once is answered inside the callback; an Ask waits, and no task is made for it.
Law 2: at most BURST packets a wake, so that a flood on one socket starves nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Answer, Ask, Reason
from guardian.wire.question import BadQuestionError, read_query

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder

    Source = tuple[str, int] | tuple[str, int, int, int]

BURST = 64
MAX_PACKET = 4096
"""Octets of a question with room for padding (RFC 8467)."""


class UdpListener:
    """One listening socket, from packet to reply."""

    def __init__(
        self,
        listener: socket.socket,
        engine: Engine,
        forwarder: Forwarder,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives monotonic seconds; it is read once a wake."""
        self._socket = listener
        self._engine = engine
        self._forwarder = forwarder
        self._clock = clock

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve from now on."""
        loop.add_reader(self._socket.fileno(), self._readable)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve no longer, and close the socket."""
        loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _readable(self) -> None:
        """Read all there is, then decide, then send: a processor does each better by itself than in turns."""
        receive, send, replay = self._socket.recvfrom, self._socket.sendto, self._engine.replay
        now = self._clock()
        batch, ready = [], []
        try:
            for _ in range(BURST):
                batch.append(receive(MAX_PACKET))  # noqa: PERF401 - what was read before the socket ran dry counts
        except OSError:
            # nothing more to read: the loop wakes us again if there is more
            pass
        for packet, source in batch:
            reply = replay(packet, source[0], now) or self._receive(packet, source, now)
            if reply is not None:
                ready.append((reply, source))
        for reply, source in ready:
            try:
                send(reply, source)
            except OSError:
                continue

    def _receive(self, packet: bytes, source: Source, now: float) -> bytes | None:
        """Read a packet that is not known byte for byte; give what to send at once, None for nothing (yet)."""
        try:
            query = read_query(packet, source[0])
        except BadQuestionError as bad:
            return bad.answer if self._engine.admits(source[0]) else None
        outcome = self._engine.receive_query(query, now)
        if isinstance(outcome, Ask):
            self._forwarder.ask(outcome.key, _Waiter(self, outcome, packet, source))
            return None
        return self._engine.finish(outcome, packet, now)

    def answer(self, ask: Ask, packet: bytes, source: Source, outcome: Answer | Reason) -> None:
        """Reply to a question whose upstream has answered, or has not."""
        now = self._clock()
        if isinstance(outcome, Answer):
            reply = self._engine.receive_answer(ask, outcome, now)
        else:
            reply = self._engine.receive_failure(ask, outcome, now)
        self._send(self._engine.finish(reply, packet, now), source)

    def _send(self, message: bytes, source: Source) -> None:
        try:
            self._socket.sendto(message, source)
        except OSError:
            # a client that can't be reached, or a full buffer: UDP owes nobody delivery
            return


class _Waiter:
    """One client's wait for an upstream."""

    __slots__ = ("_ask", "_listener", "_packet", "_source")

    def __init__(self, listener: UdpListener, ask: Ask, packet: bytes, source: Source) -> None:
        self._listener, self._ask, self._packet, self._source = listener, ask, packet, source

    def __call__(self, outcome: Answer | Reason) -> None:
        self._listener.answer(self._ask, self._packet, self._source, outcome)
