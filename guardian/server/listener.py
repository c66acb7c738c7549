"""Take a question from its octets to its reply, however it came.

Law 1: what the engine can answer at once is answered inside the callback; an Ask waits, and no task is made for it.
Law 2: a fault in the handling of one message costs that message alone, and is told by its place in the code, never by
       what the message held.
Law 3: every question that waits is sent exactly one reply, empty where a fault has cost it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

from guardian.model import Answer, Ask, Hold, Reason, Reply
from guardian.wire.question import BadQuestionError, read_query

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from guardian.engine.engine import Engine
    from guardian.model import Query
    from guardian.resolver.forwarder import Forwarder

    Holder = Callable[[str, Callable[[], None]], None]

BURST = 64
"""Replies that are decided together before any of them is sent."""

_MAPPED = "::ffff:"

To = TypeVar("To")
"""Where a reply goes: an address, or a connection."""


def hold_nobody(_client: str, again: Callable[[], None]) -> None:
    """Hand a held question in again at once."""
    again()


def unmapped(client: str) -> str:
    """Give the IPv4 address of a client that an IPv6 socket shows as `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2)."""
    return client[len(_MAPPED) :] if client.startswith(_MAPPED) and "." in client else client


class Listener(ABC, Generic[To]):
    """One listening socket, and what becomes of the questions that come in by it."""

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
        self._stream = False
        self.forwarder = forwarder
        self.holder: Holder = hold_nobody
        """Calls back when it is known which device has an address, or when it has taken too long."""
        self._waiting: list[_Waiter[To]] = []
        """Questions of this burst that an upstream must answer: asked once the burst is decided."""
        self._outbox: list[tuple[bytes, To]] = []
        """Replies that wait for the end of a burst of upstream answers, fewer than BURST."""

    @abstractmethod
    def start(self) -> None:
        """Serve from now on."""

    @abstractmethod
    def close(self) -> None:
        """Serve no longer, say what is to be said, and close the socket."""

    @abstractmethod
    def send(self, message: bytes, to: To) -> None:
        """Send the reply to a question that waited; an empty one says nothing. Raises OSError where it can't be."""

    def wait(self, to: To) -> None:
        """Hear that a question waits, to which `send` will come."""

    def receive(self, packet: bytes, client: str, here: str, to: To, now: float, stated: str = "") -> bytes | None:
        """Read a message that is not known byte for byte; give what to send at once, None for nothing (yet).

        `here` is the address at which it was asked, `stated` who its connection says it is. `ask_waiting` is due after
        a burst of these.
        """
        try:
            query = read_query(packet, client, stream=self._stream, stated=stated)
        except BadQuestionError as bad:
            return bad.answer if self._engine.admits(client, now) else None
        outcome = self._engine.receive_query(query, now, here)
        if isinstance(outcome, Reply):
            return self._finish(outcome, packet, now)
        self.wait(to)
        if isinstance(outcome, Ask):
            self._waiting.append(_Waiter(self, outcome, packet, to))
        else:
            self.holder(client, partial(self._again, query, packet, here, to))
        return None

    def ask_waiting(self) -> None:
        """Ask upstreams what the burst has left open."""
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            ask = waiter.ask
            try:
                self.forwarder.ask(ask.key, waiter, ask.query.client)
                if ask.patience and not waiter.answered:
                    waiter.lose_patience_in(ask.patience, self._loop)
            except Exception as fault:  # noqa: BLE001 - one question must not cost the others theirs
                self._on_fault(fault)
                if not waiter.answered:
                    waiter.answered = True
                    self._deliver(b"", waiter.to)

    def answer(self, ask: Ask, packet: bytes, to: To, outcome: Answer | Reason) -> None:
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
            message = b""
        self._deliver(message, to)

    def keep(self, ask: Ask, outcome: Answer | Reason) -> None:
        """Keep what came behind a reply that has gone out already."""
        try:
            self._engine.keep(ask, outcome, self._clock())
        except Exception as fault:  # noqa: BLE001 - the others who wait must hear of it all the same
            self._on_fault(fault)

    def _again(self, query: Query, packet: bytes, here: str, to: To) -> None:
        """Hand in a question that was held."""
        now = self._clock()
        try:
            outcome = self._engine.receive_query(query, now, here, waited=True)
            if isinstance(outcome, Ask):
                self._waiting.append(_Waiter(self, outcome, packet, to))
                self.ask_waiting()
                return
            message = b"" if isinstance(outcome, Hold) else self._finish(outcome, packet, now)
        except Exception as fault:  # noqa: BLE001 - whoever else is held must be called, too
            self._on_fault(fault)
            message = b""
        self._deliver(message, to)

    def _deliver(self, message: bytes, to: To) -> None:
        if not self._outbox:
            # upstreams answer in bursts, too: decide all of one before sending any
            self._loop.call_soon(self._flush)
        self._outbox.append((message, to))
        if len(self._outbox) >= BURST:
            self._flush()

    def _flush(self) -> None:
        outbox, self._outbox = self._outbox, []
        send = self.send
        for message, to in outbox:
            try:
                send(message, to)
            except OSError:
                # a client that can't be reached must not cost the others theirs
                continue

    def _finish(self, reply: Reply, packet: bytes, now: float) -> bytes:
        if reply.refresh is not None:
            ask = reply.refresh
            self.forwarder.ask(ask.key, lambda outcome: self.keep(ask, outcome))
        return self._engine.finish(reply, packet, now)


class _Waiter(Generic[To]):
    """One client's wait for an upstream."""

    __slots__ = ("_listener", "_packet", "_timer", "answered", "ask", "to")

    def __init__(self, listener: Listener[To], ask: Ask, packet: bytes, to: To) -> None:
        self._listener, self.ask, self._packet, self.to = listener, ask, packet, to
        self._timer: asyncio.TimerHandle | None = None
        self.answered = False

    def __call__(self, outcome: Answer | Reason) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.answered:
            self._listener.keep(self.ask, outcome)
            return
        self.answered = True
        self._listener.answer(self.ask, self._packet, self.to, outcome)

    def lose_patience_in(self, seconds: float, loop: asyncio.AbstractEventLoop) -> None:
        """Take an older answer after so many seconds; what the upstream says later is kept for the next one."""
        self._timer = loop.call_later(seconds, self, Reason.UPSTREAM_SLOW)
