"""Hold a nameserver on loopback that gives all names one address and notes how each question came: port and ID.

Law 1: it reads nothing of a question but where it ends, so that ten thousand take no time.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import NamedTuple, Self

from guardian.config.values import Server, Transport, read_address

_OPT = 11
_HEAD = bytes.fromhex("8180 0001 0001 0000 0000")
_RECORD = bytes.fromhex("c00c 0001 0001 0000003c 0004 c0000250")
_WAIT = 0.2
"""Seconds after which it looks whether to end."""


class Seen(NamedTuple):
    """How one question came."""

    port: int
    id: int


class Echo:
    """A server over UDP on a port that the kernel draws."""

    def __init__(self, *, max_seen: int = 100_000) -> None:
        """Serve until left."""
        self.seen: list[Seen] = []
        self._max_seen = max_seen
        self._stopping = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(_WAIT)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        self._thread.join(10)
        self._socket.close()

    @property
    def server(self) -> Server:
        """The upstream as guardian's settings have it."""
        host, port = self._socket.getsockname()
        return Server(Transport.UDP, read_address(host), port, host)

    def _serve(self) -> None:
        while not self._stopping and len(self.seen) < self._max_seen:
            with suppress(TimeoutError):
                packet, client = self._socket.recvfrom(4096)
                self.seen.append(Seen(client[1], int.from_bytes(packet[:2], "big")))
                self._socket.sendto(packet[:2] + _HEAD + packet[12:-_OPT] + _RECORD, client)
