"""Walk the records of a message.

Law 1: every read is bounds-checked, every pointer points strictly backwards (RFC 9267), in the data of records too:
a client's own reader may loop where ours would not.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import WireError
from guardian.wire.names import read_name, skip_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")

MAX_RECORDS = 512
"""Records that one message may hold before it is called unusable."""
MAX_NAMES = 65_536
"""Octets that the names of one message may come to without compression: the bound on walking what they point to."""
_NAMES = {2: (0, 1, 0), 5: (0, 1, 0), 6: (0, 2, 20), 12: (0, 1, 0), 15: (2, 1, 0), 33: (6, 1, 0), 39: (0, 1, 0)}
"""Octets before, names, octets after: of NS, CNAME, SOA, PTR, MX, SRV and DNAME, whose names are met compressed."""


class Record(NamedTuple):
    """Where one record of a message stands."""

    section: int
    """1 answer, 2 authority, 3 additional."""
    owner: int
    rtype: int
    ttl: int
    ttl_at: int
    data: int
    end: int


def walk(message: bytes, position: int) -> Iterator[Record]:
    """Give each record from `position`, the end of the question, on.

    Raises WireError where the message is cut off, a pointer does not point back, or there are more than MAX_RECORDS
    or MAX_NAMES.
    """
    counts = _HEADER.unpack_from(message)[3:]
    if sum(counts) > MAX_RECORDS:
        raise WireError(f"more than {MAX_RECORDS} records")
    room = MAX_NAMES
    for section, count in enumerate(counts, start=1):
        for _ in range(count):
            owner = position
            try:
                position, octets = skip_name(message, position)
                rtype, _, ttl, size = _RECORD.unpack_from(message, position)
                data = position + _RECORD.size
                end = data + size
                room -= octets + (_walk_data(message, data, end, _NAMES[rtype]) if rtype in _NAMES else 0)
            except (IndexError, struct.error):
                raise WireError("a record is cut off") from None
            if end > len(message) or room < 0:
                raise WireError("a record is cut off, or the names are too long together")
            yield Record(section, owner, rtype, ttl, position + 4, data, end)
            position = end


def _walk_data(message: bytes, position: int, end: int, form: tuple[int, int, int]) -> int:
    before, names, after = form
    total = 0
    position += before
    for _ in range(names):
        position, octets = skip_name(message, position)
        total += octets
    if position + after != end:
        raise WireError("a record that is longer or shorter than what it holds")
    return total


def copied(message: bytes, record: Record, ttl: int) -> bytes:
    """Write a record without compression, so that it can stand anywhere."""
    data = message[record.data : record.end]
    if record.rtype in _NAMES:
        before, names, after = _NAMES[record.rtype]
        position, pieces = record.data + before, [data[:before]]
        for _ in range(names):
            pieces.append(read_name(message, position))
            position, _ = skip_name(message, position)
        data = b"".join(pieces) + message[position : position + after]
    owner = read_name(message, record.owner)
    rclass = int.from_bytes(message[record.ttl_at - 2 : record.ttl_at], "big")
    return owner + _RECORD.pack(record.rtype, rclass, ttl, len(data)) + data
