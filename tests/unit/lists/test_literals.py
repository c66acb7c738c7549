"""What every match of a regular expression contains."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.lists.literals import MAX_REGEX, SHORTEST, required_runs
from guardian.lists.objection import Objection


@pytest.mark.parametrize(
    ("regex", "runs"),
    [
        ("banner", {"banner"}),
        ("BANNER", {"banner"}),
        (r"^ads\.", {"ads."}),
        (r"(^|\.)ads\.example$", {"ads.example"}),
        ("banner|advert", {"banner", "advert"}),
        ("(?:banner|advert)[0-9]", {"banner", "advert"}),
        ("(banner)?adverts", {"adverts"}),
        ("(banner)+x", {"banner"}),
        ("(banner){2,}x", {"banner"}),
        ("(banner){0,2}advert", {"advert"}),
        ("colou?red", {"colo"}),
        ("abc+d", {"abc"}),
        ("abcx*defg", {"defg"}),
        ("abc[.]def", {"abc.def"}),
        ("abc[xy]defg", {"defg"}),
        ("[]abc]defg", {"defg"}),
        ("[^]abc]defg", {"defg"}),
        ("[[:alpha:]]defg", {"defg"}),
        (r"\d+abcd\w", {"abcd"}),
        (r"a\\bc", {"a\\bc"}),
        (r"\.\.x\.+y", {"..x."}),
        (r"(?i)abcd", {"abcd"}),
        (r"(?P<n>abcd)", {"abcd"}),
        (r"ab\x41cde", {"cde"}),
        (r"\p{Greek}abc", {"abc"}),
    ],
)
def test_the_longest_run_that_must_occur(regex: str, runs: set[str]) -> None:
    assert required_runs(regex) == frozenset(runs)


@pytest.mark.parametrize(
    ("regex", "why"),
    [
        ("", Objection.TOO_WIDE),
        (".*", Objection.TOO_WIDE),
        ("ab.cd", Objection.TOO_WIDE),
        ("abcd|", Objection.TOO_WIDE),
        ("(abcd|e)f", Objection.TOO_WIDE),
        ("abcd|.*", Objection.TOO_WIDE),
        ("(abcd)*", Objection.TOO_WIDE),
        ("(?=abcd)", Objection.LOOKAROUND),
        ("(?<!x)abcd", Objection.LOOKAROUND),
        (r"(abc)\1", Objection.LOOKAROUND),
        ("(abcd", Objection.BROKEN_REGEX),
        ("abcd)", Objection.BROKEN_REGEX),
        ("[abcd", Objection.BROKEN_REGEX),
        ("*abcd", Objection.BROKEN_REGEX),
        ("abcd\\", Objection.BROKEN_REGEX),
        ("(?zabcd)", Objection.BROKEN_REGEX),
        ("(" * 40 + "abcd" + ")" * 40, Objection.DEEP_REGEX),
        ("a" * (MAX_REGEX + 1), Objection.DEEP_REGEX),
    ],
)
def test_an_expression_without_use_says_why(regex: str, why: Objection) -> None:
    assert required_runs(regex) is why


PIECES = st.sampled_from(
    ["a", "b", "ab", "abc", "xyz", ".", r"\.", "[ab]", "[.]", "(", ")", "|", "*", "+", "?", "{0,1}", "{2}", "(?:"]
)
NAMES = st.text("abcxyz.", max_size=12)


@given(st.lists(PIECES, max_size=10).map("".join), st.lists(NAMES, min_size=5, max_size=30))
def test_no_match_is_without_one_of_the_runs(regex: str, names: list[str]) -> None:
    runs = required_runs(regex)
    if isinstance(runs, Objection):
        return
    assert min(map(len, runs)) >= SHORTEST
    try:
        compiled = re.compile(regex)
    except re.error:
        return
    for name in names:
        for candidate in (name, *(name[:3] + run + name[3:] for run in runs)):
            if compiled.search(candidate):
                assert any(run in candidate for run in runs)


@given(st.text(max_size=60))
def test_any_text_is_judged(regex: str) -> None:
    assert required_runs(regex)
