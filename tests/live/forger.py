"""Be a nameserver on loopback beside which somebody forges: each race is some forged replies, then the true one.

Law 1: the forger sees the question and knows everything; each reply of his is wrong in exactly one thing.
Law 2: it is a process of its own, so that whom it races against does not slow it down; at the end it tells its pace.
"""

from __future__ import annotations

import json
import socket
import statistics
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

import dns.message

from guardian.config.values import Server, Transport, read_address
from tests.live.authority import Behaviour, Lie, _answer, _forged

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST, NEXT_DOOR = "127.0.0.1", "127.0.0.99"
SECONDS = 20
_END = b"end"


class Told(NamedTuple):
    """What a forger did."""

    races: int
    rate: float
    """Replies a second while a race lasted, the median of the races."""


class Forger:
    """A server over UDP whose every question is a race."""

    def __init__(self, kinds: Sequence[Lie], replies: int) -> None:
        """Race at each question with so many `replies` of one of these kinds, the kinds in turn."""
        words = [sys.executable, "-m", __name__, str(replies), *(one.name for one in kinds)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self.port = int(self._line())
        self.told = Told(0, 0.0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(_END, (HOST, self.port))
        self.told = Told(*json.loads(self._line()))
        self._process.wait(SECONDS)
        assert self._process.stdout is not None
        self._process.stdout.close()

    @property
    def server(self) -> Server:
        """The upstream as guardian's settings have it."""
        return Server(Transport.UDP, read_address(HOST), self.port, HOST)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def main(replies: int, kinds: Sequence[Lie]) -> None:
    """Race until told to end."""
    server, port, address = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3))
    with server, port, address:
        server.bind((HOST, 0))
        port.bind((HOST, 0))
        address.bind((NEXT_DOOR, server.getsockname()[1]))
        mouths = {Lie.PORT: port, Lie.ADDRESS: address}
        print(server.getsockname()[1], flush=True)
        rates: list[float] = []
        while True:
            packet, client = server.recvfrom(4096)
            if packet == _END:
                break
            query = dns.message.from_wire(packet)
            kind = kinds[len(rates) % len(kinds)]
            truth, forged, send = _answer(query, Behaviour()), _forged(kind, query), mouths.get(kind, server).sendto
            began = time.perf_counter()
            for _ in range(replies):
                # where nobody listens any more, the kernel says so to the next one who sends
                with suppress(OSError):
                    send(forged, client)
            rates.append(replies / (time.perf_counter() - began))
            with suppress(OSError):
                server.sendto(truth, client)
    print(json.dumps([len(rates), statistics.median(rates)]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), [Lie[one] for one in sys.argv[2:]])
