"""What upstreams say, as the resolver hands it to the engine, and what clients hear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from guardian.wire.names import to_wire
from guardian.wire.response import read_answer

if TYPE_CHECKING:
    from guardian.model import Answer

LONGEST_TTL = 60
_SOA = "ns.invalid. nobody.invalid. 1 3600 600 86400 {ttl}"


def said(
    name: str,
    qtype: str,
    *records: str,
    ttl: int = 300,
    rcode: dns.rcode.Rcode = dns.rcode.NOERROR,
    authentic: bool = False,
) -> Answer:
    """Give the answer of these records, each as `OWNER TYPE DATA`; without one of the type asked, with an SOA."""
    query = dns.message.make_query(name, qtype)
    message = dns.message.make_response(query)
    message.set_rcode(rcode)
    message.flags |= dns.flags.RA | (dns.flags.AD if authentic else 0)
    for record in records:
        owner, rtype, data = record.split(None, 2)
        place = message.find_rrset(
            message.answer,
            dns.name.from_text(owner),
            dns.rdataclass.IN,
            dns.rdatatype.from_text(rtype),
            create=True,
        )
        place.add(dns.rdata.from_text(dns.rdataclass.IN, place.rdtype, data), ttl)
    if all(one.rdtype != query.question[0].rdtype for one in message.answer):
        soa = dns.rrset.from_text(query.question[0].name.parent(), ttl, "IN", "SOA", _SOA.format(ttl=ttl))
        message.authority.append(soa)
    wire = message.to_wire()
    end = 12 + len(to_wire(name)) + 4
    return read_answer(wire, wire[12:end], longest_ttl=LONGEST_TTL)


def error(message: dns.message.Message) -> tuple[int, str] | None:
    """Give the extended error of a message: its code and text (RFC 8914)."""
    for option in message.options:
        if option.otype == 15:
            data = option.to_wire()
            assert data is not None
            return int.from_bytes(data[:2], "big"), data[2:].decode()
    return None


def records(message: dns.message.Message) -> list[str]:
    """Give each record of the answer as `OWNER TTL TYPE DATA`."""
    return [
        f"{one.name.to_text(omit_final_dot=True)} {one.ttl} {dns.rdatatype.to_text(one.rdtype)} {data.to_text()}"
        for one in message.answer
        for data in one
    ]
