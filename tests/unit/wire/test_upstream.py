"""The question that goes to an upstream, as dnspython reads it."""

from __future__ import annotations

import dns.edns
import dns.flags
import dns.message
import dns.name
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.model import AskKey
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.question import read_query
from guardian.wire.response import read_answer
from guardian.wire.upstream import question_of, write_question

# the same examples at each run
few = settings(max_examples=40, deadline=None, derandomize=True)

ALL_ONES = (1 << 2040) - 1


def key(name: bytes, qtype: int = codes.A, *, do: bool = False, cd: bool = False) -> AskKey:
    return AskKey(name, qtype, codes.IN, dnssec_ok=do, checking_disabled=cd, group=0)


EXAMPLE = key(to_wire("a1.ex-ample.com"))
labels = st.sampled_from((b"a", b"www", b"example", b"1-2_3", b"\xc3\xab", b"\x00\xff", b"." * 63, b"z" * 63))
wires = st.lists(labels, max_size=3).map(lambda found: b"".join(bytes((len(one),)) + one for one in found) + b"\x00")


@few
@given(
    wires,
    st.integers(0, 65_535).filter(lambda kind: kind != codes.OPT),
    st.booleans(),
    st.booleans(),
    st.integers(0, 65_535),
    st.integers(0, ALL_ONES),
)
def test_dnspython_reads_the_question_that_we_meant(
    name: bytes,
    qtype: int,
    do: bool,  # noqa: FBT001
    cd: bool,  # noqa: FBT001
    identity: int,
    chance: int,
) -> None:
    asked = key(name, qtype, do=do, cd=cd)
    message = dns.message.from_wire(write_question(asked, identity, chance))
    (question,) = message.question
    assert message.id == identity
    assert message.opcode() == 0
    assert question.name == dns.name.from_wire(name, 0)[0]
    assert (question.rdtype, question.rdclass) == (qtype, codes.IN)
    assert int(message.flags) == codes.RD | (codes.CD if cd else 0)
    assert (message.edns, message.payload, message.ednsflags) == (0, 1232, codes.DO if do else 0)
    assert (message.answer, message.authority, message.additional) == ([], [], [])


@few
@given(wires, st.integers(0, ALL_ONES))
def test_chance_changes_the_case_of_letters_and_nothing_else(name: bytes, chance: int) -> None:
    question = question_of(write_question(key(name), 1, chance), key(name))
    assert question.lower() == name + b"\x00\x01\x00\x01"
    assert len(question) == len(name) + 4


def test_all_letters_vary_and_digits_hyphens_and_lengths_never() -> None:
    assert question_of(write_question(EXAMPLE, 1, 0), EXAMPLE)[:-4] == b"\x02a1\x08ex-ample\x03com\x00"
    assert question_of(write_question(EXAMPLE, 1, ALL_ONES), EXAMPLE)[:-4] == b"\x02A1\x08EX-AMPLE\x03COM\x00"


def test_octets_beyond_ascii_and_beside_the_letters_never_vary() -> None:
    odd = bytes(octet for octet in range(1, 256) if not chr(octet).isascii() or not chr(octet).isalpha())
    for start in range(0, len(odd), 63):
        label = odd[start : start + 63]
        name = bytes((len(label),)) + label + b"\x00"
        assert question_of(write_question(key(name), 1, ALL_ONES), key(name))[:-4] == name


def test_each_bit_of_chance_decides_one_letter() -> None:
    written = {question_of(write_question(EXAMPLE, 1, 0x20 << 8 * place), EXAMPLE) for place in range(17)}
    # eleven letters, and the question as it was for all else
    assert len(written) == 12


@few
@given(wires, st.booleans(), st.integers(0, 65_535))
def test_a_padded_question_tells_little_by_its_length_and_nothing_by_its_case(
    name: bytes,
    do: bool,  # noqa: FBT001
    identity: int,
) -> None:
    asked = key(name, do=do)
    written = write_question(asked, identity, ALL_ONES, padded=True)
    assert len(written) % 128 == 0
    assert question_of(written, asked)[:-4] == name
    message = dns.message.from_wire(written)
    (padding,) = message.options
    assert (message.id, message.payload, message.ednsflags) == (identity, 1232, codes.DO if do else 0)
    assert padding.otype == dns.edns.OptionType.PADDING
    assert set(padding.to_wire() or b"\0") == {0}
    # and no block more than is needed (RFC 8467 section 4.1)
    assert len(written) - len(write_question(asked, identity, 0)) < 128 + 4


def test_nothing_of_the_client_leaves_but_what_it_asks() -> None:
    options = dns.message.make_query("a1.ex-ample.com", "A", use_edns=0, payload=4096, pad=128, id=0xBEEF)
    client = read_query(options.to_wire(), "192.0.2.77")
    asked = AskKey(client.name, client.qtype, client.qclass, client.dnssec_ok, checking_disabled=False, group=0)
    sent = write_question(asked, 1, 0)
    assert sent == write_question(EXAMPLE, 1, 0)
    assert len(sent) == 12 + len(client.question) + 11
    assert dns.message.from_wire(sent).options == ()


@pytest.mark.parametrize("name", ["a1.ex-ample.com", "."])
def test_the_question_is_cut_out_as_it_was_sent(name: str) -> None:
    asked = key(to_wire(name), codes.NS)
    message = write_question(asked, 1, ALL_ONES // 3)
    answer = dns.message.make_response(dns.message.from_wire(message)).to_wire()
    assert read_answer(answer, question_of(message, asked), longest_ttl=60).counts == (0, 0)


def test_an_answer_in_other_letters_is_not_ours() -> None:
    sent = write_question(EXAMPLE, 1, ALL_ONES)
    other = write_question(EXAMPLE, 1, ALL_ONES ^ 0x20 << 16)
    answer = dns.message.make_response(dns.message.from_wire(other)).to_wire()
    assert question_of(other, EXAMPLE) != question_of(sent, EXAMPLE)
    with pytest.raises(WireError, match="another question"):
        read_answer(answer, question_of(sent, EXAMPLE), longest_ttl=60)
