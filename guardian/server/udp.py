"""Listen for questions over UDP on one socket.

Law 1: what the engine can answer at once is answered inside the callback; an Ask waits, and no task is made for it.
Law 2: at most BURST packets a wake, so that a flood on one socket starves nobody else.
Law 3: a fault in the handling of one packet costs that packet alone, and is told by its place in the code, never by
       what the packet held.
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
    from guardian.model import Reply
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
        loop: asyncio.AbstractEventLoop,
        on_fault: Callable[[Exception], None],
    ) -> None:
        """`listener` is bound to one address, not to all; `on_fault` hears of what should not have happened."""
        self._socket = listener
        self._here: str = listener.getsockname()[0]
        self._engine = engine
        self._loop = loop
        self._clock = loop.time
        self._on_fault = on_fault
        self.forwarder = forwarder
        self._waiting: list[_Waiter] = []
        """Questions of this burst that an upstream must answer: asked once the burst is decided."""
        self._outbox: list[tuple[bytes, Source]] = []
        """Replies that wait for the end of a burst of upstream answers, fewer than BURST."""

    def start(self) -> None:
        """Serve from now on."""
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def close(self) -> None:
        """Serve no longer, say what is to be said, and close the socket."""
        self._flush()
        self._loop.remove_reader(self._socket.fileno())
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
            try:
                reply = replay(packet, source[0], now) or self._receive(packet, source, now)
            except Exception as fault:  # noqa: BLE001 - one packet must not cost the others theirs
                self._on_fault(fault)
                continue
            if reply is not None:
                ready.append((reply, source))
        for reply, source in ready:
            try:
                send(reply, source)
            except OSError:
                # a client that can't be reached must not cost the others theirs
                continue
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            self._ask(waiter)

    def _ask(self, waiter: _Waiter) -> None:
        ask = waiter.ask
        try:
            self.forwarder.ask(ask.key, waiter, ask.query.client)
            if ask.patience and not waiter.answered:
                waiter.lose_patience_in(ask.patience, self._loop)
        except Exception as fault:  # noqa: BLE001 - one question must not cost the others theirs
            self._on_fault(fault)

    def _receive(self, packet: bytes, source: Source, now: float) -> bytes | None:
        """Read a packet that is not known byte for byte; give what to send at once, None for nothing (yet)."""
        try:
            query = read_query(packet, source[0])
            outcome = self._engine.receive_query(query, now, self._here)
            if not isinstance(outcome, Ask):
                return self._finish(outcome, packet, now)
            self._waiting.append(_Waiter(self, outcome, packet, source))
        except BadQuestionError as bad:
            return bad.answer if self._engine.admits(source[0], now) else None
        return None

    def answer(self, ask: Ask, packet: bytes, source: Source, outcome: Answer | Reason) -> None:
        """Reply to a question whose upstream has answered, or has not."""
        now = self._clock()
        try:
            if isinstance(outcome, Answer):
                reply = self._engine.receive_answer(ask, outcome, now)
            else:
                reply = self._engine.receive_failure(ask, outcome, now)
            message = self._finish(reply, packet, now)
        except Exception as fault:  # noqa: BLE001 - one question must not cost the others theirs
            self._on_fault(fault)
            return
        if not self._outbox:
            # upstreams answer in bursts, too: decide all of one before sending any
            self._loop.call_soon(self._flush)
        self._outbox.append((message, source))
        if len(self._outbox) >= BURST:
            self._flush()

    def _flush(self) -> None:
        outbox, self._outbox = self._outbox, []
        for message, source in outbox:
            try:
                self._socket.sendto(message, source)
            except OSError:
                # a client that can't be reached, or a full buffer: UDP owes nobody delivery
                continue

    def keep(self, ask: Ask, outcome: Answer | Reason) -> None:
        """Keep what came behind a reply that has gone out already."""
        try:
            self._engine.keep(ask, outcome, self._clock())
        except Exception as fault:  # noqa: BLE001 - the others who wait must hear of it all the same
            self._on_fault(fault)

    def _finish(self, reply: Reply, packet: bytes, now: float) -> bytes:
        if reply.refresh is not None:
            ask = reply.refresh
            self.forwarder.ask(ask.key, lambda outcome: self.keep(ask, outcome))
        return self._engine.finish(reply, packet, now)


class _Waiter:
    """One client's wait for an upstream."""

    __slots__ = ("_listener", "_packet", "_source", "_timer", "answered", "ask")

    def __init__(self, listener: UdpListener, ask: Ask, packet: bytes, source: Source) -> None:
        self._listener, self.ask, self._packet, self._source = listener, ask, packet, source
        self._timer: asyncio.TimerHandle | None = None
        self.answered = False

    def __call__(self, outcome: Answer | Reason) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.answered:
            self._listener.keep(self.ask, outcome)
            return
        self.answered = True
        self._listener.answer(self.ask, self._packet, self._source, outcome)

    def lose_patience_in(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """Take an older answer after so many seconds; what the upstream says later is kept for the next one."""
        self._timer = loop.call_later(seconds, self, Reason.UPSTREAM_SLOW)
