"""Walk the records of an upstream's message and cut out what may be kept of it.

Law 1: every read is bounds-checked, every pointer points strictly backwards (RFC 9267), in the data of records too:
a client's own reader may loop where ours would not.
Law 2: nothing outside the answer section survives, but the authority of a negative answer or of a signed one.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import WireError
from guardian.model import Answer
from guardian.wire import codes
from guardian.wire.names import skip_name
from guardian.wire.question import HEADER_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = struct.Struct("!HHHHHH")
_RECORD = struct.Struct("!HHIH")
_TTL = struct.Struct("!I")

MAX_RECORDS = 512
"""Records that one message may hold before it is called unusable."""
MAX_NAMES = 65_536
"""Octets that the names of one message may come to without compression: the bound on walking what they point to."""
LONGEST_TTL = 86_400
"""Seconds that any answer is kept at most."""
SERVFAIL_TTL = 5
"""Seconds that a failure is kept (RFC 9520 section 3.2)."""
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


def read_answer(message: bytes, question: bytes, *, longest_ttl: int) -> Answer:
    """Keep of `message` what answers `question`, each TTL cut to `longest_ttl` seconds.

    The caller has checked the ID and who sent it. Raises WireError where the message answers something else or is
    damaged.
    """
    if len(message) < HEADER_SIZE or message[HEADER_SIZE : HEADER_SIZE + len(question)] != question:
        raise WireError("the answer to another question")
    _, flags, questions, answers, authorities, _ = _HEADER.unpack_from(message)
    if not flags & codes.QR or flags & codes.OPCODE or questions != 1:
        raise WireError("not an answer")
    start = HEADER_SIZE + len(question)
    records = tuple(walk(message, start))
    rcode = codes.SERVFAIL if _has_extended_rcode(records) else flags & 0xF
    asked = int.from_bytes(question[-4:-2], "big")
    positive = any(record.section == 1 and asked in {record.rtype, codes.ANY} for record in records)
    signed = any(record.section == 1 and record.rtype == _RRSIG for record in records)
    last = 2 if not positive or signed else 1
    kept = [record for record in records if record.section <= last]
    end = kept[-1].end if kept else start
    ttl = _time_to_keep(message, kept, rcode, positive=positive)
    return Answer(
        rcode=rcode,
        authentic=bool(flags & codes.AD),
        truncated=bool(flags & codes.TC),
        counts=(answers, authorities if last == 2 else 0),
        body=_with_short_ttls(message, kept, start, end, longest_ttl),
        ttl=0 if flags & codes.TC else ttl,
    )


def _has_extended_rcode(records: tuple[Record, ...]) -> bool:
    """Say whether OPT turns the response code into one of 16 and more, all of them failures (RFC 6891 section 6.1.3).

    Raises WireError where an OPT record stands among the answers, from where it would reach the client.
    """
    options = [record for record in records if record.rtype == codes.OPT]
    if any(record.section != 3 for record in options):
        raise WireError("an OPT record outside the additional section")
    return any(record.ttl >> 24 for record in options)


_RRSIG = 46


def _time_to_keep(message: bytes, kept: list[Record], rcode: int, *, positive: bool) -> int:
    """Say how many seconds an answer lives: RFC 2181 section 8, RFC 2308 section 5."""
    if rcode == codes.SERVFAIL:
        return SERVFAIL_TTL
    if rcode not in {codes.NOERROR, codes.NXDOMAIN}:
        return 0
    ttls = [record.ttl if record.ttl < 1 << 31 else 0 for record in kept]
    if not positive or rcode == codes.NXDOMAIN:
        soa = next((record for record in kept if record.section == 2 and record.rtype == codes.SOA), None)
        if soa is None:
            return 0
        ttls.append(_TTL.unpack_from(message, soa.end - _TTL.size)[0])
    return min(*ttls, LONGEST_TTL) if ttls else 0


def _with_short_ttls(message: bytes, kept: list[Record], start: int, end: int, longest: int) -> bytes:
    """Cut each TTL to `longest`; one with the top bit set means 0 (RFC 2181 section 8)."""
    if all(record.ttl <= longest for record in kept):
        return message[start:end]
    body = bytearray(message[start:end])
    for record in kept:
        if record.ttl > longest:
            _TTL.pack_into(body, record.ttl_at - start, 0 if record.ttl >> 31 else longest)
    return bytes(body)
