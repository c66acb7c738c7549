"""Finding names in a compiled set: the first stored name from the left, whatever is asked."""

from __future__ import annotations

import io
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import ListError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet, hash_of
from guardian.lists.set_file import ListInfo
from guardian.model import ListKind, Match, Rule
from guardian.wire.names import label_offsets, to_wire

STORED = ("bet.example", "www.bet.example", "a.b.c.d.example", "alo116.al")


@cache
def compiled(*names: str) -> bytes:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    rules = (Rule(to_wire(name), suffix=True, exact=True, exception=False, important=False, line=1) for name in names)
    compiler.add(ListInfo("ads", "Ads", ListKind.BLOCK, "ads", "ads.txt"), rules)
    compiler.write(output)
    return output.getvalue()


def find(name: str, *stored: str) -> Match | None:
    wire = to_wire(name)
    return DomainSet(memoryview(compiled(*(stored or STORED)))).find(wire, label_offsets(wire))


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("bet.example", 0),
        ("www.bet.example", 0),
        ("m.bet.example", 1),
        ("x.www.bet.example", 1),
        ("x.y.a.b.c.d.example", 2),
        ("alo116.al", 0),
        (".".join(["x"] * 100) + ".alo116.al", 100),
    ],
)
def test_the_first_stored_name_from_the_left_decides(asked: str, label: int) -> None:
    match = find(asked)
    assert match is not None
    assert (match.label, match.exact) == (label, label == 0)


@pytest.mark.parametrize(
    "asked",
    [
        ".",
        "al",
        "example",
        "c.d.example",
        "xbet.example",
        "bet.example.com",
        "bet-example",
        "alo116.al.al",
        "lo116.al",
        "a" * 63 + ".al",
    ],
)
def test_a_neighbour_of_a_stored_name_is_not_found(asked: str) -> None:
    assert find(asked) is None


def test_a_single_label_covers_all_below_it() -> None:
    match = find("www.bet", "bet", "www.other.example")
    assert match is not None
    assert (match.label, match.exact) == (1, False)
    assert find("other.example", "bet", "www.other.example") is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=20), max_size=11))
def test_a_name_of_any_octets_is_a_name_that_is_not_stored(labels: list[bytes]) -> None:
    wire = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
    domains = DomainSet(memoryview(compiled(*STORED)))
    assert domains.find(wire, label_offsets(wire)) is None


def test_a_set_knows_its_lists_its_size_and_its_rows() -> None:
    domains = DomainSet(memoryview(compiled(*STORED)))
    assert len(domains) == len(STORED)
    assert [info.id for info in domains.lists] == ["ads"]
    assert domains.rows() == [domains.row(number) for number in range(domains.header.rows)]
    assert len(domains.checksum) == 64


def test_the_hash_of_a_name_is_the_same_on_every_machine() -> None:
    assert hash_of(b"\x01a\x00") == 0xD70F83760C97277D


def test_a_set_that_is_cut_off_is_not_opened() -> None:
    data = compiled(*STORED)
    for size in (0, 71, 72, len(data) // 2, len(data) - 1):
        with pytest.raises(ListError, match="compile"):
            DomainSet(memoryview(data[:size]))
