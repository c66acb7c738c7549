"""Read an upstream's response and keep of it what answers the question.

Law 1: only what leads from the name asked to its answer survives, and the proof of a negative answer or a signed one.
Law 2: an answer that could not be right is refused whole. What is no answer to the question asked is told apart:
       anybody could have sent it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from guardian.errors import WireError
from guardian.model import Answer
from guardian.wire import codes
from guardian.wire.addresses import is_private
from guardian.wire.chain import follow, is_at_or_above
from guardian.wire.names import read_name
from guardian.wire.question import HEADER_SIZE
from guardian.wire.records import copied, walk

if TYPE_CHECKING:
    from guardian.wire.records import Record

_HEADER = struct.Struct("!HHHHHH")
_TTL = struct.Struct("!I")

LONGEST_TTL = 86_400
"""Seconds that any answer is kept at most."""
_LASTING = frozenset({codes.NOERROR, codes.NXDOMAIN})
_WANTING = codes.TC | 0xF
"""The bits of the flags that no plain answer has: cut off, or a response code other than NOERROR."""
_PLAIN = {
    kind.to_bytes(2, "big") + codes.IN.to_bytes(2, "big"): struct.Struct(f"!2s4sIH{width}s")
    for kind, width in ((codes.A, 4), (codes.AAAA, 16))
}
"""Of addresses, by type and class: owner, type and class, TTL, length, address."""
_MAX_PLAIN = 64
_TO_QUESTION = (0xC000 | HEADER_SIZE).to_bytes(2, "big")
_TTL_AT = 6
_OPT_START = b"\0" + codes.OPT.to_bytes(2, "big")
_OPT_SIZE = 11
_OPT_RCODE = 5
"""Where the upper octet of the response code stands in an OPT record (RFC 6891 section 6.1.3)."""


class OtherQuestionError(WireError):
    """A message is no answer to the question asked."""


def read_answer(message: bytes, question: bytes, *, longest_ttl: int, trusted: bool = False) -> Answer:
    """Keep of `message` what answers `question`, each TTL cut to `longest_ttl` seconds.

    The caller has checked the ID and who sent it, and says whether the way is `trusted`: only there does the AD bit
    mean something (RFC 6840 section 5.7). Raises OtherQuestionError where the message is no answer to the question,
    and another WireError where it is one and can't be used.
    """
    if len(message) < HEADER_SIZE or message[HEADER_SIZE : HEADER_SIZE + len(question)] != question:
        raise OtherQuestionError("the answer to another question")
    _, flags, questions, count, authorities, others = _HEADER.unpack_from(message)
    if not flags & codes.QR or flags & codes.OPCODE or questions != 1:
        raise OtherQuestionError("not an answer")
    start = HEADER_SIZE + len(question)
    authentic = trusted and bool(flags & codes.AD)
    if not flags & _WANTING and 0 < count <= _MAX_PLAIN and not authorities:
        plain = _read_plain(message, start, count, others, longest_ttl, authentic=authentic)
        if plain is not None:
            return plain
    records = walk(message, start)
    rcode = codes.SERVFAIL if _has_extended_rcode(records) else flags & 0xF
    asked, rclass = int.from_bytes(question[-4:-2], "big"), question[-2:]
    inside = [one for one in records if one.section == 1 and message.startswith(rclass, one.ttl_at - 2)]
    answers, targets, private, last = follow(message, question[:-4].lower(), inside)
    types = [record.rtype for record in answers]
    positive = asked in types or (asked == codes.ANY and bool(types))
    proof = []
    if not positive or codes.RRSIG in types:
        proof = [one for one in records if _is_proof(message, one, last) and message.startswith(rclass, one.ttl_at - 2)]
    kept = [*answers, *proof]
    return Answer(
        rcode,
        authentic=authentic,
        truncated=bool(flags & codes.TC),
        counts=(len(answers), len(proof)),
        body=_body(message, kept, start, longest_ttl),
        ttl=0 if flags & codes.TC else _time_to_keep(message, kept, rcode, positive=positive),
        targets=targets,
        private=private,
    )


def _read_plain(
    message: bytes, start: int, count: int, others: int, longest_ttl: int, *, authentic: bool
) -> Answer | None:
    """Read what nearly every answer is: addresses of the name asked, and an OPT record; None for any other.

    It says what the long way says, for a third of the price.
    """
    asked = message[start - 4 : start]
    form = _PLAIN.get(asked)
    if form is None:
        return None
    end = start + count * form.size
    if len(message) != end + others * _OPT_SIZE or others > 1:
        return None
    if others and (not message.startswith(_OPT_START, end) or message[end + _OPT_RCODE] or message[-2:] != b"\0\0"):
        return None
    body = message[start:end]
    ttls = []
    private = False
    for owner, kind, ttl, size, address in form.iter_unpack(body):
        if owner != _TO_QUESTION or kind != asked or size != len(address) or ttl >> 31:
            return None
        ttls.append(ttl)
        private = private or is_private(address)
    if max(ttls) > longest_ttl:
        cut = bytearray(body)
        for number, ttl in enumerate(ttls):
            _TTL.pack_into(cut, number * form.size + _TTL_AT, min(ttl, longest_ttl))
        body = bytes(cut)
    return Answer(
        codes.NOERROR,
        authentic=authentic,
        truncated=False,
        counts=(count, 0),
        body=body,
        ttl=min(*ttls, LONGEST_TTL),
        private=private,
    )


def _has_extended_rcode(records: list[Record]) -> bool:
    """Say whether OPT turns the response code into one of 16 and more, all of them failures (RFC 6891 section 6.1.3).

    Raises WireError where an OPT record stands among the answers, from where it would reach the client.
    """
    options = [record for record in records if record.rtype == codes.OPT]
    for record in options:
        if record.section != 3:
            raise WireError("an OPT record outside the additional section")
        if record.ttl >> 24:
            return True
    return False


_PROOF = frozenset({codes.SOA, codes.NSEC, codes.NSEC3})
"""What of an authority section says something of the name asked."""


def _is_proof(message: bytes, record: Record, name: bytes) -> bool:
    """Say whether a record is of the authority section and of _PROOF, or its signature (RFC 4034 section 3.1.1).

    A SOA proves something of the zone that it stands above alone: of `name`, or not at all (RFC 2308 section 5).
    """
    if record.section != 2:
        return False
    rtype = record.rtype
    if rtype == codes.RRSIG:
        rtype = int.from_bytes(message[record.data : record.data + 2], "big")
    if rtype == codes.SOA:
        return is_at_or_above(read_name(message, record.owner), name)
    return rtype in _PROOF


def _time_to_keep(message: bytes, kept: list[Record], rcode: int, *, positive: bool) -> int:
    """Say how many seconds an answer lives: RFC 2181 section 8, RFC 2308 section 5."""
    if rcode not in _LASTING:
        return 0
    ttls = [_ttl(record) for record in kept]
    if not positive or rcode == codes.NXDOMAIN:
        soa = next((record for record in kept if record.section == 2 and record.rtype == codes.SOA), None)
        if soa is None:
            return 0
        ttls.append(_TTL.unpack_from(message, soa.end - _TTL.size)[0])
    return min(*ttls, LONGEST_TTL)


def _body(message: bytes, kept: list[Record], start: int, longest: int) -> bytes:
    """Cut each TTL to `longest`; one with the top bit set means 0 (RFC 2181 section 8)."""
    position = start
    long = []
    for record in kept:
        if record.owner != position:
            # something before it is left out: what its pointers mean would move
            return b"".join(copied(message, one, min(_ttl(one), longest)) for one in kept)
        position = record.end
        if record.ttl > longest:
            long.append(record)
    if not long:
        return message[start:position]
    body = bytearray(message[start:position])
    for record in long:
        _TTL.pack_into(body, record.ttl_at - start, min(_ttl(record), longest))
    return bytes(body)


def _ttl(record: Record) -> int:
    return record.ttl if record.ttl < 1 << 31 else 0
