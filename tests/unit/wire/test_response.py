"""What of an upstream's message is kept, and for how long; dnspython wrote the messages and reads what is kept."""

from __future__ import annotations

from random import Random

import dns.message
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.wire import codes
from guardian.wire.response import OtherQuestionError
from tests.fuzz.__main__ import tampered
from tests.fuzz.messages import damaged, sound_answers
from tests.unit.wire.responses import (
    DAY,
    NAME,
    QUESTION,
    address,
    keep,
    passed_on,
    raw,
    record,
    records,
    refused,
    says,
    signature,
    soa,
)

SOUND = sound_answers()

# --- what is kept -----------------------------------------------------------------------------------------------------


def test_an_answer_is_kept_for_its_shortest_ttl() -> None:
    chain = [records(NAME, 300, "CNAME", "cdn.example.net."), address(60, "cdn.example.net")]
    answer = keep(says(*chain))
    assert (answer.rcode, answer.counts, answer.ttl) == (codes.NOERROR, (3, 0), 60)
    assert passed_on(answer).answer == chain


def test_nothing_but_the_answer_survives_in_a_positive_one() -> None:
    glue = (records("ns.example.com", 1, "A", "192.0.2.53"),)
    beside = (records("example.com", 1, "NS", "ns.example.com."), soa(2))
    message = says(address(60), authority=beside, additional=glue)
    answer = keep(message)
    assert (answer.counts, answer.ttl) == ((2, 0), 60)
    kept = passed_on(answer)
    assert (kept.answer, kept.authority, kept.additional) == ([address(60)], [], [])
    assert b"ns" not in answer.body


SIGNED = (address(60), signature(NAME, "A", 60))
NAME_SERVERS = (records("example.com", 60, "NS", "ns.example.com."), signature("example.com", "NS", 60))
GAP = (records("example.com", 600, "NSEC", "z.example.com. A RRSIG NSEC"), signature("example.com", "NSEC", 600))


def test_a_signed_answer_keeps_its_signatures_and_its_proof() -> None:
    message = says(*SIGNED, authority=GAP, do=True)
    answer = keep(message)
    whole, kept = dns.message.from_wire(message), passed_on(answer)
    assert (answer.counts, answer.ttl) == ((3, 2), 60)
    assert (kept.answer, kept.authority) == (whole.answer, whole.authority)
    assert [one.ttl for one in kept.authority] == [600, 600]


@pytest.mark.parametrize(
    "authority",
    [NAME_SERVERS + GAP, GAP + NAME_SERVERS, GAP[:1] + NAME_SERVERS + GAP[1:]],
    ids=["before the proof", "behind it", "within it"],
)
def test_name_servers_and_their_signatures_are_no_proof(authority: tuple[dns.rrset.RRset, ...]) -> None:
    answer = keep(says(*SIGNED, authority=authority, do=True))
    kept = passed_on(answer)
    assert (answer.counts, kept.answer, kept.authority) == ((3, 2), list(SIGNED), list(GAP))
    assert [one.ttl for one in kept.authority] == [600, 600]


@pytest.mark.parametrize("authority", [(*NAME_SERVERS, soa()), (soa(), *NAME_SERVERS)], ids=["before", "behind"])
@pytest.mark.parametrize("rcode", [codes.NXDOMAIN, codes.NOERROR])
def test_name_servers_are_dropped_from_a_denial(rcode: int, authority: tuple[dns.rrset.RRset, ...]) -> None:
    answer = keep(says(authority=authority, rcode=rcode))
    assert (answer.counts, answer.ttl, passed_on(answer).authority) == ((0, 1), 300, [soa()])


def test_a_signed_denial_keeps_all_that_proves_it() -> None:
    hashed = records(
        "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.com", 300, "NSEC3", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A"
    )
    proof = (soa(), signature("example.com", "SOA"), *GAP, hashed, signature(str(hashed.name)[:-1], "NSEC3"))
    answer = keep(says(authority=proof, rcode=codes.NXDOMAIN, do=True))
    assert (answer.counts, passed_on(answer).authority) == ((0, 6), list(proof))


def test_a_rewritten_answer_shows_no_ttl_longer_than_asked() -> None:
    answer = keep(says(*SIGNED, authority=NAME_SERVERS + GAP, do=True), longest_ttl=30)
    assert {one.ttl for one in (*passed_on(answer).answer, *passed_on(answer).authority)} == {30}


def test_the_body_reads_the_same_behind_a_question_in_other_letters() -> None:
    chain = [records(NAME, 300, "CNAME", "a.b.example.com."), records("a.b.example.com", 60, "CNAME", "x.EXAMPLE.com.")]
    answer = keep(says(*chain, address(60, "x.example.com")))
    assert passed_on(answer, QUESTION.lower()).answer == passed_on(answer, QUESTION).answer
    assert str(passed_on(answer, QUESTION.lower()).answer[0].name) == "www.example.com."


def test_what_the_upstream_cut_is_not_kept() -> None:
    answer = keep(says(address(60), flags=codes.TC))
    assert (answer.truncated, answer.ttl) == (True, 0)
    assert passed_on(answer).answer == [address(60)]


@settings(max_examples=80, deadline=None, derandomize=True)
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


def test_an_answer_to_who_asks_for_anything_may_be_that_there_is_nothing() -> None:
    assert keep(says(kind="ANY")).ttl == 0
    assert keep(says(authority=(soa(900, 30),), kind="ANY")).ttl == 30


@pytest.mark.parametrize("rcode", [codes.FORMERR, codes.SERVFAIL, codes.NOTIMP, codes.REFUSED, 9])
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
    with pytest.raises(OtherQuestionError):
        keep(says(address(60)), asked)


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
    with pytest.raises(OtherQuestionError):
        keep(message, QUESTION)


def test_opt_in_the_authority_section_is_refused() -> None:
    opt = record(b"\x00", codes.OPT, b"", ttl=0)
    assert not refused(raw(opt, counts=(0, 0, 1)))
    assert refused(raw(opt, counts=(0, 1, 0)))


def test_octets_behind_a_message_are_left_behind() -> None:
    message = says(address(60))
    assert keep(message + b"and more") == keep(message)
