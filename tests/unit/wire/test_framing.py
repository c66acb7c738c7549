"""A stream cut into messages, however it comes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.wire.codes import MAX_MESSAGE
from guardian.wire.framing import Framing, framed

# the same examples at each run
few = settings(max_examples=60, deadline=None, derandomize=True)


@few
@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_messages_come_out_as_they_went_in_however_the_stream_is_cut(messages: list[bytes], pieces: list[int]) -> None:
    stream = b"".join(framed(one) for one in messages)
    framing = Framing()
    found = []
    at = turn = 0
    while at < len(stream):
        size = pieces[turn % len(pieces)]
        found += framing.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert found == messages
    assert not framing.unfinished


def test_one_octet_at_a_time_makes_a_message_with_the_last_one() -> None:
    framing = Framing()
    stream = framed(b"a question")
    assert [framing.feed(stream[at : at + 1]) for at in range(len(stream))] == [[]] * (len(stream) - 1) + [
        [b"a question"]
    ]


def test_half_a_length_is_unfinished() -> None:
    framing = Framing()
    assert framing.feed(b"\0") == []
    assert framing.unfinished


def test_the_longest_message_passes() -> None:
    longest = bytes(MAX_MESSAGE)
    assert Framing().feed(framed(longest)) == [longest]


def test_a_length_beyond_the_bound_is_refused_before_its_message_comes() -> None:
    with pytest.raises(WireError, match="513 octets"):
        Framing(max_message=512).feed((513).to_bytes(2, "big"))


def test_a_length_at_the_bound_is_not() -> None:
    assert Framing(max_message=512).feed(framed(bytes(512))) == [bytes(512)]


def test_what_is_held_never_passes_one_message() -> None:
    framing = Framing(max_message=100)
    assert len(framing.feed(framed(bytes(100)) * 50 + framed(bytes(100))[:-1])) == 50
    assert len(framing._rest) <= 101
