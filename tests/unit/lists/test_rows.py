"""What lists say of one name, and how the words of a parent reach a child."""

from __future__ import annotations

import itertools

import pytest

from guardian.lists.rows import Bits, Row, pack_rule, unpack_rule
from guardian.model import Rule

FIRST, SECOND = 1, 2
KINDS = [
    dict(zip(("suffix", "exact", "exception", "important"), flags, strict=True))
    for flags in itertools.product((False, True), repeat=4)
]


@pytest.mark.parametrize(
    ("bits", "closed_by"),
    [
        (Bits(), 0),
        (Bits(block=FIRST), FIRST),
        (Bits(block=FIRST, excepted=FIRST), 0),
        (Bits(block=FIRST, excepted=FIRST, important=FIRST), FIRST),
        (Bits(block=FIRST, excepted=FIRST, important=FIRST, important_excepted=FIRST), 0),
        (Bits(block=FIRST, important_excepted=FIRST), 0),
        (Bits(excepted=FIRST), 0),
    ],
)
def test_within_a_list_the_stronger_word_wins(bits: Bits, closed_by: int) -> None:
    assert bits.blocking == closed_by


def test_an_exception_undoes_only_its_own_list() -> None:
    for exception in (Bits(excepted=SECOND), Bits(important_excepted=SECOND)):
        assert Bits(block=FIRST | SECOND).union(exception).blocking == FIRST


def test_a_name_on_a_list_stays_named_whatever_is_excepted() -> None:
    assert Bits(block=FIRST, excepted=FIRST, important_excepted=FIRST).any == FIRST
    assert Bits(important=SECOND, excepted=SECOND).any == SECOND
    assert Bits(excepted=FIRST, important_excepted=FIRST).any == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_keeps_all_that_it_says(kind: dict[str, bool]) -> None:
    rule = Rule(b"\x01a\x00", kind["suffix"], kind["exact"], kind["exception"], kind["important"], 1)
    row = unpack_rule(pack_rule(rule), 9)
    said = Bits(
        block=0 if rule.exception or rule.important else 1 << 9,
        excepted=1 << 9 if rule.exception and not rule.important else 0,
        important=1 << 9 if rule.important and not rule.exception else 0,
        important_excepted=1 << 9 if rule.exception and rule.important else 0,
    )
    assert row == Row(said if rule.exact else Bits(), said if rule.suffix else Bits())


def test_a_child_hears_what_its_parent_says_of_the_names_below_and_not_of_itself() -> None:
    parent = Row(itself=Bits(important=FIRST), below=Bits(block=SECOND))
    child = Row(itself=Bits(block=FIRST)).folded(parent)
    assert child == Row(itself=Bits(block=FIRST | SECOND), below=Bits(block=SECOND))


def test_a_hole_below_the_parent_is_none_below_the_child() -> None:
    assert not Row().folded(Row(holes=True)).holes
    assert Row(holes=True).folded(Row()).holes
    assert Row().merged(Row(holes=True)).holes


def test_parents_may_be_folded_in_any_order() -> None:
    parents = [Row(below=Bits(block=FIRST)), Row(below=Bits(excepted=FIRST)), Row(below=Bits(important=SECOND))]
    results = set()
    for order in itertools.permutations(parents):
        row = Row(itself=Bits(block=SECOND))
        for parent in order:
            row = row.folded(parent)
        results.add(row)
    assert len(results) == 1
