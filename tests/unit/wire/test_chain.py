"""From the name asked to what answers it: dnspython wrote the answers and says which of their records are reached."""

from __future__ import annotations

from ipaddress import ip_address
from itertools import pairwise
from random import Random

import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.wire import codes
from guardian.wire.chain import MAX_CHAIN
from guardian.wire.names import to_wire
from tests.fuzz.oracle import way_of
from tests.unit.wire.responses import (
    NAME,
    QUESTION,
    address,
    alias,
    keep,
    passed_on,
    raw,
    record,
    records,
    refused,
    says,
    signature,
    soa,
    to,
)

ALIAS = "cdn.example.net"
BANK = "bank.example"
ANYCAST = "9.9.9.9"


def reached(message: dns.message.Message) -> list[dns.rrset.RRset]:
    """Give what of an answer section is on the way, or made its aliases."""
    way = way_of(message)
    return [
        one
        for one in message.answer
        if one.name in way
        or (codes.DNAME in {one.rdtype, one.covers} and any(name.is_subdomain(one.name) for name in way))
    ]


# --- the way ----------------------------------------------------------------------------------------------------------


def test_an_alias_leads_to_its_addresses() -> None:
    said = [alias(NAME, "a." + ALIAS), alias("a." + ALIAS, "EDGE.example"), address(60, "edge.example")]
    answer = keep(says(*said))
    assert (passed_on(answer).answer, answer.counts, answer.ttl) == (said, (4, 0), 60)
    assert answer.targets == (to_wire("a." + ALIAS), to_wire("edge.example"))


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_the_records_changes_nothing_of_the_way(seed: int) -> None:
    said = [alias(NAME, "a.example"), alias("a.example", "b.example"), alias("b.example", "c.example")]
    said += [address(60, "c.example"), address(60, BANK)]
    Random(seed).shuffle(said)
    answer = keep(says(*said))
    assert passed_on(answer).answer == [one for one in said if one.name != dns.name.from_text(BANK)]
    assert answer.targets == tuple(map(to_wire, ("a.example", "b.example", "c.example")))


@pytest.mark.parametrize("backwards", [False, True])
def test_a_way_has_sixteen_names_at_most(backwards: bool) -> None:  # noqa: FBT001
    names = [NAME, *(f"a{number}.example.net" for number in range(MAX_CHAIN))]
    hops = [alias(one, other) for one, other in pairwise(names)]
    sixteen = [*hops[:-1], address(60, names[-2])]
    seventeen = [*hops, address(60, names[-1])]
    if backwards:
        sixteen.reverse()
        seventeen.reverse()
    answer = keep(says(*sixteen))
    assert (MAX_CHAIN, len(answer.targets), answer.counts) == (16, 15, (17, 0))
    assert passed_on(answer).answer == sixteen
    assert refused(says(*seventeen))


@pytest.mark.parametrize(
    "loop",
    [
        [alias(NAME, NAME)],
        [alias(NAME, NAME.swapcase())],
        [alias(NAME, ALIAS), alias(ALIAS, NAME)],
        [alias(NAME, ALIAS), alias(ALIAS, BANK), alias(BANK, ALIAS)],
    ],
    ids=["to itself", "to itself in other letters", "there and back", "beside the name asked"],
)
def test_aliases_that_loop_are_no_answer(loop: list[dns.rrset.RRset]) -> None:
    assert refused(says(*loop))
    assert refused(says(*loop, address(60)))


def test_a_loop_that_the_way_does_not_meet_is_left_out() -> None:
    answer = keep(says(address(60), alias(ALIAS, BANK), alias(BANK, ALIAS)))
    assert (answer.counts, answer.targets) == ((2, 0), ())


def test_a_name_has_one_alias_only() -> None:
    # the client might go where nobody looked
    one, other = alias(NAME, ALIAS), alias(NAME, BANK)
    assert refused(says(one, other, address(60, ALIAS)))
    assert refused(says(one, address(60, ALIAS), other))
    assert refused(says(other, one, address(60, ALIAS)))
    assert keep(says(one, one, address(60, ALIAS))).targets == (to_wire(ALIAS),)
    assert keep(says(address(60), alias(BANK, "a.example"), alias(BANK, "b.example"))).targets == ()


# --- what is beside it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize(
    "extra",
    [
        records(BANK, 9_000, "A", "203.0.113.66"),
        records("com", 9_000, "NS", "ns.bank.example."),
        records("x." + NAME, 9_000, "A", "203.0.113.66"),
        alias(BANK, "thief.example"),
        records(BANK, 9_000, "HTTPS", "0 thief.example."),
        records("example", 9_000, "DNAME", "thief.example."),
        signature(BANK, "A"),
        signature("example", "DNAME"),
    ],
    ids=lambda one: f"{dns.rdatatype.to_text(one.rdtype)} of {one.name}",
)
def test_what_nobody_asked_for_is_not_passed_on(extra: dns.rrset.RRset, first: bool) -> None:  # noqa: FBT001
    said = [alias(NAME, ALIAS), address(60, ALIAS)]
    answer = keep(says(extra, *said) if first else says(*said, extra))
    assert (passed_on(answer).answer, answer.counts, answer.ttl) == (said, (3, 0), 60)
    assert (answer.targets, answer.private) == ((to_wire(ALIAS),), False)


def test_an_extra_record_in_the_middle_takes_nothing_else_with_it() -> None:
    said = says(alias(NAME, "a." + ALIAS), address(60, BANK), records("a." + ALIAS, 7, "MX", "1 a.bank.example."))
    answer = keep(said)
    assert passed_on(answer).answer == [
        alias(NAME, "a." + ALIAS),
        records("a." + ALIAS, 7, "MX", "1 a.bank.example."),
    ]
    assert [one.ttl for one in passed_on(answer).answer] == [300, 7]


def test_an_answer_about_another_name_alone_is_no_answer_to_keep() -> None:
    answer = keep(says(address(60, BANK)))
    assert (answer.counts, answer.body, answer.ttl) == ((0, 0), b"", 0)
    denied = keep(says(address(60, BANK), authority=(soa(900, 30),)))
    assert (denied.counts, passed_on(denied).authority, denied.ttl) == ((0, 1), [soa(900, 30)], 30)


def test_a_private_address_that_nobody_asked_for_is_dropped_not_held_against_the_answer() -> None:
    answer = keep(says(address(60), records(BANK, 60, "A", "192.168.1.1")))
    assert (answer.counts, answer.private) == ((2, 0), False)


def test_data_of_unknown_types_is_passed_on_to_the_octet_with_and_without_a_record_dropped() -> None:
    data = to(12) + bytes(range(256)) + to(12)
    strange = record(to(12), 65_280, data)
    assert keep(raw(strange)).body == strange
    beside = record(b"\x04bank\x07example\x00", codes.A, bytes(4))
    written = QUESTION[:-4].lower() + record(b"", 65_280, data)
    assert keep(raw(beside, strange)).body == written
    assert keep(raw(strange, beside)).body == strange


# --- DNAME ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("owner", ["example.com", "com", "exAMPLE.Com"])
def test_a_dname_above_the_name_stays_with_the_alias_made_from_it(owner: str) -> None:
    said = [
        records(owner, 50, "DNAME", "example.net."),
        signature(owner, "DNAME"),
        alias(NAME, "www.example.net"),
        address(60, "www.example.net"),
        signature("www.example.net", "A"),
    ]
    answer = keep(says(*said, do=True))
    assert (passed_on(answer).answer, answer.ttl, answer.targets) == (said, 50, (to_wire("www.example.net"),))


def test_a_dname_further_down_the_way_stays_too() -> None:
    said = [
        alias(NAME, "a.b.example"),
        records("b.example", 9, "DNAME", "c.example."),
        alias("a.b.example", "a.c.example"),
    ]
    assert passed_on(keep(says(*said, address(60, "a.c.example")))).answer == [*said, address(60, "a.c.example")]


@pytest.mark.parametrize("owner", ["ample.com", "www.example.com.net", "a." + NAME, BANK])
def test_a_dname_that_is_not_above_the_name_goes(owner: str) -> None:
    assert keep(says(address(60), records(owner, 9, "DNAME", "thief.example."))).counts == (2, 0)


def test_a_label_that_holds_what_looks_like_a_name_is_still_one_label() -> None:
    # the octets of the name end with those of example.com, whose length is a part of a label here
    name = b"\x0da\x07example\x03com\x00"
    question = name + QUESTION[-4:]
    dname = record(b"\x07example\x03com\x00", codes.DNAME, b"\x05thief\x00")
    head = b"\x00\x01\x80\x00\x00\x01\x00\x02" + bytes(4)
    message = head + question + record(to(12), codes.A, b"\x09\x09\x09\x09") + dname
    assert keep(message, question).counts == (1, 0)


# --- against dnspython ------------------------------------------------------------------------------------------------

NAMES = (NAME, "a.cdn.example.net", "cdn.example.net", BANK, "example.com")
POOL = [
    *(alias(one, other, 2_000 + place) for place, one in enumerate(NAMES) for other in NAMES[:4]),
    *(address(700 + place * 200, one) for place, one in enumerate(NAMES)),
    *(records(one, 1_500, "MX", f"10 mail.{one}.") for one in NAMES),
    *(records(one, 30, "TXT", '"one" "two"') for one in NAMES),
    *(records(one, 2**31 - 1, "HTTPS", '1 . alpn="h2"') for one in NAMES),
    *(records(one, 40, "SRV", "1 2 853 mail.example.com.") for one in NAMES),
    *(records(one, 1_200, "DNAME", "x.example.org.") for one in NAMES),
    *(signature(one, kind) for one in NAMES for kind in ("A", "CNAME", "DNAME")),
]
ROOMS = st.lists(st.sampled_from(POOL), max_size=9, unique_by=lambda one: (one.name, one.rdtype, one.covers))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(ROOMS, ROOMS)
def test_what_dnspython_reaches_is_what_is_kept_and_no_ttl_is_too_long(
    answers: list[dns.rrset.RRset], others: list[dns.rrset.RRset]
) -> None:
    said = says(*answers, authority=tuple(others[:3]), additional=tuple(others[3:]))
    whole = dns.message.from_wire(said)
    if len(way_of(whole)) > MAX_CHAIN:
        assert refused(said)
        return
    answer = keep(said, longest_ttl=1_000)
    kept, expected = passed_on(answer), reached(whole)
    assert (kept.answer, kept.additional) == (expected, [])
    assert [one.ttl for one in kept.answer] == [min(one.ttl, 1_000) for one in expected]
    assert answer.targets == tuple(name.canonicalize().to_wire() for name in way_of(whole)[1:])
    again = keep(said[:6] + bytes((0, answer.counts[0], 0, answer.counts[1], 0, 0)) + QUESTION + answer.body)
    assert (again.body, again.targets, again.counts) == (answer.body, answer.targets, answer.counts)


# --- HTTPS and SVCB ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["HTTPS", "SVCB"])
@pytest.mark.parametrize(
    ("data", "targets"),
    [
        ("0 Pool.svc.example.", ["pool.svc.example"]),
        ("1 pool.svc.example. alpn=h2", ["pool.svc.example"]),
        ("1 . alpn=h2 port=8443", []),
        ("0 .", []),
    ],
    ids=["AliasMode", "ServiceMode", "the name itself", "no service"],
)
def test_a_service_leads_to_its_target(kind: str, data: str, targets: list[str]) -> None:
    said = records(NAME, 60, kind, data)
    answer = keep(says(said, kind=kind))
    assert (passed_on(answer, answer_question(kind)).answer, answer.ttl) == ([said], 60)
    assert answer.targets == tuple(map(to_wire, targets))


def answer_question(kind: str) -> bytes:
    """Give the question section that asks for `kind`."""
    return QUESTION[:-4] + int(dns.rdatatype.from_text(kind)).to_bytes(2, "big") + QUESTION[-2:]


def test_every_service_behind_an_alias_is_looked_at() -> None:
    services = records(ALIAS, 60, "HTTPS", "1 one.example. alpn=h2", "2 two.example. alpn=h3", "3 .")
    answer = keep(says(alias(NAME, ALIAS), services, kind="HTTPS"))
    assert answer.targets[0] == to_wire(ALIAS)
    assert sorted(answer.targets[1:]) == [to_wire("one.example"), to_wire("two.example")]


PRIORITY = b"\x00\x01"
FOUR_HINT = b"\x00\x04\x00\x04\x09\x09\x09\x09"


@pytest.mark.parametrize("rtype", [codes.HTTPS, codes.SVCB])
@pytest.mark.parametrize(
    "data",
    [
        PRIORITY + to(12),
        PRIORITY + b"\x03svc" + to(12),
        b"\x00\x00" + to(16),
        b"",
        PRIORITY,
        PRIORITY + b"\x05ab",
        PRIORITY + b"\x40" + bytes(70),
        PRIORITY + b"\x01a" * 127 + b"\x01a\x00",
        PRIORITY + b"\x00" + FOUR_HINT[:3],
        PRIORITY + b"\x00" + FOUR_HINT[:-1],
        PRIORITY + b"\x00" + FOUR_HINT + b"\x00",
        PRIORITY + b"\x00\x00\x04\x00\x03\x0a\x00\x00",
        PRIORITY + b"\x00\x00\x04\x00\x05" + bytes(5),
        PRIORITY + b"\x00\x00\x06\x00\x04" + bytes(4),
        PRIORITY + b"\x00\x00\x06\x00\x11" + bytes(17),
    ],
    ids=[
        "a compressed target",
        "a target compressed in part",
        "a compressed alias",
        "nothing",
        "no target",
        "a target cut off",
        "a label that was given up",
        "a target of 257 octets",
        "a parameter cut off in its head",
        "a parameter cut off in its value",
        "octets behind the last one",
        "three octets of IPv4",
        "five octets of IPv4",
        "four octets of IPv6",
        "seventeen octets of IPv6",
    ],
)
def test_a_damaged_service_is_refused(rtype: int, data: bytes) -> None:
    assert not refused(raw(record(to(12), rtype, PRIORITY + b"\x00" + FOUR_HINT)))
    assert refused(raw(record(to(12), rtype, data)))
    # beside the way nobody looks at it, and nobody gets it
    assert keep(raw(record(b"\x04bank\x00", rtype, data))).counts == (0, 0)


# --- addresses of houses ----------------------------------------------------------------------------------------------

AT_HOME = ["10.1.2.3", "172.31.255.255", "192.168.0.1", "127.0.0.1", "169.254.1.1", "0.0.0.0", "255.255.255.255"]
AT_HOME += ["::", "::1", "fd00::1", "fe80::1", "fec0::1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::c0a8:1"]
OUTSIDE = ["9.9.9.9", "172.32.0.0", "192.169.0.0", "2001:db8::1", "::ffff:9.9.9.9", "64:ff9b::909:909"]


@pytest.mark.parametrize("text", [*AT_HOME, *OUTSIDE])
@pytest.mark.parametrize("way", [[], [alias(NAME, ALIAS)]], ids=["asked", "behind an alias"])
def test_an_address_of_a_house_is_seen_in_addresses_and_in_hints(text: str, way: list[dns.rrset.RRset]) -> None:
    address_of = ip_address(text)
    kind, other = ("A", ANYCAST) if address_of.version == 4 else ("AAAA", "2620:fe::fe")
    owner = ALIAS if way else NAME
    hint = f"ipv{address_of.version}hint"
    for said in (
        records(owner, 60, kind, text),
        records(owner, 60, kind, other, text),
        records(owner, 60, "HTTPS", f"1 . alpn=h2 {hint}={text}"),
        records(owner, 60, "HTTPS", f"1 . alpn=h2 {hint}={other},{text}"),
        records(owner, 60, "SVCB", f"1 svc.example. port=853 {hint}={text}"),
        records(owner, 60, "HTTPS", "1 . alpn=h3", f"2 . {hint}={text}"),
    ):
        assert keep(says(*way, said)).private is (text in AT_HOME)


@pytest.mark.parametrize(
    ("rtype", "size"), [(codes.A, 3), (codes.A, 5), (codes.A, 16), (codes.AAAA, 4), (codes.AAAA, 17)]
)
def test_an_address_of_the_wrong_length_is_refused(rtype: int, size: int) -> None:
    # a client that takes its first octets must not get a house's address by it
    right = 4 if rtype == codes.A else 16
    assert not refused(raw(record(to(12), rtype, b"\x0a" * right)))
    assert refused(raw(record(to(12), rtype, b"\x0a" * size)))
