"""Hold a nameserver on loopback that a test scripts: late, silent, lying or failing, and that tells what it was asked.

Law 1: one thread, one socket; what it was asked is kept in order, at most `max_asked`.
Law 2: a lie is wrong in exactly one thing, so that a test says which check caught it.
"""

from __future__ import annotations

import contextlib
import enum
import heapq
import selectors
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Callable

ADDRESS = "192.0.2.80"
"""What the true answer holds."""
FORGED = "192.0.2.66"
"""What every lie holds."""
BUFFER = 4 * 2**20


class Lie(enum.Enum):
    """What one forged answer has wrong; all else in it is right."""

    ID = "another ID"
    NAME = "another name in the question"
    TYPE = "another type in the question"
    CASE = "one letter of the question in the other case"
    PORT = "sent from another port"
    ADDRESS = "sent from another address"
    NO_QUESTION = "no question at all"
    NOT_AN_ANSWER = "no QR bit"
    CUT_OFF = "cut off in the middle"


@dataclass(frozen=True)
class Behaviour:
    """How a name is answered."""

    rcode: dns.rcode.Rcode = dns.rcode.NOERROR
    records: int = 1
    ttl: int = 300
    """Seconds, of the true answer's records."""
    zone: tuple[str, ...] = ()
    """The true answer's records instead, each as `OWNER TYPE DATA`; those that fit the type asked, and aliases."""
    truncated: bool = False
    silent: bool = False
    """The true answer never comes."""
    delay: float = 0.0
    """Seconds until the true answer."""
    held: bool = False
    """The true answer waits for `Authority.release`."""
    lies: tuple[Lie, ...] = ()
    """What comes before it."""


class Asked(NamedTuple):
    """One question as it came."""

    name: str
    """In the case it came in, with the last dot."""
    qtype: str
    id: int
    port: int
    wire: bytes


class Authority:
    """A server that answers every name, by default at once and with ADDRESS."""

    def __init__(self, host: str = "127.0.0.1", *, max_asked: int = 100_000) -> None:
        """Serve on a port of `host` that the kernel draws, until `close`."""
        self.behaviours: dict[str, Behaviour] = {}
        self.otherwise = Behaviour()
        self.asked: list[Asked] = []
        self._max_asked = max_asked
        self._changed = threading.Condition()
        self._later: list[tuple[float, int, bytes, tuple[str, int]]] = []
        self._held: list[tuple[bytes, tuple[str, int]]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self.host, self.port = self._socket.getsockname()
        self._bell, self._rope = socket.socketpair()
        self._stopping = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The upstream as a configuration writes it."""
        return f"udp://{self.host}:{self.port}"

    def names(self) -> list[str]:
        """Give the names asked so far, lower case and without the last dot."""
        with self._changed:
            return [one.name.lower().rstrip(".") for one in self.asked]

    def wait_until(self, true: Callable[[list[Asked]], bool], seconds: float = 10) -> None:
        """Wait for what was asked to become so; AssertionError after `seconds`."""
        with self._changed:
            assert self._changed.wait_for(lambda: true(self.asked), seconds), f"asked only {len(self.asked)} times"

    def release(self) -> None:
        """Send every answer that is held."""
        with self._changed:
            held, self._held = self._held, []
        for message, client in held:
            self._socket.sendto(message, client)

    def close(self) -> None:
        """Serve no longer."""
        self._stopping = True
        self._rope.send(b"!")
        self._thread.join(10)
        for one in (self._socket, self._bell, self._rope):
            one.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._bell, selectors.EVENT_READ)
            while not self._stopping:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    _, _, message, client = heapq.heappop(self._later)
                    self._send(message, client)
                selector.select(self._later[0][0] - now if self._later else None)
                self._drain()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while True:
                packet, client = self._socket.recvfrom(4096)
                self._receive(packet, client)

    def _receive(self, packet: bytes, client: tuple[str, int]) -> None:
        query = dns.message.from_wire(packet)
        question = query.question[0]
        asked = Asked(question.name.to_text(), dns.rdatatype.to_text(question.rdtype), query.id, client[1], packet)
        behaviour = self.behaviours.get(asked.name.lower().rstrip("."), self.otherwise)
        for lie in behaviour.lies:
            self._tell(lie, query, client)
        answer = _answer(query, behaviour)
        with self._changed:
            assert len(self.asked) < self._max_asked
            self.asked.append(asked)
            if behaviour.held:
                self._held.append((answer, client))
            self._changed.notify_all()
        if behaviour.delay:
            heapq.heappush(self._later, (time.monotonic() + behaviour.delay, len(self.asked), answer, client))
        elif not behaviour.silent and not behaviour.held:
            self._send(answer, client)

    def _send(self, message: bytes, client: tuple[str, int]) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(message, client)

    def _tell(self, lie: Lie, query: dns.message.Message, client: tuple[str, int]) -> None:
        forged = _forged(lie, query)
        if lie not in {Lie.PORT, Lie.ADDRESS}:
            self._send(forged, client)
            return
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            if lie is Lie.ADDRESS:
                # the port is the one asked, the address next door
                other.bind(("127.0.0.99", self.port))
            else:
                other.bind((self.host, 0))
            other.sendto(forged, client)


def _answer(query: dns.message.Message, behaviour: Behaviour) -> bytes:
    answer = dns.message.make_response(query)
    answer.flags |= dns.flags.RA | (dns.flags.TC if behaviour.truncated else 0)
    answer.set_rcode(behaviour.rcode)
    question = query.question[0]
    for owner, rtype, data in (record.split(None, 2) for record in behaviour.zone):
        if rtype in {"CNAME", dns.rdatatype.to_text(question.rdtype)}:
            answer.answer.append(dns.rrset.from_text(f"{owner}.", behaviour.ttl, "IN", rtype, data))
    if behaviour.rcode == dns.rcode.NOERROR and question.rdtype == dns.rdatatype.A and not behaviour.zone:
        addresses = [ADDRESS, *(f"198.51.100.{number}" for number in range(1, behaviour.records))]
        answer.answer.append(dns.rrset.from_text(question.name, behaviour.ttl, "IN", "A", *addresses))
    if not answer.answer and behaviour.rcode in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
        soa = "ns.invalid. nobody.invalid. 1 3600 600 86400 60"
        answer.authority.append(dns.rrset.from_text(question.name, 60, "IN", "SOA", soa))
    return answer.to_wire(max_size=65_535)


def _forged(lie: Lie, query: dns.message.Message) -> bytes:
    forged = dns.message.make_response(query)
    forged.flags |= dns.flags.RA
    question = query.question[0]
    forged.answer.append(dns.rrset.from_text(question.name, 300, "IN", "A", FORGED))
    if lie is Lie.ID:
        forged.id ^= 1
    elif lie is Lie.NAME:
        forged.question[0] = dns.rrset.RRset(_next_door(question.name), question.rdclass, question.rdtype)
    elif lie is Lie.TYPE:
        forged.question[0] = dns.rrset.RRset(question.name, question.rdclass, dns.rdatatype.AAAA)
    elif lie is Lie.CASE:
        forged.question[0] = dns.rrset.RRset(_one_letter_turned(question.name), question.rdclass, question.rdtype)
    elif lie is Lie.NO_QUESTION:
        forged.question = []
    elif lie is Lie.NOT_AN_ANSWER:
        forged.flags &= ~dns.flags.QR
    wire = forged.to_wire()
    return wire[: len(wire) // 2] if lie is Lie.CUT_OFF else wire


def _one_letter_turned(name: dns.name.Name) -> dns.name.Name:
    first = name.labels[0]
    return dns.name.Name((first[:1].swapcase() + first[1:], *name.labels[1:]))


def _next_door(name: dns.name.Name) -> dns.name.Name:
    first = name.labels[0]
    return dns.name.Name((first[:-1] + (b"-" if first[-1:] != b"-" else b"_"), *name.labels[1:]))
