"""An answer under another name, or with another time to live, as dnspython reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from guardian.wire.alias import aliased, with_ttl
from guardian.wire.names import to_wire
from guardian.wire.response import read_answer

if TYPE_CHECKING:
    from guardian.model import Answer

LONGEST = ".".join(["a" * 63, "b" * 63, "c" * 63, "d" * 61])
TARGET = "safe.search.example"
TYPES = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "HTTPS": "1 . alpn=h2", "TXT": '"words"'}


def answer(name: str, qtype: str, *rrsets: dns.rrset.RRset, rcode: dns.rcode.Rcode = dns.rcode.NOERROR) -> Answer:
    message = dns.message.make_response(dns.message.make_query(name, qtype))
    message.set_rcode(rcode)
    message.answer.extend(rrsets)
    if not rrsets:
        soa = "ns.example. nobody.invalid. 1 3600 600 86400 60"
        message.authority.append(dns.rrset.from_text("example.", 60, "IN", "SOA", soa))
    wire = message.to_wire()
    return read_answer(wire, wire[12 : 12 + len(to_wire(name)) + 4], longest_ttl=60)


def read(name: str, qtype: str, given: Answer) -> dns.message.Message:
    """Put the answer behind a question for `name`, in the case of a client, and let dnspython read it."""
    query = dns.message.make_query(name.upper(), qtype).to_wire()
    head = query[:2] + (0x8180 | given.rcode).to_bytes(2, "big") + b"\0\1"
    counts = b"".join(count.to_bytes(2, "big") for count in given.counts) + b"\0\0"
    return dns.message.from_wire(head + counts + query[12:] + given.body)


def said(message: dns.message.Message) -> list[tuple[str, int, str, str]]:
    return [
        (one.name.to_text().lower(), one.ttl, dns.rdatatype.to_text(one.rdtype), data.to_text())
        for section in (message.answer, message.authority)
        for one in section
        for data in one
    ]


@pytest.mark.parametrize("name", ["www.search.example", "a", LONGEST])
@pytest.mark.parametrize("target", [TARGET, "b", LONGEST.replace("a", "e")])
@pytest.mark.parametrize("qtype", ["A", "AAAA"])
def test_a_name_leads_to_the_addresses_of_another(name: str, target: str, qtype: str) -> None:
    found = answer(target, qtype, dns.rrset.from_text(f"{target}.", 300, "IN", qtype, TYPES[qtype]))
    made = aliased(to_wire(name), to_wire(target), {"A": 1, "AAAA": 28}[qtype], found, ttl=17)
    assert said(read(name, qtype, made)) == [
        (f"{name}.", 17, "CNAME", f"{target}."),
        (f"{target}.", 17, qtype, TYPES[qtype]),
    ]


def test_of_a_longer_way_only_its_end_is_told() -> None:
    found = answer(
        TARGET,
        "A",
        dns.rrset.from_text(f"{TARGET}.", 300, "IN", "CNAME", "edge.search.example."),
        dns.rrset.from_text("edge.search.example.", 20, "IN", "A", "192.0.2.1", "192.0.2.2"),
    )
    made = aliased(to_wire("www.search.example"), to_wire(TARGET), 1, found, ttl=5)
    assert [(owner, kind) for owner, _, kind, _ in said(read("www.search.example", "A", made))] == [
        ("www.search.example.", "CNAME"),
        (f"{TARGET}.", "A"),
        (f"{TARGET}.", "A"),
    ]


@pytest.mark.parametrize("qtype", ["HTTPS", "TXT"])
def test_of_other_types_the_alias_stands_alone(qtype: str) -> None:
    found = answer(TARGET, qtype, dns.rrset.from_text(f"{TARGET}.", 300, "IN", qtype, TYPES[qtype]))
    number = int(dns.rdatatype.from_text(qtype))
    made = aliased(to_wire("www.search.example"), to_wire(TARGET), number, found, ttl=5)
    assert [kind for _, _, kind, _ in said(read("www.search.example", qtype, made))] == ["CNAME"]


@pytest.mark.parametrize("rcode", [dns.rcode.NOERROR, dns.rcode.NXDOMAIN])
def test_where_the_other_name_has_nothing_the_alias_stands_alone(rcode: dns.rcode.Rcode) -> None:
    made = aliased(to_wire("www.search.example"), to_wire(TARGET), 28, answer(TARGET, "AAAA", rcode=rcode), ttl=5)
    message = read("www.search.example", "AAAA", made)
    assert (message.rcode(), [kind for _, _, kind, _ in said(message)]) == (rcode, ["CNAME"])


def test_an_alias_is_never_authentic_and_leads_nowhere_else() -> None:
    found = answer(TARGET, "A", dns.rrset.from_text(f"{TARGET}.", 300, "IN", "A", "192.0.2.1"))
    signed = found._replace(authentic=True, targets=(b"\1x\0",))
    made = aliased(to_wire("www.search.example"), to_wire(TARGET), 1, signed, ttl=5)
    assert (made.authentic, made.targets) == (False, ())


@pytest.mark.parametrize("ttl", [0, 30, 86_400])
def test_every_record_gets_the_new_time_and_nothing_else_changes(ttl: int) -> None:
    name = "www.search.example"
    found = answer(
        name,
        "A",
        dns.rrset.from_text(f"{name}.", 300, "IN", "CNAME", f"{TARGET}."),
        dns.rrset.from_text(f"{TARGET}.", 20, "IN", "A", "192.0.2.1", "192.0.2.2"),
    )
    aged = with_ttl(to_wire(name), found, ttl)
    before, after = (said(read(name, "A", one)) for one in (found, aged))
    assert {life for _, life, _, _ in before} == {60, 20}
    assert {life for _, life, _, _ in after} == {ttl}
    assert [(one[0], *one[2:]) for one in before] == [(one[0], *one[2:]) for one in after]
    assert (aged.counts, len(aged.body)) == (found.counts, len(found.body))


def test_a_denial_gets_the_new_time_too() -> None:
    name = "www.search.example"
    aged = with_ttl(to_wire(name), answer(name, "A", rcode=dns.rcode.NXDOMAIN), 30)
    assert [(life, kind) for _, life, kind, _ in said(read(name, "A", aged))] == [(30, "SOA")]
