"""A reply that goes out encrypted has one of few lengths."""

from __future__ import annotations

import dns.edns
import dns.message
import pytest

from guardian.model import Answer, BlockMode, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.answers import Scribe
from guardian.wire.padding import padded_reply
from guardian.wire.question import BadQuestionError, read_query

SCRIBE = Scribe(mode=BlockMode.NXDOMAIN, block_ttl=10, topics=("gambling",))


def reply_to(*, edns: bool, octets: int = 0, blocked: bool = False) -> bytes:
    packet = dns.message.make_query("www.example.com", "TXT", use_edns=0 if edns else -1).to_wire()
    query = read_query(packet, "10.0.0.1", stream=True)
    if blocked:
        verdict = Verdict(blocked=True, reason=Reason.CATEGORY, list_index=0)
        return SCRIBE.write(Reply(query, codes.NXDOMAIN, Reason.CATEGORY, verdict=verdict))
    body = b"\xc0\x0c\x00\x10\x00\x01\x00\x00\x00\x3c" + octets.to_bytes(2, "big") + bytes(octets)
    answer = Answer(codes.NOERROR, authentic=False, truncated=False, counts=(1, 0), body=body, ttl=60)
    return SCRIBE.write(Reply(query, codes.NOERROR, Reason.DEFAULT, answer))


@pytest.mark.parametrize("octets", [1, 300, 399, 400, 401, 402, 403, 404, 405, 410, 460, 1000, 20_000])
def test_a_padded_reply_has_a_multiple_of_468_octets_and_says_the_same(octets: int) -> None:
    before = reply_to(edns=True, octets=octets)
    after = padded_reply(before)
    assert len(after) % 468 == 0
    assert len(after) - len(before) < 468 + 4
    header = 12
    assert after[:header] == before[:header]
    assert after[header : len(before) - 2] == before[header:-2]


def test_an_extended_error_stays_beside_the_padding() -> None:
    after = padded_reply(reply_to(edns=True, blocked=True))
    assert len(after) == 468
    error, padding = dns.message.from_wire(after).options
    assert error.to_text() == "EDE 17 (Filtered): gambling"
    assert padding.otype == dns.edns.OptionType.PADDING


def test_a_reply_to_a_question_without_edns_stays_as_it_is() -> None:
    for blocked in (False, True):
        before = reply_to(edns=False, octets=30, blocked=blocked)
        assert padded_reply(before) == before


def test_an_answer_that_speaks_like_an_opt_in_its_middle_is_left_alone() -> None:
    bait = b"\x00\x00\x29\x04\xd0\x00\x00\x00\x00\x00\x05"
    before = reply_to(edns=False, octets=30) + bait + bytes(9)
    assert padded_reply(before) == before


def test_no_reply_grows_beyond_what_a_length_can_say() -> None:
    before = reply_to(edns=True, octets=65_535 - 12 - 21 - 12 - 11)
    assert len(before) == 65_535
    assert padded_reply(before) == before


def test_a_bad_version_is_answered_without_padding() -> None:
    with pytest.raises(BadQuestionError) as bad:
        read_query(dns.message.make_query("example.com", "A", use_edns=1).to_wire(), "10.0.0.1")
    assert bad.value.answer is not None
    assert padded_reply(bad.value.answer) == bad.value.answer
