"""What a client gets, as dnspython reads it."""

from __future__ import annotations

import itertools
import struct
from typing import TYPE_CHECKING

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import pytest

from guardian.model import Answer, BlockMode, Query, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.answers import EXTENDED_ERRORS, Scribe
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dns.rdtypes.ANY.SOA import SOA

BLOCK_TTL = 42
TOPICS = ("gambling", "malware")
WHOLE = Verdict(blocked=True, reason=Reason.CATEGORY, list_index=0, covers_below=True)
ALONE = WHOLE._replace(covers_below=False)
THREAT = Verdict(blocked=True, reason=Reason.THREAT, list_index=1, covers_below=True)
NOT_LISTED = Verdict(blocked=True, reason=Reason.NOT_ON_ALLOW_LIST, list_index=-1, covers_below=True)

ADDRESS = Answer(
    rcode=codes.NOERROR,
    authentic=False,
    truncated=False,
    counts=(1, 0),
    body=b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01",
    ttl=60,
)


def ask(
    name: str = "wWw.Example.CoM",
    kind: str = "A",
    *,
    flags: int = codes.RD,
    edns: bool = True,
    payload: int = 1232,
    do: bool = False,
) -> Query:
    made = dns.message.make_query(name, kind, flags=flags, id=0xBEEF)
    if edns:
        made.use_edns(0, ednsflags=codes.DO if do else 0, payload=payload)
    return read_query(made.to_wire(), "192.0.2.1")


def _every_question() -> Iterator[Query]:
    flags = (0, codes.RD, codes.CD, codes.RD | codes.CD, codes.RD | codes.AD)
    for kind, flag in itertools.product(("A", "AAAA", "HTTPS"), flags):
        yield ask(kind=kind, flags=flag, edns=False)
        yield ask(kind=kind, flags=flag)
        yield ask(kind=kind, flags=flag, do=True)


EVERY_QUESTION = tuple(_every_question())


def replies_to(query: Query) -> dict[str, Reply]:
    return {
        "blocked": Reply(query, codes.NOERROR, Reason.CATEGORY, None, WHOLE, label=1),
        "blocked alone": Reply(query, codes.NOERROR, Reason.CATEGORY, None, ALONE, label=0),
        "threat": Reply(query, codes.NOERROR, Reason.THREAT, None, THREAT, label=1),
        "not on the allow list": Reply(query, codes.NOERROR, Reason.NOT_ON_ALLOW_LIST, None, NOT_LISTED),
        "refused": Reply(query, codes.REFUSED, Reason.OUTSIDER),
        "not served": Reply(query, codes.REFUSED, Reason.NOT_SERVED),
        "silent": Reply(query, codes.SERVFAIL, Reason.UPSTREAM_SILENT),
        "faulty": Reply(query, codes.SERVFAIL, Reason.UPSTREAM_FAULTY),
        "answered": Reply(query, codes.NOERROR, Reason.DEFAULT, ADDRESS),
        "own": Reply(query, codes.NOERROR, Reason.LOCAL_RECORD, ADDRESS),
        "cut": Reply(query, codes.NOERROR, Reason.DEFAULT, ADDRESS._replace(truncated=True)),
    }


KINDS = tuple(replies_to(ask()))


def scribe(mode: BlockMode = BlockMode.NXDOMAIN) -> Scribe:
    return Scribe(mode=mode, block_ttl=BLOCK_TTL, topics=TOPICS)


def read(data: bytes) -> dns.message.Message:
    return dns.message.from_wire(data)


def denial(message: dns.message.Message) -> tuple[dns.name.Name, int, SOA]:
    """Give owner, TTL and data of the one record that says for how long there is nothing."""
    (rrset,) = message.authority
    (soa,) = rrset
    return rrset.name, rrset.ttl, soa


# --- every reply ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_every_reply_is_a_response_to_its_own_question(kind: str) -> None:
    writers = [scribe(mode) for mode in BlockMode]
    for query, writer in itertools.product(EVERY_QUESTION, writers if "blocked" in kind else writers[:1]):
        data = writer.write(replies_to(query)[kind])
        message = read(data)
        assert message.id == query.id
        assert data[12 : 12 + len(query.question)] == query.question
        assert message.flags & (dns.flags.QR | dns.flags.RA) == dns.flags.QR | dns.flags.RA
        assert message.flags & dns.flags.AA == 0
        # of the client's flags RD and CD come back (RFC 1035, 6840), and never AD of itself
        assert message.flags & (codes.RD | codes.CD | codes.AD) == query.flags & (codes.RD | codes.CD)
        assert message.edns == (0 if query.payload else -1)
        assert message.ednsflags == (codes.DO if query.dnssec_ok else 0)
        assert len(data) <= (codes.OUR_PAYLOAD if query.payload else codes.PLAIN_PAYLOAD)


@pytest.mark.parametrize(
    ("kind", "code", "text"),
    [
        ("blocked", 17, "gambling"),
        ("blocked alone", 17, "gambling"),
        ("threat", 15, "malware"),
        ("not on the allow list", 17, None),
        # no more octets than the outsider sent
        ("refused", None, None),
        ("silent", 22, None),
        ("faulty", 23, None),
        ("not served", None, None),
        ("answered", None, None),
        ("own", None, None),
    ],
)
def test_a_client_with_opt_is_told_why(kind: str, code: int | None, text: str | None) -> None:
    writers = [scribe(mode) for mode in BlockMode]
    for query, writer in itertools.product(EVERY_QUESTION[:9], writers):
        options = read(writer.write(replies_to(query)[kind])).options
        expected = dns.edns.EDEOption(dns.edns.EDECode(code), text) if code is not None and query.payload else None
        assert options == ((expected,) if expected else ())


def test_each_extended_error_is_one_that_dnspython_has_a_name_for() -> None:
    assert all(code in {int(known) for known in dns.edns.EDECode} for code in EXTENDED_ERRORS.values())


def test_two_clients_never_get_each_others_reply_from_one_scribe() -> None:
    writer = scribe()
    first = [writer.write(reply) for query in EVERY_QUESTION for reply in replies_to(query).values()]
    assert first == [scribe().write(reply) for query in EVERY_QUESTION for reply in replies_to(query).values()]


@pytest.mark.parametrize("identity", [0, 1, 0xFFFF])
def test_the_id_is_the_clients(identity: int) -> None:
    replies = replies_to(ask()._replace(id=identity)).values()
    assert {scribe().write(reply)[:2] for reply in replies} == {identity.to_bytes(2, "big")}


# --- blocked ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "verdict", "rcode"),
    [
        (BlockMode.NXDOMAIN, WHOLE, codes.NXDOMAIN),
        # NXDOMAIN would deny the names below, too (RFC 8020)
        (BlockMode.NXDOMAIN, ALONE, codes.NOERROR),
        (BlockMode.NODATA, WHOLE, codes.NOERROR),
        (BlockMode.NODATA, ALONE, codes.NOERROR),
    ],
)
def test_a_blocked_name_is_gone_only_with_all_names_below(mode: BlockMode, verdict: Verdict, rcode: int) -> None:
    for kind in ("A", "HTTPS", "SOA", "TYPE65280"):
        message = read(scribe(mode).write(Reply(ask(kind=kind), 0, verdict.reason, None, verdict)))
        assert message.rcode() == rcode
        assert (message.answer, message.additional) == ([], [])
        assert len(message.authority) == 1


@pytest.mark.parametrize("mode", [BlockMode.NXDOMAIN, BlockMode.NODATA])
@pytest.mark.parametrize(
    ("label", "owner"),
    [(0, "www.example.com."), (1, "example.com."), (2, "com.")],
    ids=["itself", "above", "far above"],
)
def test_the_soa_stands_at_the_name_that_is_blocked(mode: BlockMode, label: int, owner: str) -> None:
    found, ttl, soa = denial(read(scribe(mode).write(Reply(ask(), 0, Reason.CATEGORY, None, WHOLE, label=label))))
    assert found == dns.name.from_text(owner)
    # RFC 2308: a resolver keeps the denial for the lesser of the two
    assert (ttl, soa.minimum) == (BLOCK_TTL, BLOCK_TTL)


@pytest.mark.parametrize("mode", [BlockMode.NXDOMAIN, BlockMode.NODATA])
def test_the_soa_of_a_block_names_no_real_zone_or_mailbox(mode: BlockMode) -> None:
    _, _, soa = denial(read(scribe(mode).write(Reply(ask(), 0, Reason.CATEGORY, None, WHOLE))))
    assert soa.mname.is_subdomain(dns.name.from_text("home.arpa"))
    assert soa.rname.is_subdomain(dns.name.from_text("invalid"))


def test_even_the_root_can_be_blocked() -> None:
    owner, _, _ = denial(read(scribe().write(Reply(ask("."), 0, Reason.NOT_ON_ALLOW_LIST, None, NOT_LISTED))))
    assert owner == dns.name.root


@pytest.mark.parametrize(("kind", "address"), [("A", "0.0.0.0"), ("AAAA", "::")])
@pytest.mark.parametrize("verdict", [WHOLE, ALONE])
def test_in_null_mode_a_blocked_name_has_an_address_where_nobody_lives(
    kind: str, address: str, verdict: Verdict
) -> None:
    message = read(scribe(BlockMode.NULL).write(Reply(ask(kind=kind), 0, verdict.reason, None, verdict, label=1)))
    assert (message.rcode(), message.authority) == (codes.NOERROR, [])
    (rrset,) = message.answer
    assert (rrset.name, rrset.ttl) == (dns.name.from_text("www.example.com"), BLOCK_TTL)
    assert [str(rdata) for rdata in rrset] == [address]


@pytest.mark.parametrize("kind", ["HTTPS", "TXT", "MX", "ANY"])
def test_in_null_mode_there_is_nothing_of_another_type(kind: str) -> None:
    message = read(scribe(BlockMode.NULL).write(Reply(ask(kind=kind), 0, Reason.CATEGORY, None, WHOLE, label=1)))
    assert (message.rcode(), message.answer) == (codes.NOERROR, [])
    assert denial(message)[0] == dns.name.from_text("example.com")


@pytest.mark.parametrize("mode", BlockMode)
@pytest.mark.parametrize("edns", [True, False])
def test_a_block_of_the_longest_name_still_fits(mode: BlockMode, edns: bool) -> None:  # noqa: FBT001
    longest = ".".join(["a" * 63] * 3 + ["a" * 61])
    for kind, label in itertools.product(("A", "TXT"), range(4)):
        query = ask(longest, kind, edns=edns, payload=512)
        data = scribe(mode).write(Reply(query, 0, Reason.CATEGORY, None, WHOLE, label=label))
        assert len(data) <= 512
        assert read(data).flags & dns.flags.TC == 0


def test_an_unblocked_verdict_does_not_block() -> None:
    allowed = Verdict(blocked=False, reason=Reason.DEFAULT)
    message = read(scribe().write(Reply(ask(), codes.NOERROR, Reason.DEFAULT, ADDRESS, allowed)))
    assert [str(rdata) for rdata in message.answer[0]] == ["192.0.2.1"]


# --- an upstream's answer ---------------------------------------------------------------------------------------------


def sized(octets: int) -> Answer:
    """Give an answer of one TXT record with a body of that many octets."""
    data = bytes(octets - 12)
    return ADDRESS._replace(body=b"\xc0\x0c" + struct.pack("!HHIH", 65_280, 1, 60, len(data)) + data)


@pytest.mark.parametrize(
    ("edns", "payload", "limit"),
    [(False, 0, 512), (True, 0, 512), (True, 512, 512), (True, 900, 900), (True, 1232, 1232), (True, 65_535, 1232)],
)
def test_an_answer_is_as_long_as_the_client_takes_and_1232_octets_at_most(
    edns: bool,  # noqa: FBT001
    payload: int,
    limit: int,
) -> None:
    query = ask(edns=edns, payload=payload)
    room = limit - 12 - len(query.question) - (11 if edns else 0)
    fits = scribe().write(Reply(query, 0, Reason.DEFAULT, sized(room)))
    assert len(fits) == limit
    assert (read(fits).flags & dns.flags.TC, len(read(fits).answer)) == (0, 1)
    too_long = read(scribe().write(Reply(query, 0, Reason.DEFAULT, sized(room + 1))))
    assert too_long.flags & dns.flags.TC
    assert (too_long.answer, too_long.authority, too_long.additional) == ([], [], [])
    assert too_long.edns == (0 if edns else -1)


def test_an_answer_that_the_upstream_cut_is_still_a_cut_one() -> None:
    message = read(scribe().write(replies_to(ask())["cut"]))
    assert message.flags & dns.flags.TC
    assert len(message.answer) == 1


@pytest.mark.parametrize(
    ("flags", "do", "told"), [(0, False, False), (codes.AD, False, True), (0, True, True), (codes.CD, False, False)]
)
def test_only_who_asks_hears_that_an_answer_is_authentic(flags: int, do: bool, told: bool) -> None:  # noqa: FBT001
    authentic = ADDRESS._replace(authentic=True)
    message = read(scribe().write(Reply(ask(flags=flags, do=do), 0, Reason.DEFAULT, authentic)))
    assert bool(message.flags & dns.flags.AD) is told
    plain = read(scribe().write(Reply(ask(flags=flags, do=do), 0, Reason.DEFAULT, ADDRESS)))
    assert not plain.flags & dns.flags.AD


@pytest.mark.parametrize("rcode", [codes.NOERROR, codes.SERVFAIL, codes.NXDOMAIN, codes.REFUSED])
def test_the_response_code_of_an_answer_is_passed_on(rcode: int) -> None:
    empty = ADDRESS._replace(rcode=rcode, counts=(0, 0), body=b"")
    assert read(scribe().write(Reply(ask(), rcode, Reason.DEFAULT, empty))).rcode() == rcode
