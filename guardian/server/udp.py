"""Listen for questions over UDP on one socket.

Law 1: at most BURST packets a wake, so that a flood on one socket starves nobody else.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from guardian.server.listener import BURST, Listener, To

if TYPE_CHECKING:
    Source = tuple[str, int] | tuple[str, int, int, int]

MAX_PACKET = 4096
"""Octets of a question with room for padding (RFC 8467)."""


class DatagramListener(Listener[To]):
    """A socket that is read a burst at a time."""

    def start(self) -> None:
        """Serve from now on."""
        self._loop.add_reader(self._socket.fileno(), self._readable)

    def close(self) -> None:
        """Serve no longer, say what is to be said, and close the socket; one of systemd's keeps what is unread."""
        self._flush()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    @abstractmethod
    def _readable(self) -> None:
        """Answer a burst."""


class UdpListener(DatagramListener["Source"]):
    """One listening socket, from packet to reply."""

    def send(self, message: bytes, to: Source) -> None:
        """Send a reply; a full buffer drops it: UDP owes nobody delivery."""
        if message:
            self._socket.sendto(message, to)

    def _readable(self) -> None:
        """Read all there is, then decide, then send: a processor does each better by itself than in turns."""
        receive, send, replay = self._socket.recvfrom, self._socket.sendto, self._engine.replay
        here, now = self._here, self._clock()
        batch, ready = [], []
        try:
            for _ in range(BURST):
                batch.append(receive(MAX_PACKET))  # noqa: PERF401 - what was read before the socket ran dry counts
        except OSError:
            # nothing more to read: the loop wakes us again if there is more
            pass
        for packet, source in batch:
            try:
                reply = replay(packet, source[0], now) or self.receive(packet, source[0], here, source, now)
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
        self.ask_waiting()
