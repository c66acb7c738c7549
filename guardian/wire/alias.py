"""Write an answer that stands under another name, or under another time to live."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from guardian.wire import codes
from guardian.wire.question import HEADER_SIZE
from guardian.wire.records import walk

if TYPE_CHECKING:
    from guardian.model import Answer, Query
    from guardian.wire.records import Record

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_TTL = struct.Struct("!I")
_TO_QUESTION = b"\xc0\x0c"


def aliased(name: bytes, target: bytes, qtype: int, answer: Answer, *, ttl: int) -> Answer:
    """Answer `name` by a CNAME to `target` and what `answer`, asked for `target`, has of `qtype`.

    Names are in wire form, `ttl` in seconds. Without a record of that type, the CNAME stands alone.
    """
    at = HEADER_SIZE + len(name) + 4 + len(_TO_QUESTION) + _RECORD.size
    pointer = (0xC000 | at).to_bytes(2, "big")
    body = _TO_QUESTION + _RECORD.pack(codes.CNAME, codes.IN, ttl, len(target)) + target
    message, records = _records(answer, target)
    found = [message[one.data : one.end] for one in records if one.section == 1 and one.rtype == qtype]
    for data in found if qtype in {codes.A, codes.AAAA} else ():
        body += pointer + _RECORD.pack(qtype, codes.IN, ttl, len(data)) + data
    counts = (1 + (len(found) if qtype in {codes.A, codes.AAAA} else 0), 0)
    return answer._replace(body=body, counts=counts, authentic=False, targets=())


def with_ttl(name: bytes, answer: Answer, ttl: int) -> Answer:
    """Give every record of an answer to `name` this time to live, in seconds."""
    start = HEADER_SIZE + len(name) + 4
    message, records = _records(answer, name)
    body = bytearray(message[start:])
    for record in records:
        _TTL.pack_into(body, record.ttl_at - start, ttl)
    return answer._replace(body=bytes(body))


def shortened(message: bytes, query: Query, longest: int) -> bytes:
    """Give a whole reply to `query` in which no record lives longer than `longest` seconds."""
    short = bytearray(message)
    for record in walk(message, HEADER_SIZE + len(query.question)):
        # the "TTL" of an OPT is its flags (RFC 6891 section 6.1.3)
        if record.rtype != codes.OPT and record.ttl > longest:
            _TTL.pack_into(short, record.ttl_at, longest)
    return bytes(short)


def _records(answer: Answer, name: bytes) -> tuple[bytes, list[Record]]:
    """Put a message around an answer's body, so that its pointers lead somewhere."""
    message = _HEADER.pack(0, 0, 1, *answer.counts, 0) + name + bytes(4) + answer.body
    return message, list(walk(message, HEADER_SIZE + len(name) + 4))
