"""Make the questions of a soak, each with what a device must be told.

Law 1: chance is an argument; the same Random makes the same questions.
Law 2: an answer is right by its content, not by its code alone: an open name has its own address.
"""

from __future__ import annotations

import enum
import itertools
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live.conftest import BANDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

CHILDREN = tuple(BANDS[band] for band in ("6-9", "10-12", "13-15", "16-17"))
STORIES_ONLY, GROWN_UP, GUEST = BANDS["0-5"], BANDS["adult"], "127.0.0.1"
DEVICES = (*CHILDREN, STORIES_ONLY, GROWN_UP, GUEST)
WARM_NAMES = 2_000
OWN_NAMES = 200
"""Names of each of the two own lists; the second is there in every other set."""
OWN_RECORD = "printer.home.lan"
OWN_ADDRESS = bytes((192, 168, 1, 9))
_NETWORK = bytes((198, 18))
"""For measuring networks (RFC 2544): where every other name lives."""
_OPT = b"\x00" + codes.OPT.to_bytes(2, "big") + (1232).to_bytes(2, "big") + bytes(6)
_EDE_OPTION = codes.EDE_OPTION.to_bytes(2, "big")
_DENIALS, _FAILURES = (15, 17), (22, 23)
"""Extended errors (RFC 8914): Blocked and Filtered; No Reachable Authority and Network Error."""


class Duty(enum.Enum):
    """What a device must be told."""

    OPEN = "the name's own address"
    CLOSED = "no address, and that it is filtered"
    SWINGS = "as the set in force says: open by the first, closed by the second"


class Question(NamedTuple):
    """One question of one device."""

    device: str
    packet: bytes
    """Its ID is zero."""
    address: bytes
    """Where the name is, if it is open."""
    duty: Duty


def address_of(question: bytes) -> bytes:
    """Give the four octets of the address of a question section's name, whatever its case."""
    return _NETWORK + (crc32(question[:-4].lower()) & 0xFFFF).to_bytes(2, "big")


def question(device: str, name: str, duty: Duty, *, edns: bool = True) -> Question:
    """Ask for the address of `name` from `device`."""
    asked = to_wire(name) + codes.A.to_bytes(2, "big") + codes.IN.to_bytes(2, "big")
    head = b"\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00" + bytes((edns,))
    address = OWN_ADDRESS if name == OWN_RECORD else address_of(asked)
    return Question(device, head + asked + (_OPT if edns else b""), address, duty)


def questions(random: Random) -> Iterator[Question]:
    """Ask for ever: half repeated, a quarter blocked, a fifth new, the rest the house's own and protected names."""
    for number in itertools.count():
        kind, edns, device = random.random(), random.random() < 0.8, random.choice(DEVICES)
        open_by_default = Duty.CLOSED if device == STORIES_ONLY else Duty.OPEN
        if kind < 0.5:
            yield question(device, f"warm-{random.randrange(WARM_NAMES)}.example", open_by_default, edns=edns)
        elif kind < 0.7:
            yield question(device, f"new-{number}.example", open_by_default, edns=edns)
        elif kind < 0.8:
            closed = Duty.OPEN if device == GROWN_UP else Duty.CLOSED
            yield question(device, f"b{random.randrange(OWN_NAMES)}.gambling.guardian.example", closed, edns=edns)
        elif kind < 0.88:
            name = f"w{number % 7}.own-{random.randrange(OWN_NAMES)}.example"
            yield question(device, name, Duty.CLOSED, edns=edns)
        elif kind < 0.95:
            swings = Duty.CLOSED if device == STORIES_ONLY else Duty.SWINGS
            yield question(device, f"swing-{random.randrange(OWN_NAMES)}.example", swings, edns=edns)
        else:
            name = random.choice((OWN_RECORD, "alo116.al", f"x{random.randrange(OWN_NAMES)}.alo116.al"))
            yield question(device, name, Duty.OPEN, edns=edns)


def own_lists() -> tuple[str, str]:
    """Give the text of the list that is always there, and of the one that every other set has besides."""
    always = "".join(f"own-{number}.example\n" for number in range(OWN_NAMES))
    return always, "".join(f"swing-{number}.example\n" for number in range(OWN_NAMES))


def is_open(asked: Question, answer: bytes) -> bool:
    """Say whether a device was told the name's own address."""
    return answer[3] & 0xF == codes.NOERROR and b"\x00\x04" + asked.address in answer and _echoes(asked, answer)


def is_closed(asked: Question, answer: bytes) -> bool:
    """Say whether a device was told no address, and why, where it can hear why."""
    told = answer[3] & 0xF in {codes.NOERROR, codes.NXDOMAIN} and answer[6:8] == bytes(2)
    return told and _echoes(asked, answer) and (not asked.packet[11] or _error_of(answer) in _DENIALS)


def is_failure(asked: Question, answer: bytes) -> bool:
    """Say whether a device was told that no upstream answers."""
    told = answer[3] & 0xF == codes.SERVFAIL and _echoes(asked, answer)
    return told and (not asked.packet[11] or _error_of(answer) in _FAILURES)


def _echoes(asked: Question, answer: bytes) -> bool:
    section = asked.packet[12 : -len(_OPT)] if asked.packet[11] else asked.packet[12:]
    return bool(answer[2] & 0x80) and answer[12 : 12 + len(section)] == section


def _error_of(answer: bytes) -> int | None:
    """Give the extended error's code (RFC 8914 section 2) of an answer of ours, whose OPT is its last record."""
    at = answer.rfind(_OPT[:5])
    options = answer[at + len(_OPT) :] if at > 0 else b""
    return int.from_bytes(options[4:6], "big") if options[:2] == _EDE_OPTION else None
