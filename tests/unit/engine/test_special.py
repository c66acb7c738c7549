"""Names that never leave the house: special-use names and the reverse names of private addresses."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.rcode
import dns.reversename
import pytest

from guardian.engine.engine import Engine
from guardian.model import Reason, Reply
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.own import own_answers
from guardian.wire.question import read_query
from tests.unit.engine.world import error, records

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House

NS, PTR, DS, DNSKEY = 2, 12, 43, 48
GONE = [
    # RFC 6761
    *("test", "www.test", "a.b.c.TEST", "invalid", "x.invalid"),
    # RFC 7686, 6762, 9476, and the domain that ICANN reserved for private use
    *("onion", "abcdefghij234567.onion", "x.alt", "printer.local", "nas.internal"),
    # RFC 6303 section 4.1: RFC 1918
    *("10.in-addr.arpa", "1.0.0.10.in-addr.arpa", "1.1.168.192.in-addr.arpa"),
    *(f"1.0.{number}.172.in-addr.arpa" for number in range(16, 32)),
    # RFC 7793
    *(f"1.0.{number}.100.in-addr.arpa" for number in (64, 100, 127)),
    # sections 4.2: this network, loopback, link-local, documentation, broadcast
    *("1.0.0.0.in-addr.arpa", "1.0.0.127.in-addr.arpa", "1.1.254.169.in-addr.arpa", "1.2.0.192.in-addr.arpa"),
    *("1.100.51.198.in-addr.arpa", "1.113.0.203.in-addr.arpa", "255.255.255.255.in-addr.arpa"),
    # sections 4.3 to 4.6: unspecified and loopback, unique local, link-local, documentation
    *(
        dns.reversename.from_address(one).to_text(omit_final_dot=True)
        for one in ("::", "::1", "fd00::1", "fd12:3456::1", "fe80::1", "fe9f::1", "feaf::1", "febf::1", "2001:db8::1")
    ),
]
EMPTY = [
    # RFC 8375, RFC 9462
    *("home.arpa", "nas.home.arpa", "other.guardian.home.arpa", "resolver.arpa", "_dns.resolver.arpa"),
]
OPEN = [
    # RFC 6761 section 6.5: no special treatment
    *("example", "www.example", "example.com", "www.example.net", "example.org"),
    # what only looks like one of them
    *("nottest", "test.al", "local.al", "fooresolver.arpa", "myhome.arpa", "onion.org", "localhost.al", "in-addr.arpa"),
    *("1.0.63.100.in-addr.arpa", "1.0.128.100.in-addr.arpa"),
    *("1.0.15.172.in-addr.arpa", "1.0.32.172.in-addr.arpa", "1.0.0.11.in-addr.arpa", "0.0.192.in-addr.arpa"),
    *("8.8.8.8.in-addr.arpa", "168.192.arpa", "arpa", "ipv4only.arpa", "e.f.ip6.arpa", "c.f.ip6.arpa"),
    dns.reversename.from_address("2001:4860::8888").to_text(omit_final_dot=True),
]


@pytest.mark.parametrize("qtype", [codes.A, PTR, codes.SVCB, codes.ANY])
@pytest.mark.parametrize("names", [(GONE, dns.rcode.NXDOMAIN), (EMPTY, dns.rcode.NOERROR)], ids=["gone", "empty"])
def test_a_special_name_is_answered_here(house: House, names: tuple[list[str], dns.rcode.Rcode], qtype: int) -> None:
    for name in names[0]:
        for client in (house.little, house.parent):
            told = house.told(name, client, qtype)
            assert (told.rcode(), records(told), error(told)) == (names[1], [], None), name


@pytest.mark.parametrize("name", OPEN)
def test_a_name_that_only_looks_special_resolves(house: House, name: str) -> None:
    house.asked(name, house.teen, PTR)
    if "." in name:
        house.asked(name, house.teen)


@pytest.mark.parametrize("name", ["nas", "com", "example", "Router", "xn--fiqs8s", "kjhgfdsa"])
def test_the_address_of_a_name_without_a_dot_is_asked_of_nobody_and_denies_nothing_below(
    house: House, name: str
) -> None:
    for qtype in (codes.A, codes.AAAA, codes.HTTPS):
        told = house.told(name, house.teen, qtype)
        assert (told.rcode(), records(told), error(told)) == (dns.rcode.NOERROR, [], None)
        (soa,) = told.authority
        assert soa.name.to_text(omit_final_dot=True).lower() == name.lower()
    # whoever checks signatures needs these (RFC 4035), and so does whoever looks for the root
    for qtype in (NS, DS, DNSKEY):
        house.asked(name, house.teen, qtype)
    house.asked(f"www.{name}", house.teen)


def test_a_closed_name_without_a_dot_is_told_to_be_closed(house: House) -> None:
    told = house.told("somewhere", house.little)
    assert (told.rcode(), error(told)) == (dns.rcode.NOERROR, (17, ""))


def test_a_name_without_a_dot_may_be_forwarded(house: House) -> None:
    assert house.asked("lan", house.teen).key.group == 1


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("a.b.test", "test."),
        ("x.y.onion", "onion."),
        ("1.0.0.10.in-addr.arpa", "10.in-addr.arpa."),
        ("1.0.16.172.in-addr.arpa", "16.172.in-addr.arpa."),
        ("_dns.resolver.arpa", "resolver.arpa."),
        ("nas.home.arpa", "home.arpa."),
    ],
)
def test_the_denial_belongs_to_the_special_zone(house: House, name: str, owner: str) -> None:
    (soa,) = house.told(name, house.teen).authority
    assert (soa.name.to_text(), soa.ttl, soa[0].minimum) == (owner, 10, 10)


@pytest.mark.parametrize("name", ["localhost", "LocalHost", "a.localhost", "a.b.localhost"])
def test_localhost_is_the_device_itself(house: House, name: str) -> None:
    for client in (house.little, house.teen, house.parent):
        assert records(house.told(name, client)) == [f"{name} 60 A 127.0.0.1"]
        assert records(house.told(name, client, codes.AAAA)) == [f"{name} 60 AAAA ::1"]
        for qtype in (16, codes.HTTPS, codes.SOA):
            told = house.told(name, client, qtype)
            assert (told.rcode(), records(told)) == (dns.rcode.NOERROR, [])
            assert [one.name.to_text().lower() for one in told.authority] == ["localhost."]


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        ("local", "printer.local"),
        ("office.internal", "nas.office.internal"),
        ("10.in-addr.arpa", "1.0.0.10.in-addr.arpa"),
        ("0.10.in-addr.arpa", "1.0.0.10.in-addr.arpa"),
        ("in-addr.arpa", "1.1.168.192.in-addr.arpa"),
        ("ip6.arpa", "1.d.f.ip6.arpa"),
        ("home.arpa", "nas.home.arpa"),
        ("test", "test"),
    ],
)
def test_what_the_operator_forwards_is_asked_there(house: House, generation: Generation, zone: str, name: str) -> None:
    forwarding = type(house)(Engine(replace(generation, zones={to_wire(zone): 5})))
    for client in (house.teen, house.little):
        assert forwarding.asked(name, client, PTR).key.group == 5


def test_what_is_beside_a_forwarded_zone_stays_at_home(house: House, generation: Generation) -> None:
    forwarding = type(house)(Engine(replace(generation, zones={to_wire("office.internal"): 5})))
    for name in ("internal", "other.internal", "notoffice.internal"):
        assert forwarding.told(name, house.teen).rcode() == dns.rcode.NXDOMAIN


def test_a_record_of_the_house_may_have_a_special_name(house: House, generation: Generation) -> None:
    name = to_wire("nas.home.arpa")
    own = type(house)(Engine(replace(generation, records={name: own_answers(name, [ip_address("192.168.1.9")])})))
    assert records(own.told("nas.home.arpa", house.little)) == ["nas.home.arpa 60 A 192.168.1.9"]


def test_a_special_name_is_answered_over_and_over_without_being_read(house: House) -> None:
    for _ in range(3):
        house.told("printer.local", house.teen)
    assert house.engine.replay(house.packet("printer.local"), house.teen, 0.0) is not None


# --- the house's own zones --------------------------------------------------------------------------------------------

OWN_ZONES = {
    to_wire("lan"): frozenset({to_wire("home.lan")}),
    to_wire("arpa"): frozenset({to_wire("0.0.0.0.0.0.0.0.8.f.e.0.1.0.a.2.ip6.arpa"), to_wire("home.arpa")}),
}
OWN_REVERSE = "0.0.0.0.0.0.0.0.8.f.e.0.1.0.a.2.ip6.arpa"


@pytest.mark.parametrize("name", ["home.lan", "nas.home.lan", "a.b.Home.LAN", OWN_REVERSE, f"1.2.{OWN_REVERSE}"])
def test_what_is_not_known_in_a_zone_of_the_house_is_asked_of_nobody(
    house: House, generation: Generation, name: str
) -> None:
    own = type(house)(Engine(replace(generation, zones={}, own_zones=OWN_ZONES)))
    for qtype in (codes.A, PTR, 16):
        told = own.told(name, own.teen, qtype)
        assert (records(told), error(told)) == ([], None)
        assert told.authority[0].name.to_text(omit_final_dot=True).lower() in {"home.lan", OWN_REVERSE}


@pytest.mark.parametrize("name", ["nothome.lan", "home.lan.example", "other.lan"])
def test_what_is_beside_a_zone_of_the_house_resolves(house: House, generation: Generation, name: str) -> None:
    own = type(house)(Engine(replace(generation, zones={}, own_zones=OWN_ZONES)))
    own.asked(name, own.teen)


def test_a_zone_of_the_house_may_be_forwarded_to_the_router(house: House, generation: Generation) -> None:
    own = type(house)(Engine(replace(generation, zones={to_wire("home.lan"): 3}, own_zones=OWN_ZONES)))
    assert own.asked("nas.home.lan", own.teen).key.group == 3


# --- guardian itself --------------------------------------------------------------------------------------------------

HERE = ["192.168.1.2", "10.0.0.1", "fd00::2", "fe80::2%eth0"]


def told_at(house: House, here: str, client: str, qtype: int, *, name: str = "guardian.home.arpa") -> Reply:
    reply = house.engine.receive_query(read_query(house.packet(name, qtype), client), 0.0, here)
    assert isinstance(reply, Reply)
    return reply


@pytest.mark.parametrize("here", HERE)
def test_guardian_is_found_at_the_address_that_was_asked(house: House, here: str) -> None:
    address = ip_address(here.partition("%")[0])
    of_here, other = (codes.A, codes.AAAA) if address.version == 4 else (codes.AAAA, codes.A)
    for client in (house.little, house.teen, house.parent, house.guest):
        found = told_at(house, here, client, of_here)
        assert found.answer is not None
        assert (found.reason, found.answer.counts) == (Reason.THIS_HOUSE, (1, 0))
        assert found.answer.body.endswith(address.packed)
        for qtype in (other, 16, codes.HTTPS):
            empty = told_at(house, here, client, qtype)
            assert empty.answer is not None
            assert (empty.rcode, empty.answer.counts) == (codes.NOERROR, (0, 1))


def test_guardian_is_found_at_each_address_by_turns(house: House) -> None:
    bodies = [told_at(house, here, house.teen, codes.A).answer for here in ("10.0.0.1", "10.0.0.2") * 3]
    assert [one.body[-1] for one in bodies if one] == [1, 2, 1, 2, 1, 2]


def test_where_guardian_is_is_never_kept_ready(house: House) -> None:
    packet = house.packet("guardian.home.arpa")
    for _ in range(4):
        house.engine.finish(told_at(house, "10.0.0.1", house.teen, codes.A), packet, 0.0)
    assert house.engine.replay(packet, house.teen, 0.0) is None


def test_guardian_is_found_whatever_is_blocked_and_however(house: House, without_addresses: Generation) -> None:
    house.engine.replace(without_addresses)
    for client in (house.little, house.teen):
        found = told_at(house, "10.0.0.1", client, codes.A, name="Guardian.HOME.arpa")
        assert found.reason is Reason.THIS_HOUSE
