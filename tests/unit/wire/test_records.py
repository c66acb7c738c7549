"""What of an upstream's message is kept, and for how long; dnspython wrote the messages and reads what is kept."""

from __future__ import annotations

import struct
from random import Random
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.wire import codes
from guardian.wire.records import LONGEST_TTL, MAX_RECORDS, SERVFAIL_TTL, read_answer
from tests.fuzz.__main__ import tampered
from tests.fuzz.messages import damaged, sound_answers

if TYPE_CHECKING:
    from guardian.model import Answer

NAME = "wWw.Example.coM"
"""As it was sent, in the letters' case that chance gave it."""
DAY = 86_400
QUESTION = b"\x03wWw\x07Example\x03coM\x00\x00\x01\x00\x01"
SOUND = sound_answers()
# the same examples at each run; `make fuzz` draws new ones
few = settings(max_examples=25, deadline=None, derandomize=True)


def records(name: str, ttl: int, kind: str, *data: str) -> dns.rrset.RRset:
    made = dns.rrset.from_text(name + ".", 0, "IN", kind, *data)
    made.ttl = ttl
    return made


def address(ttl: int, name: str = NAME) -> dns.rrset.RRset:
    return records(name, ttl, "A", "192.0.2.1", "192.0.2.2")


def soa(ttl: int = 900, minimum: int = 300) -> dns.rrset.RRset:
    return records("example.com", ttl, "SOA", f"ns.example.com. hostmaster.example.com. 1 3600 600 86400 {minimum}")


def signature(name: str, kind: str, ttl: int = 900) -> dns.rrset.RRset:
    return records(name, ttl, "RRSIG", f"{kind} 8 2 {ttl} 20300101000000 20200101000000 1 example.com. c2lnbmF0dXJl")


def says(
    *answer: dns.rrset.RRset,
    authority: tuple[dns.rrset.RRset, ...] = (),
    additional: tuple[dns.rrset.RRset, ...] = (),
    rcode: int = codes.NOERROR,
    flags: int = 0,
    kind: str = "A",
    do: bool = False,
) -> bytes:
    """Write an upstream's message."""
    asked = dns.message.make_query(NAME, kind, use_edns=0, want_dnssec=do)
    message = dns.message.make_response(asked, recursion_available=True)
    message.flags |= dns.flags.Flag(flags)
    message.set_rcode(dns.rcode.Rcode(rcode))
    message.answer.extend(answer)
    message.authority.extend(authority)
    message.additional.extend(additional)
    return message.to_wire()


def raw(*body: bytes, counts: tuple[int, int, int] | None = None, flags: int = codes.QR, questions: int = 1) -> bytes:
    """Write a message by hand: the records in its answer section, if `counts` doesn't say otherwise."""
    return struct.pack("!6H", 1, flags, questions, *(counts or (len(body), 0, 0))) + QUESTION + b"".join(body)


def record(owner: bytes, rtype: int, data: bytes, ttl: int = 60) -> bytes:
    return owner + struct.pack("!HHIH", rtype, 1, ttl, len(data)) + data


def keep(message: bytes, question: bytes | None = None, longest_ttl: int = DAY) -> Answer:
    if question is None:
        question = message[12 : 12 + len(QUESTION)]
    return read_answer(message, question, longest_ttl=longest_ttl)


def passed_on(answer: Answer, question: bytes = QUESTION) -> dns.message.Message:
    """Give what a client reads when the kept body stands behind its own question."""
    header = struct.pack("!6H", 7, codes.QR | answer.rcode, 1, *answer.counts, 0)
    return dns.message.from_wire(header + question + answer.body, one_rr_per_rrset=False)


def refused(message: bytes, question: bytes = QUESTION) -> bool:
    try:
        read_answer(message, question, longest_ttl=DAY)
    except WireError:
        return True
    return False


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_its_shortest_ttl() -> None:
    chain = [records(NAME, 300, "CNAME", "cdn.example.net."), address(60, "cdn.example.net")]
    answer = keep(says(*chain))
    assert (answer.rcode, answer.counts, answer.ttl) == (codes.NOERROR, (3, 0), 60)
    assert passed_on(answer).answer == chain


def test_nothing_but_the_answer_survives_in_a_positive_one() -> None:
    glue = (records("ns.example.com", 1, "A", "192.0.2.53"),)
    message = says(address(60), authority=(records("example.com", 1, "NS", "ns.example.com."),), additional=glue)
    answer = keep(message)
    assert (answer.counts, answer.ttl) == ((2, 0), 60)
    kept = passed_on(answer)
    assert (kept.answer, kept.authority, kept.additional) == ([address(60)], [], [])
    assert b"ns" not in answer.body


def test_a_signed_answer_keeps_its_signatures_and_its_proof() -> None:
    message = says(
        address(60),
        signature(NAME, "A", 60),
        authority=(records("example.com", 600, "NS", "ns.example.com."), signature("example.com", "NS")),
        do=True,
    )
    answer = keep(message)
    whole, kept = dns.message.from_wire(message), passed_on(answer)
    assert (answer.counts, answer.ttl) == ((3, 2), 60)
    assert (kept.answer, kept.authority) == (whole.answer, whole.authority)


def test_the_body_reads_the_same_behind_a_question_in_other_letters() -> None:
    chain = [records(NAME, 300, "CNAME", "a.b.example.com."), records("a.b.example.com", 60, "CNAME", "x.EXAMPLE.com.")]
    answer = keep(says(*chain, address(60, "x.example.com")))
    assert passed_on(answer, QUESTION.lower()).answer == passed_on(answer, QUESTION).answer
    assert str(passed_on(answer, QUESTION.lower()).answer[0].name) == "www.example.com."


@pytest.mark.parametrize("flag", [0, codes.AD])
def test_the_answer_says_whether_the_upstream_called_it_authentic(flag: int) -> None:
    assert keep(says(address(60), flags=flag)).authentic is bool(flag)


def test_what_the_upstream_cut_is_not_kept() -> None:
    answer = keep(says(address(60), flags=codes.TC))
    assert (answer.truncated, answer.ttl) == (True, 0)
    assert passed_on(answer).answer == [address(60)]


names = st.sampled_from((NAME, "example.com", "cdn.example.net", "a.cdn.example.net", "org"))
rrsets = st.one_of(
    st.builds(records, names, st.integers(0, 2**31 - 1), st.just("A"), st.just("192.0.2.1"), st.just("192.0.2.2")),
    st.builds(records, names, st.integers(0, 2**31 - 1), st.just("MX"), st.just("10 mail.cdn.example.net.")),
    st.builds(records, names, st.integers(0, 2**31 - 1), st.just("TXT"), st.just('"one" "two"')),
    st.builds(records, names, st.integers(0, 2**31 - 1), st.just("HTTPS"), st.just('1 . alpn="h2"')),
    st.builds(records, names, st.integers(0, 2**31 - 1), st.just("SRV"), st.just("1 2 853 mail.example.com.")),
)


@few
@given(
    st.lists(rrsets, max_size=5, unique_by=lambda one: (one.name, one.rdtype)),
    st.lists(rrsets, max_size=3, unique_by=lambda one: (one.name, one.rdtype)),
)
def test_what_dnspython_wrote_it_finds_again_with_no_ttl_too_long(
    others: list[dns.rrset.RRset], additional: list[dns.rrset.RRset]
) -> None:
    sections = [address(3_600), *(one for one in others if one.rdtype != codes.A or one.name != address(1).name)]
    answer = keep(says(*sections, authority=tuple(others), additional=tuple(additional)), longest_ttl=1_000)
    kept = passed_on(answer)
    assert (kept.answer, kept.authority, kept.additional) == (sections, [], [])
    assert [one.ttl for one in kept.answer] == [min(one.ttl, 1_000) for one in sections]
    assert answer.ttl == min(LONGEST_TTL, *(one.ttl for one in sections))


@settings(few, max_examples=80)
@given(st.integers(0, 2**32))
def test_no_record_is_kept_that_dnspython_does_not_find_in_a_damaged_message(seed: int) -> None:
    assert tampered(damaged(SOUND, Random(seed))) is None


# --- how long ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ttl", "minimum", "kept"), [(900, 300, 300), (300, 900, 300), (0, 900, 0), (900, 0, 0)])
@pytest.mark.parametrize("rcode", [codes.NXDOMAIN, codes.NOERROR])
def test_a_denial_lives_as_long_as_its_soa_and_the_minimum_in_it(rcode: int, ttl: int, minimum: int, kept: int) -> None:
    answer = keep(says(authority=(soa(ttl, minimum),), rcode=rcode))
    assert (answer.rcode, answer.counts, answer.ttl) == (rcode, (0, 1), kept)
    assert passed_on(answer).authority == [soa(ttl, minimum)]


@pytest.mark.parametrize("rcode", [codes.NXDOMAIN, codes.NOERROR])
def test_a_denial_without_soa_is_not_kept(rcode: int) -> None:
    assert keep(says(rcode=rcode)).ttl == 0
    referral = says(authority=(records("example.com", 900, "NS", "ns.example.com."),), rcode=rcode)
    assert keep(referral).ttl == 0
    in_the_wrong_place = [says(additional=(soa(),), rcode=rcode), says(soa(), rcode=rcode)]
    assert [keep(message).ttl for message in in_the_wrong_place] == [0, 0]


@pytest.mark.parametrize("rcode", [codes.NXDOMAIN, codes.NOERROR])
@pytest.mark.parametrize("signed", [False, True])
def test_an_alias_of_nothing_is_a_denial(rcode: int, signed: bool) -> None:  # noqa: FBT001
    alias = [records(NAME, 500, "CNAME", "gone.example.com.")]
    alias += [signature(NAME, "CNAME", 500)] if signed else []
    denied = keep(says(*alias, authority=(soa(900, 30),), rcode=rcode, do=signed))
    assert (denied.ttl, denied.counts[1]) == (30, 1)
    assert keep(says(*alias, rcode=rcode, do=signed)).ttl == 0


@pytest.mark.parametrize("kind", ["CNAME", "ANY"])
def test_an_alias_is_the_answer_to_who_asks_for_one(kind: str) -> None:
    answer = keep(says(records(NAME, 500, "CNAME", "cdn.example.net."), kind=kind))
    assert (answer.counts, answer.ttl) == ((1, 0), 500)


def test_a_failure_is_kept_for_five_seconds() -> None:
    assert (keep(says(rcode=codes.SERVFAIL)).ttl, SERVFAIL_TTL) == (5, 5)


@pytest.mark.parametrize("rcode", [codes.FORMERR, codes.NOTIMP, codes.REFUSED, 9])
def test_other_response_codes_are_not_kept(rcode: int) -> None:
    answer = keep(says(authority=(soa(),), rcode=rcode))
    assert (answer.rcode, answer.ttl) == (rcode, 0)


@pytest.mark.parametrize("rcode", [codes.BADVERS, 17, 23, 4095])
def test_a_response_code_that_only_opt_can_hold_is_a_failure_not_an_empty_answer(rcode: int) -> None:
    assert keep(says(rcode=rcode)).rcode == codes.SERVFAIL


@pytest.mark.parametrize("ttl", [1 << 31, (1 << 32) - 1])
def test_a_ttl_with_the_top_bit_set_is_zero(ttl: int) -> None:
    answer = keep(raw(record(b"\xc0\x0c", codes.A, bytes(4), ttl)), longest_ttl=600)
    assert answer.ttl == 0
    assert passed_on(answer).answer[0].ttl == 0


@pytest.mark.parametrize(("ttl", "shown", "kept"), [(600, 600, 600), (601, 600, 601), (10 * DAY, 600, DAY)])
def test_a_ttl_is_shown_no_longer_than_asked_and_kept_a_day_at_most(ttl: int, shown: int, kept: int) -> None:
    answer = keep(says(address(ttl)), longest_ttl=600)
    assert (passed_on(answer).answer[0].ttl, answer.ttl) == (shown, kept)


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        QUESTION.replace(b"wWw", b"wwW"),
        QUESTION.replace(b"wWw", b"xWw"),
        QUESTION[:-4] + b"\x00\x1c\x00\x01",
        QUESTION[:-1] + b"\x03",
        QUESTION[4:],
        b"\x01a" + QUESTION,
    ],
    ids=["one letter's case", "one letter", "type", "class", "the name above", "a name below"],
)
def test_the_answer_to_another_question_is_refused(asked: bytes) -> None:
    assert not refused(says(address(60)))
    assert refused(says(address(60)), asked)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        raw()[:11],
        raw()[:12],
        raw(flags=0),
        raw(flags=codes.QR | 0x2800),
        raw(questions=0),
        raw(QUESTION, questions=2, counts=(0, 0, 0)),
    ],
    ids=["nothing", "no header", "no question", "a question", "another opcode", "no question counted", "two questions"],
)
def test_what_is_no_answer_is_refused(message: bytes) -> None:
    assert not refused(raw())
    assert refused(message)


START = 12 + len(QUESTION)
"""Where the first record stands."""
DATA = START + 12
"""Where its data stands, when its owner is a pointer."""


def to(offset: int) -> bytes:
    return (0xC000 | offset).to_bytes(2, "big")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([record(to(START), codes.A, bytes(4))], id="an owner that points to itself"),
        pytest.param([record(to(START + 2), codes.A, bytes(4))], id="an owner that points forward"),
        pytest.param([record(to(2), codes.A, bytes(4))], id="an owner that points into the header"),
        pytest.param([record(b"\x01a" + to(START), codes.A, bytes(4))], id="an owner that loops"),
        pytest.param([record(to(12), codes.CNAME, to(DATA))], id="an alias that points to itself"),
        pytest.param([record(to(12), codes.CNAME, to(DATA + 2))], id="an alias that points forward"),
        pytest.param([record(to(12), codes.CNAME, b"\x01a" + to(DATA))], id="an alias that loops"),
        pytest.param([record(to(12), codes.CNAME, to(4))], id="an alias that points into the header"),
        pytest.param(
            [record(to(12), 16, b"\x03" + to(DATA + 1) + b"\x00"), record(to(DATA + 1), codes.A, bytes(4))],
            id="an owner that points to a pointer to itself",
        ),
        pytest.param([record(to(12), codes.CNAME, to(12) + b"\x00")], id="an alias longer than its name"),
        pytest.param([record(to(12), codes.CNAME, b"")], id="an alias without a name"),
        pytest.param([record(to(12), codes.CNAME, b"\x05ab")], id="an alias that is cut off"),
        pytest.param([record(to(12), 15, b"\x00")], id="a mail server without a name"),
        pytest.param([record(to(12), 33, bytes(6) + to(DATA + 6))], id="a service that points to itself"),
        pytest.param([record(to(12), codes.SOA, b"\x00\x00" + bytes(19))], id="an SOA without a minimum"),
        pytest.param([record(b"\x40", codes.A, bytes(4))], id="an owner with a label that was given up"),
        pytest.param([record(b"\x3f" + b"a" * 63, codes.A, b"")] * 1, id="an owner without an end"),
        pytest.param([record(b"\x01a" * 120 + to(12), codes.A, b"")], id="an owner of 256 octets and more"),
        pytest.param([record(b"\x00", codes.OPT, b"")], id="OPT among the answers"),
    ],
)
def test_a_damaged_record_is_refused_even_where_we_would_not_read_it(body: list[bytes]) -> None:
    assert refused(raw(*body))


def test_opt_in_the_authority_section_is_refused() -> None:
    opt = record(b"\x00", codes.OPT, b"", ttl=0)
    assert not refused(raw(opt, counts=(0, 0, 1)))
    assert refused(raw(opt, counts=(0, 1, 0)))


@pytest.mark.parametrize("message", SOUND, ids=lambda message: f"{len(message)} octets")
def test_a_message_that_is_cut_off_anywhere_is_refused(message: bytes) -> None:
    end = message.index(b"\x00", 12) + 5
    assert not refused(message, message[12:end])
    assert all(refused(message[:size], message[12:end]) for size in range(len(message)))


def test_octets_behind_a_message_are_left_behind() -> None:
    message = says(address(60))
    assert keep(message + b"and more") == keep(message)


@pytest.mark.parametrize("counts", [(0xFFFF, 0, 0), (0, 0xFFFF, 0), (0, 0, 0xFFFF), (0xFFFF,) * 3])
def test_a_header_that_promises_more_records_than_follow_is_refused(counts: tuple[int, int, int]) -> None:
    assert refused(raw(counts=counts))


def test_a_message_holds_512_records_at_most() -> None:
    one = record(to(12), codes.A, bytes(4))
    assert keep(raw(*[one] * MAX_RECORDS)).counts == (512, 0)
    assert refused(raw(*[one] * (MAX_RECORDS + 1)))


def test_names_that_all_point_to_a_long_one_are_not_walked_without_end() -> None:
    long = record(b"\x01a" * 120 + b"\x00", 16, b"\x00")
    assert not refused(raw(long, *[record(to(START), codes.A, bytes(4))] * 200))
    assert refused(raw(long, *[record(to(START), codes.CNAME, to(START))] * 200))
