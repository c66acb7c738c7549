"""Patterns in a set: found by their letters, bounded, and never a reason to be slow."""

from __future__ import annotations

import io
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists import regexes
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.globs import is_match, pieces_of
from guardian.lists.grams import MAX_SHARED
from guardian.lists.patterns import choices_of
from guardian.lists.set_file import ListInfo
from guardian.lists.side_rules import SideRules
from guardian.model import Asker, ListKind, Pattern, Rule
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable

INFO = ListInfo("ads", "Ads", ListKind.BLOCK, "ads", "ads.txt")
NOBODY = Asker("")


def shaped(pattern: Pattern, *, exception: bool = False) -> Rule:
    return Rule(b"", suffix=False, exact=False, exception=exception, important=False, line=1, pattern=pattern)


def compiled(patterns: Iterable[Pattern]) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler.add(INFO, map(shaped, patterns))
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def meant(domains: DomainSet, name: str) -> set[str]:
    wire = to_wire(name)
    patterns = domains.patterns
    return {patterns.pattern(one).text for one in patterns.matching(wire, label_offsets(wire))} if patterns else set()


LABELS = st.text("abc-", min_size=1, max_size=9)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
GLOBS = st.lists(
    st.tuples(st.text("abc.*-", min_size=3, max_size=12), st.booleans(), st.booleans()).map(
        lambda drawn: Pattern(drawn[0], label_start=drawn[1], name_end=drawn[2])
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(GLOBS, st.lists(NAMES, min_size=1, max_size=8))
def test_no_pattern_is_missed_for_want_of_a_look(patterns: list[Pattern], names: list[str]) -> None:
    domains = compiled(patterns)
    findable = {pattern for pattern in patterns if choices_of(pattern)}
    assert domains.lists[0].patterns == len(findable)
    assert domains.lists[0].left_out == len(set(patterns)) - len(findable)
    for name in names:
        expected = {one.text for one in findable if is_match(one, pieces_of(one), name.encode())}
        assert meant(domains, name) == expected


def test_a_literal_is_found_wherever_it_stands_and_however_long_it_is() -> None:
    for literal in ("bet", "bets", "betss", "casino", "casinos-here"):
        domains = compiled([Pattern(literal)])
        for before in range(9):
            for after in range(5):
                name = "x" * before + literal + "y" * after
                assert meant(domains, f"{name}.al") == {literal}
                assert meant(domains, f"www.z.{name}") == {literal}
        assert not meant(domains, "ca.si.no.be.t.example")


def test_a_set_without_patterns_has_none_to_ask() -> None:
    assert compiled([]).patterns is None


def test_no_list_can_make_one_group_of_letters_dear() -> None:
    domains = compiled(Pattern(f"bet*{'x' * number}.al") for number in range(3))
    assert domains.lists[0].left_out == 0
    domains = compiled(Pattern(f"bet*.{first}{second}") for first in "abcdefghij" for second in "abcdefghij")
    assert (domains.lists[0].patterns, domains.lists[0].left_out) == (MAX_SHARED, 100 - MAX_SHARED)


def test_memory_holds_few_patterns_ready_at_once() -> None:
    domains = compiled(Pattern(f"casino{number}x*") for number in range(40))
    patterns = domains.patterns
    assert patterns is not None
    patterns._max_ready = patterns._max_literals = 8
    for number in range(40):
        assert meant(domains, f"casino{number}x.al") == {f"casino{number}x*"}
        assert len(patterns._ready) <= 8
        assert len(patterns._literals) <= 8


def test_an_expression_matches_by_its_engine_in_any_case() -> None:
    pytest.importorskip("re2", reason="the extra guardian-dns[regex] is missing")
    domains = compiled([Pattern(r"^Casino\d{2,}\.", regex=True), Pattern("(poker|slots)[0-9]", regex=True)])
    assert meant(domains, "casino77.example") == {r"^Casino\d{2,}\."}
    assert meant(domains, "www.slots9.example") == {"(poker|slots)[0-9]"}
    assert not meant(domains, "casino7.example")


def test_a_hostile_expression_costs_no_more_than_another() -> None:
    pytest.importorskip("re2", reason="the extra guardian-dns[regex] is missing")
    domains = compiled([Pattern("^casino(a+)+$", regex=True)])
    started = time.process_time()
    assert not meant(domains, "casino" + "a" * 50 + "." + "a" * 60 + "b")
    assert time.process_time() - started < 0.1


def test_expressions_that_the_engine_refuses_are_left_out() -> None:
    pytest.importorskip("re2", reason="the extra guardian-dns[regex] is missing")
    domains = compiled([Pattern("casino(" + "a{900}" * 90 + ")", regex=True), Pattern("casino")])
    assert (domains.lists[0].patterns, domains.lists[0].left_out) == (1, 1)


def test_without_the_engine_expressions_are_left_out_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regexes, "engine", lambda: None)
    domains = compiled([Pattern("casino[0-9]+", regex=True), Pattern("poker")])
    assert (domains.lists[0].patterns, domains.lists[0].left_out) == (1, 1)
    assert meant(domains, "poker.example") == {"poker"}
    assert not meant(domains, "casino7.example")


def test_a_set_made_with_the_engine_is_read_without_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("re2", reason="the extra guardian-dns[regex] is missing")
    domains = compiled([Pattern("casino[0-9]+", regex=True)])
    monkeypatch.setattr(regexes, "engine", lambda: None)
    assert not meant(domains, "casino7.example")


def test_an_expression_too_many_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("re2", reason="the extra guardian-dns[regex] is missing")
    monkeypatch.setattr("guardian.lists.side_rules.MAX_REGEXES", 2)
    domains = compiled(Pattern(f"casino{number}[a-z]", regex=True) for number in range(3))
    assert (domains.lists[0].patterns, domains.lists[0].left_out) == (2, 1)


def test_opening_patterns_are_counted_for_who_must_know() -> None:
    side = SideRules()
    side.add(0, shaped(Pattern("casino")))
    side.add(0, shaped(Pattern("good"), exception=True))
    side.add(1, shaped(Pattern("good")))
    side.settle(0b10)
    side.tables([])
    assert (side.patterns, side.opening_patterns) == ({0: 2, 1: 1}, {0: 1, 1: 1})


def test_the_shortest_names_meet_no_pattern_and_no_fault() -> None:
    domains = compiled([Pattern("casino-", label_start=True)])
    assert domains.patterns is not None
    for name in (b"\x00", b"\x01a\x00", b"\x02al\x00"):
        assert list(domains.patterns.matching(name, label_offsets(name))) == []
