"""Hold a nameserver on loopback that answers every question with the name's own address, and is silent when told to.

Law 1: no thread; who runs the soak serves it in turns.
"""

from __future__ import annotations

import contextlib
import socket
from typing import Self

from guardian.wire import codes
from guardian.wire.names import skip_name
from tests.soak.questions import address_of

BUFFER = 4 * 2**20
_BURST = 256
_TTL = 300


class Upstream:
    """One socket; every name has an A record, and nothing else."""

    def __init__(self) -> None:
        """Listen on a port of loopback that the kernel draws."""
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.silent = False
        self.asked = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    @property
    def url(self) -> str:
        """The upstream as a configuration writes it."""
        return f"udp://127.0.0.1:{self.socket.getsockname()[1]}"

    def serve(self) -> None:
        """Answer what has come, at most a burst; read it and say nothing while silent."""
        with contextlib.suppress(BlockingIOError):
            for _ in range(_BURST):
                packet, source = self.socket.recvfrom(4096)
                self.asked += 1
                if not self.silent:
                    self.socket.sendto(answer_to(packet), source)


def answer_to(packet: bytes) -> bytes:
    """Answer a question of guardian's: its address, or that there is none of this type."""
    end = skip_name(packet, 12)[0] + 4
    section = packet[12:end]
    if section[-4:-2] != codes.A.to_bytes(2, "big"):
        return packet[:2] + b"\x81\x80\x00\x01" + bytes(6) + section
    record = b"\xc0\x0c" + section[-4:] + _TTL.to_bytes(4, "big") + b"\x00\x04" + address_of(section)
    return packet[:2] + b"\x81\x80\x00\x01\x00\x01" + bytes(4) + section + record
