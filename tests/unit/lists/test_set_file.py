"""A compiled file is used whole or not at all, and its reader says what to do."""

from __future__ import annotations

import contextlib
import io
import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import ListError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.rows import Bits, Row
from guardian.lists.set_file import (
    HEADER_SIZE,
    MAX_ROWS,
    Contents,
    ListInfo,
    pack_contents,
    pack_row,
    read_header,
    unpack_contents,
    unpack_row,
    verify,
)
from guardian.model import Condition, ListKind, Pattern, Rule
from guardian.wire.names import to_wire

WHAT_TO_DO = ("compile it again", "`guardian lists compile`")
GAMBLING = ListInfo("bixhoz", "Lojëra fati", ListKind.BLOCK, "gambling", "lists/bixhoz.txt", "2026-11-24", 2, 1)
HELP = ListInfo("protected", "Protected names", ListKind.PROTECTED, "", "protected.yaml")


@cache
def compiled() -> bytes:
    def rule(name: str) -> Rule:
        return Rule(to_wire(name), suffix=True, exact=True, exception=False, important=False, line=1)

    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler.add(HELP, [rule("alo116.al")])
    pattern = Pattern("casino*.example", label_start=True)
    shaped = rule("x.example")._replace(name=b"", pattern=pattern, exception=True)
    limited = rule("www.bet.example")._replace(condition=Condition(types=frozenset({28})))
    compiler.add(GAMBLING, [rule("bet.example"), limited, shaped])
    compiler.write(output)
    return output.getvalue()


def refusal(data: bytes) -> str:
    """Return what is said of a file that must be refused, with any of the three ways of opening it."""
    for reader in (read_header, DomainSet):
        # Damage behind the header is for `verify` to find: these two read no further.
        with contextlib.suppress(ListError):
            reader(memoryview(data))
    with pytest.raises(ListError) as caught:
        verify(memoryview(data))
    assert any(hint in str(caught.value) for hint in WHAT_TO_DO)
    assert len(str(caught.value)) < 200
    return str(caught.value)


def test_a_sound_file_is_verified_in_pieces_of_any_size() -> None:
    for chunk in (1, 7, HEADER_SIZE, 2**20):
        verify(memoryview(compiled()), chunk=chunk)
    header = read_header(memoryview(compiled()))
    assert (header.names, header.shallowest, header.size) == (3, 2, len(compiled()))


def test_an_empty_file_is_called_empty() -> None:
    assert "empty" in refusal(b"")


def test_another_file_is_called_no_set() -> None:
    assert "not a compiled set" in refusal(b"0.0.0.0 bet.example\n" * 20)


def test_a_set_of_another_version_or_machine_is_told_from_a_damaged_one() -> None:
    for place in (8, 10):
        data = bytearray(compiled())
        data[place] ^= 3
        assert "another guardian or machine" in refusal(bytes(data))


def test_a_file_that_is_cut_off_anywhere_or_goes_on_is_refused() -> None:
    data = compiled()
    for size in range(len(data)):
        refusal(data[:size])
    refusal(data + b"\0")


@pytest.mark.parametrize("change", [0x01, 0x80, 0xFF])
def test_one_damaged_octet_anywhere_is_found(change: int) -> None:
    for place in range(len(compiled())):
        data = bytearray(compiled())
        data[place] ^= change
        refusal(bytes(data))


@settings(max_examples=25, deadline=None)
@given(st.binary(min_size=HEADER_SIZE - 8, max_size=HEADER_SIZE + 60))
def test_no_header_whatever_raises_anything_else(rest: bytes) -> None:
    refusal(compiled()[:12] + rest)
    refusal(rest)


def test_a_header_may_not_promise_more_than_the_file_holds() -> None:
    header = read_header(memoryview(compiled()))
    for wrong in (
        header._replace(names=2**64 - 1),
        header._replace(index_bits=2**32 - 1),
        header._replace(rows=MAX_ROWS + 1),
        header._replace(row_width=2**32 - 1),
        header._replace(conditional=2**32 - 1),
        header._replace(patterns=2**32 - 1),
        header._replace(keys=2**32 - 1),
        header._replace(texts=2**32 - 1),
        header._replace(contents=2**32 - 1),
    ):
        assert "damaged" in refusal(wrong.pack() + compiled()[HEADER_SIZE:])


@pytest.mark.parametrize("width", [1, 2, 128])
def test_a_row_is_read_as_it_was_written(width: int) -> None:
    most = (1 << 8 * width) - 1
    for holes in (False, True):
        row = Row(Bits(1, 2, 3, most), Bits(most, 5, 6, 7), holes, not holes)
        assert unpack_row(pack_row(row, width), width) == row


def test_the_lists_of_a_set_are_read_as_they_were_written() -> None:
    contents = Contents(
        (HELP, GAMBLING), (Condition(frozenset({28}), outside=(b"\x01a\0",), tags=("tv",)), Condition())
    )
    assert unpack_contents(pack_contents(contents)) == contents
    assert "Lojëra".encode() in pack_contents(contents)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"7",
        b"{}",
        b'{"lists": 7}',
        b'{"lists": [7]}',
        b'{"lists": [{}]}',
        b'{"lists": []}',
        b'{"lists": [], "conditions": 7}',
        b'{"lists": [], "conditions": [7]}',
        b'{"lists": [], "conditions": [[[], [], [7], [], [], [], []]]}',
        b'{"lists": [], "conditions": [[[], [], ["x"], [], [], [], []]]}',
        b'{"lists": [{"kind": "rewrite"}]}',
        json.dumps({"lists": [GAMBLING._asdict() | {"key": "of another version"}]}).encode(),
        b"[" * 100_000,
    ],
)
def test_a_damaged_table_of_lists_is_refused(data: bytes) -> None:
    with pytest.raises(ListError, match="compile it again"):
        unpack_contents(data)
