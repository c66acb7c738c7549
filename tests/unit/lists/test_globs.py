"""Patterns with stars mean what they say, and a hostile one costs no more than its length."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.globs import is_match, pieces_of
from guardian.model import Pattern

TEXTS = st.text("ab.*", min_size=1, max_size=7)
NAMES = st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=4).map(".".join)


def means(pattern: Pattern, name: str) -> bool:
    return is_match(pattern, pieces_of(pattern), name.encode())


def expected(pattern: Pattern, name: str) -> bool:
    """Say it by a regular expression, which tries every place."""
    start = "^" if pattern.name_start else r"(?:^|\.)" if pattern.label_start else ""
    body = ".*".join(map(re.escape, pattern.text.split("*")))
    return re.search(start + body + (r"\Z" if pattern.name_end else ""), name) is not None


@settings(max_examples=120, deadline=None)
@given(TEXTS, st.tuples(st.booleans(), st.booleans(), st.booleans()), st.lists(NAMES, min_size=1, max_size=6))
def test_a_pattern_means_what_a_slow_oracle_says(text: str, anchors: tuple[bool, bool, bool], names: list[str]) -> None:
    label, start, end = anchors
    pattern = Pattern(text, label_start=label and not start, name_start=start, name_end=end)
    for name in names:
        assert means(pattern, name) == expected(pattern, name), (pattern, name)


@pytest.mark.parametrize(
    ("pattern", "meant", "not_meant"),
    [
        (Pattern("ads*.com", label_start=True, name_end=True), "www.ads7.com", "badads7.com"),
        (Pattern("ads*.com", label_start=True, name_end=True), "ads.x.com", "ads.x.com.al"),
        (Pattern("ads*.com", label_start=True, name_end=True), "b.adsb.com", "ads.comb"),
        (Pattern("casino", label_start=True), "casino-royale.example", "bigcasino.example"),
        (Pattern("casino"), "bigcasino.example", "casin.o.example"),
        (Pattern("bet*", name_start=True), "bet.example", "www.bet.example"),
        (Pattern("aa*aa", name_start=True, name_end=True), "aaaa", "aaa"),
    ],
)
def test_anchors_hold_where_they_stand(pattern: Pattern, meant: str, not_meant: str) -> None:
    assert means(pattern, meant)
    assert not means(pattern, not_meant)


def test_many_stars_take_no_time() -> None:
    pattern = Pattern("a*" * 100 + "b", name_end=True)
    name = "a" * 63 + "." + "a" * 63 + "." + "a" * 63 + ".a"
    started = time.process_time()
    for _ in range(100):
        assert not means(pattern, name)
    assert time.process_time() - started < 0.1
