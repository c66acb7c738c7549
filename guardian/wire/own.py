"""Write the answers for names of this house: whole messages, built by dnslib off the common path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dnslib import AAAA, PTR, RR, SOA, A, DNSHeader, DNSQuestion, DNSRecord

from guardian.wire import codes
from guardian.wire.names import to_text
from guardian.wire.response import read_answer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from ipaddress import IPv4Address, IPv6Address

    from guardian.model import Answer

OTHER_TYPES = 0
"""The key of the answer for every type that a name has no record of: it exists, so NODATA (RFC 2308 section 2.2)."""


def own_answers(name: bytes, addresses: Sequence[IPv4Address | IPv6Address], *, ttl: int = 60) -> dict[int, Answer]:
    """Give the answers for a name with these addresses, by type; `ttl` in seconds."""
    four = [RR(to_text(name), codes.A, ttl=ttl, rdata=A(str(one))) for one in addresses if one.version == 4]
    six = [RR(to_text(name), codes.AAAA, ttl=ttl, rdata=AAAA(str(one))) for one in addresses if one.version == 6]
    return _answers(name, {codes.A: four, codes.AAAA: six}, ttl)


def own_pointer(name: bytes, host: bytes, *, ttl: int = 60) -> dict[int, Answer]:
    """Give the answers for the reverse name of an address that `host` has, by type; `ttl` in seconds."""
    return _answers(name, {codes.PTR: [RR(to_text(name), codes.PTR, ttl=ttl, rdata=PTR(to_text(host)))]}, ttl)


def _answers(name: bytes, records: dict[int, list[RR]], ttl: int) -> dict[int, Answer]:
    answers = {OTHER_TYPES: _answer(name, codes.ANY, [], ttl)}
    answers |= {qtype: _answer(name, qtype, found, ttl) for qtype, found in records.items() if found}
    # one RRset is enough for ANY, and "there is nothing" would be a lie (RFC 8482 section 4.1)
    answers[codes.ANY] = next((answers[qtype] for qtype in records if qtype in answers), answers[OTHER_TYPES])
    return answers


def _answer(name: bytes, qtype: int, records: list[RR], ttl: int) -> Answer:
    message = DNSRecord(DNSHeader(qr=1), q=DNSQuestion(to_text(name), qtype))
    if records:
        message.add_answer(*records)
    else:
        timers = (1, 3600, 600, 86400, ttl)
        denial = SOA("guardian.home.arpa", "nobody.invalid", timers)
        message.add_auth(RR(to_text(name), codes.SOA, ttl=ttl, rdata=denial))
    question = name + qtype.to_bytes(2, "big") + codes.IN.to_bytes(2, "big")
    return read_answer(bytes(message.pack()), question, longest_ttl=ttl)
