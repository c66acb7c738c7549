"""Walk the records of a message.

Law 1: every read is bounds-checked, every pointer points strictly backwards (RFC 9267), in the data of records too:
a client's own reader may loop where ours would not.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from guardian.errors import WireError
from guardian.wire import codes
from guardian.wire.names import MAX_LABEL, POINTER, read_name, skip_name
from guardian.wire.question import HEADER_SIZE

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")

_TYPE_AND_CLASS = 4

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


def walk(message: bytes, position: int) -> list[Record]:
    """Give each record from `position`, the end of the only question, on.

    Raises WireError where the message is cut off, a pointer does not point back, or there are more than MAX_RECORDS
    or MAX_NAMES.
    """
    counts = _HEADER.unpack_from(message)[3:]
    if sum(counts) > MAX_RECORDS:
        raise WireError(f"more than {MAX_RECORDS} records")
    known = {HEADER_SIZE: position - HEADER_SIZE - _TYPE_AND_CLASS}
    room = MAX_NAMES
    found = []
    try:
        for section, count in enumerate(counts, start=1):
            for _ in range(count):
                owner = position
                first = message[position]
                octets = known.get((first & MAX_LABEL) << 8 | message[position + 1], 0) if first >= POINTER else 0
                if octets:
                    position += 2
                else:
                    position, octets = skip_name(message, position)
                rtype, _, ttl, size = _RECORD.unpack_from(message, position)
                data = position + _RECORD.size
                end = data + size
                room -= octets
                if rtype in _NAMES:
                    named = _walk_data(message, data, end, _NAMES[rtype])
                    room -= named
                    if rtype == codes.CNAME:
                        known[data] = named
                if room < 0:
                    raise WireError(f"names of more than {MAX_NAMES} octets together")
                found.append(Record(section, owner, rtype, ttl, position + 4, data, end))
                position = end
    except (IndexError, struct.error):
        raise WireError("a record is cut off") from None
    if position > len(message):
        raise WireError("a record is cut off")
    return found


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
