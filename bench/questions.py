"""Question files for the load generator: the mixes, as packets with the RCODE each must be answered with."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.names import ALLOWED_START, COLD_START, name_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NOERROR = 0
NXDOMAIN = 3
ALLOWED_NAMES = 2_000
BLOCKED_NAMES = 600
BLOCKED_SHARE = 0.25

_TYPE_A_CLASS_IN = b"\x00\x01\x00\x01"
_OPT = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x00"  # root owner, OPT, 1232 octets, no flags, no options (RFC 6891)


@dataclass(frozen=True, slots=True)
class Asking:
    """How questions are made: the number of listed names, and whether each carries an OPT record of 1232 octets."""

    listed: int
    edns: bool = True
    seed: int = 1


def packet(name: str, *, edns: bool) -> bytes:
    """Return the question for the address of `name`: RD set, ID zero (the load generator draws the ID)."""
    labels = b"".join(bytes((len(label),)) + label.encode("ascii") for label in name.split("."))
    header = struct.pack("!6H", 0, 0x0100, 1, 0, 0, int(edns))
    return header + labels + b"\x00" + _TYPE_A_CLASS_IN + (_OPT if edns else b"")


def _record(name: str, rcode: int, *, edns: bool) -> bytes:
    wire = packet(name, edns=edns)
    return struct.pack("!HB", len(wire), rcode) + wire


def warm_up(asking: Asking) -> Iterator[bytes]:
    """Yield every allowed name once."""
    return (_record(name_at(ALLOWED_START + i), NOERROR, edns=asking.edns) for i in range(ALLOWED_NAMES))


def mix_a(asking: Asking, count: int, part: int) -> Iterator[bytes]:
    """Yield `count` questions: a quarter over 600 blocked names, the rest over 2,000 allowed ones, in random order."""
    pick = random.Random(f"blocked {asking.seed}")
    names = [name_at(pick.randrange(asking.listed)) for _ in range(BLOCKED_NAMES)]
    blocked = [_record(name, NXDOMAIN, edns=asking.edns) for name in names]
    allowed = list(warm_up(asking))
    draw = random.Random(f"a {asking.seed} {part}")
    for _ in range(count):
        yield draw.choice(blocked if draw.random() < BLOCKED_SHARE else allowed)


def mix_b(asking: Asking, count: int, part: int) -> Iterator[bytes]:
    """Yield `count` questions: a quarter uniform over all listed names, the rest over 2,000 allowed ones."""
    allowed = list(warm_up(asking))
    draw = random.Random(f"b {asking.seed} {part}")
    for _ in range(count):
        if draw.random() < BLOCKED_SHARE:
            yield _record(name_at(draw.randrange(asking.listed)), NXDOMAIN, edns=asking.edns)
        else:
            yield draw.choice(allowed)


def cold(asking: Asking, count: int, part: int) -> Iterator[bytes]:
    """Yield `count` questions for names that no other part asks."""
    start = COLD_START + part * count
    return (_record(name_at(start + i), NOERROR, edns=asking.edns) for i in range(count))


MIXES = {"A": mix_a, "B": mix_b, "cold": cold}


def write_questions(path: Path, records: Iterable[bytes]) -> Path:
    """Write a question file in the format bench/load.c reads, and return its path."""
    with path.open("wb") as file:
        file.writelines(records)
    return path
