"""Answers for names of this house, as dnspython reads them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.message
import dns.name
import pytest

from guardian.model import BlockMode, Query, Reason, Reply
from guardian.wire import codes
from guardian.wire.answers import Scribe
from guardian.wire.names import to_wire
from guardian.wire.own import OTHER_TYPES, own_answers, own_pointer
from guardian.wire.question import read_query
from guardian.wire.reverse import reverse_name

FOUR = ip_address("192.0.2.9")
OTHER_FOUR = ip_address("192.0.2.10")
SIX = ip_address("2001:db8::9")
SCRIBE = Scribe(mode=BlockMode.NXDOMAIN, block_ttl=60, topics=())


def ask(name: str, kind: str) -> Query:
    return read_query(dns.message.make_query(name, kind).to_wire(), "192.0.2.1")


def told(
    kind: str, *addresses: IPv4Address | IPv6Address, name: str = "printer.home.lan", ttl: int = 60
) -> dns.message.Message:
    """Give what a client reads that asks for `kind`, in letters of its own."""
    answers = own_answers(to_wire(name), addresses, ttl=ttl)
    query = ask(name.upper(), kind)
    answer = answers.get(query.qtype) or answers[OTHER_TYPES]
    return dns.message.from_wire(SCRIBE.write(Reply(query, answer.rcode, Reason.LOCAL_RECORD, answer)))


@pytest.mark.parametrize(
    ("kind", "expected"), [("A", ["192.0.2.9", "192.0.2.10"]), ("AAAA", ["2001:db8::9"])], ids=["A", "AAAA"]
)
def test_a_name_has_all_its_addresses_of_the_type_asked(kind: str, expected: list[str]) -> None:
    message = told(kind, FOUR, SIX, OTHER_FOUR, ttl=7)
    (rrset,) = message.answer
    assert (message.rcode(), message.authority, message.additional) == (codes.NOERROR, [], [])
    assert (rrset.name, rrset.ttl) == (dns.name.from_text("printer.home.lan"), 7)
    assert sorted(str(one) for one in rrset) == sorted(expected)


@pytest.mark.parametrize(("kind", "address"), [("AAAA", FOUR), ("A", SIX), ("HTTPS", FOUR), ("TXT", SIX)])
def test_of_a_type_it_has_no_record_of_there_is_nothing_but_the_name_exists(
    kind: str, address: IPv4Address | IPv6Address
) -> None:
    message = told(kind, address, ttl=7)
    assert (message.rcode(), message.answer) == (codes.NOERROR, [])
    (rrset,) = message.authority
    (soa,) = rrset
    assert rrset.name == dns.name.from_text("printer.home.lan")
    # RFC 2308: how long a resolver may remember that there is nothing
    assert (rrset.ttl, soa.minimum) == (7, 7)


@pytest.mark.parametrize(("addresses", "expected"), [((FOUR, SIX), "192.0.2.9"), ((SIX,), "2001:db8::9")])
def test_who_asks_for_anything_gets_one_kind_of_address(
    addresses: tuple[IPv4Address | IPv6Address, ...], expected: str
) -> None:
    (rrset,) = told("ANY", *addresses).answer
    assert [str(one) for one in rrset] == [expected]


def test_a_name_without_addresses_exists_all_the_same() -> None:
    assert set(own_answers(to_wire("empty.home.lan"), ())) == {OTHER_TYPES, codes.ANY}
    assert [len(told(kind).authority) for kind in ("A", "AAAA", "ANY")] == [1, 1, 1]


def test_an_answer_may_be_kept_for_its_ttl() -> None:
    answers = own_answers(to_wire("printer.home.lan"), (FOUR, SIX), ttl=30)
    assert {kind: answer.ttl for kind, answer in answers.items()} == dict.fromkeys((0, 1, 28, 255), 30)


@pytest.mark.parametrize("name", ["guardian.home.arpa", "_dns.resolver.arpa", "a" * 63 + ".lan", "x" * 40 + ".y" * 100])
def test_names_of_every_shape_have_answers(name: str) -> None:
    (rrset,) = told("A", FOUR, name=name).answer
    assert rrset.name == dns.name.from_text(name)


@pytest.mark.parametrize("host", ["printer.home.lan", "printer.home.arpa"])
@pytest.mark.parametrize("address", [FOUR, SIX])
def test_an_address_has_a_name_in_return(address: IPv4Address | IPv6Address, host: str) -> None:
    reverse = reverse_name(address)
    answers = own_pointer(to_wire(reverse), to_wire(host), ttl=30)
    seen = {}
    for kind in ("PTR", "ANY", "A"):
        query = ask(reverse.upper(), kind)
        answer = answers.get(query.qtype) or answers[OTHER_TYPES]
        message = dns.message.from_wire(SCRIBE.write(Reply(query, answer.rcode, Reason.LOCAL_RECORD, answer)))
        seen[kind] = [f"{rrset.ttl} {data}".lower() for rrset in message.answer for data in rrset]
    assert seen == {"PTR": [f"30 {host}."], "ANY": [f"30 {host}."], "A": []}


def test_as_many_addresses_as_a_machine_has_fit_an_answer() -> None:
    many = [ip_address(f"192.0.2.{number}") for number in range(25)]
    (rrset,) = told("A", *many).answer
    assert len(rrset) == 25
