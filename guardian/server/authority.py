"""Answer for a small internet of the demo's own, on loopback, so that a tour needs no other."""

from __future__ import annotations

import contextlib
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.model import BlockMode, Reason, Reply
from guardian.wire.answers import Scribe
from guardian.wire.own import OTHER_TYPES, own_answers
from guardian.wire.question import BadQuestionError, read_query

if TYPE_CHECKING:
    import asyncio

ADDRESS = ip_address("192.0.2.80")
"""What every name of the demo's internet has (RFC 5737)."""
_MAX_PACKET = 4096


class Authority:
    """A server on 127.0.0.1 that has an answer for every name."""

    def __init__(self) -> None:
        """Listen on a port that the kernel draws."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(("127.0.0.1", 0))
        self._scribe = Scribe(mode=BlockMode.NXDOMAIN, block_ttl=1, topics=())
        self.port: int = self._socket.getsockname()[1]
        self.asked = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve from now on."""
        loop.add_reader(self._socket.fileno(), self._readable)

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serve no longer."""
        loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def _readable(self) -> None:
        with contextlib.suppress(OSError, BadQuestionError):
            packet, source = self._socket.recvfrom(_MAX_PACKET)
            query = read_query(packet, source[0])
            self.asked += 1
            answers = own_answers(query.name, [ADDRESS])
            answer = answers.get(query.qtype, answers[OTHER_TYPES])
            self._socket.sendto(self._scribe.write(Reply(query, answer.rcode, Reason.DEFAULT, answer)), source)
