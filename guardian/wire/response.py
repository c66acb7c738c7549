"""Read an upstream's response and keep of it what answers the question.

Law 1: only what leads from the name asked to its answer survives, and the proof of a negative answer or a signed one.
Law 2: an answer that could not be right is refused whole; the waiting goes on.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import TYPE_CHECKING

from guardian.errors import WireError
from guardian.model import Answer
from guardian.wire import codes
from guardian.wire.chain import follow
from guardian.wire.question import HEADER_SIZE
from guardian.wire.records import copied, walk

if TYPE_CHECKING:
    from guardian.wire.records import Record

_HEADER = struct.Struct("!HHHHHH")
_TTL = struct.Struct("!I")

LONGEST_TTL = 86_400
"""Seconds that any answer is kept at most."""
SERVFAIL_TTL = 5
"""Seconds that a failure is kept (RFC 9520 section 3.2)."""


def read_answer(message: bytes, question: bytes, *, longest_ttl: int) -> Answer:
    """Keep of `message` what answers `question`, each TTL cut to `longest_ttl` seconds.

    The caller has checked the ID and who sent it. Raises WireError where the message answers something else or is
    damaged.
    """
    if len(message) < HEADER_SIZE or message[HEADER_SIZE : HEADER_SIZE + len(question)] != question:
        raise WireError("the answer to another question")
    _, flags, questions, _, _, _ = _HEADER.unpack_from(message)
    if not flags & codes.QR or flags & codes.OPCODE or questions != 1:
        raise WireError("not an answer")
    start = HEADER_SIZE + len(question)
    records = tuple(walk(message, start))
    rcode = codes.SERVFAIL if _has_extended_rcode(records) else flags & 0xF
    chain = follow(message, question[:-4].lower(), [record for record in records if record.section == 1])
    asked = int.from_bytes(question[-4:-2], "big")
    positive = any(asked in {record.rtype, codes.ANY} for record in chain.records)
    signed = any(record.rtype == codes.RRSIG for record in chain.records)
    proof = [] if positive and not signed else [one for one in records if one.section == 2 and one.rtype in _PROOF]
    kept = [*chain.records, *proof]
    return Answer(
        rcode=rcode,
        authentic=bool(flags & codes.AD),
        truncated=bool(flags & codes.TC),
        counts=(len(chain.records), len(proof)),
        body=_body(message, kept, start, longest_ttl),
        ttl=0 if flags & codes.TC else _time_to_keep(message, kept, rcode, positive=positive),
        targets=chain.targets,
        private=chain.private,
    )


def _has_extended_rcode(records: tuple[Record, ...]) -> bool:
    """Say whether OPT turns the response code into one of 16 and more, all of them failures (RFC 6891 section 6.1.3).

    Raises WireError where an OPT record stands among the answers, from where it would reach the client.
    """
    options = [record for record in records if record.rtype == codes.OPT]
    if any(record.section != 3 for record in options):
        raise WireError("an OPT record outside the additional section")
    return any(record.ttl >> 24 for record in options)


_PROOF = frozenset({codes.SOA, codes.NSEC, codes.NSEC3, codes.RRSIG})
"""What of an authority section says something of the name asked."""


def _time_to_keep(message: bytes, kept: list[Record], rcode: int, *, positive: bool) -> int:
    """Say how many seconds an answer lives: RFC 2181 section 8, RFC 2308 section 5."""
    if rcode == codes.SERVFAIL:
        return SERVFAIL_TTL
    if rcode not in {codes.NOERROR, codes.NXDOMAIN}:
        return 0
    ttls = [_ttl(record) for record in kept]
    if not positive or rcode == codes.NXDOMAIN:
        soa = next((record for record in kept if record.section == 2 and record.rtype == codes.SOA), None)
        if soa is None:
            return 0
        ttls.append(_TTL.unpack_from(message, soa.end - _TTL.size)[0])
    return min(*ttls, LONGEST_TTL) if ttls else 0


def _body(message: bytes, kept: list[Record], start: int, longest: int) -> bytes:
    """Cut each TTL to `longest`; one with the top bit set means 0 (RFC 2181 section 8)."""
    if not kept:
        return b""
    if kept[0].owner != start or any(one.end != other.owner for one, other in pairwise(kept)):
        return b"".join(copied(message, record, min(_ttl(record), longest)) for record in kept)
    end = kept[-1].end
    if all(record.ttl <= longest for record in kept):
        return message[start:end]
    body = bytearray(message[start:end])
    for record in kept:
        if record.ttl > longest:
            _TTL.pack_into(body, record.ttl_at - start, min(_ttl(record), longest))
    return bytes(body)


def _ttl(record: Record) -> int:
    return record.ttl if record.ttl < 1 << 31 else 0
