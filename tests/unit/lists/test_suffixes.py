"""Rules that would close a country or half the web are refused with their line; the others pass untouched."""

from __future__ import annotations

import pytest

from guardian.lists.suffixes import PUBLIC, WIDE, public_suffixes, without_too_wide
from guardian.lists.text import Report
from guardian.model import Condition, Pattern, Rule
from guardian.wire.names import to_wire


def rule(name: str = "", pattern: Pattern | None = None) -> Rule:
    wire = to_wire(name) if name else b""
    return Rule(wire, suffix=True, exact=True, exception=False, important=False, line=7, pattern=pattern)


def refusal(one: Rule) -> str:
    report = Report(rules=1)
    kept = list(without_too_wide([one], report))
    if kept:
        assert (kept, report.rules, report.refused) == ([one], 1, 0)
        return ""
    assert (report.rules, report.refused) == (0, 1)
    ((line, why),) = report.refusals
    assert line == 7
    return why


@pytest.mark.parametrize(
    "name", ["com", "al", "com.al", "gov.al", "co.uk", "xn--p1ai", "foo.ck", "kobe.jp", "x.kobe.jp"]
)
def test_a_public_suffix_is_refused(name: str) -> None:
    assert refusal(rule(name)) == PUBLIC
    assert refusal(rule(name)._replace(exception=True)) == PUBLIC
    assert refusal(rule(name)._replace(suffix=False)) == PUBLIC
    assert refusal(rule(name)._replace(condition=Condition(types=frozenset({28})))) == PUBLIC


@pytest.mark.parametrize(
    "name", ["bet.al", "bet.co.uk", "www.ck", "city.kobe.jp", "a.x.kobe.jp", "blogspot.com", "t.co"]
)
def test_a_site_is_kept_even_one_that_hosts_others(name: str) -> None:
    assert not refusal(rule(name))


def test_every_name_there_is_is_refused() -> None:
    assert refusal(Rule(b"\0", suffix=True, exact=False, exception=False, important=False, line=7)) == PUBLIC
    assert public_suffixes().has(b"\0")


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern("ab*cd"),
        Pattern("*"),
        Pattern(".com", name_end=True),
        Pattern("*.co.uk", name_end=True),
        Pattern("x.kobe.jp", name_end=True),
        Pattern("www.*", label_start=True),
        Pattern("www*.com", label_start=True, name_end=True),
        Pattern("www2.*.org"),
        Pattern("^[a-z]+$", regex=True),
        Pattern("(casino|x)", regex=True),
    ],
)
def test_a_pattern_that_says_too_little_is_refused(pattern: Pattern) -> None:
    assert refusal(rule(pattern=pattern)) == WIDE


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern("hbbtv.*.de", label_start=True, name_end=True),
        Pattern("ads*"),
        Pattern("casino"),
        Pattern("bet*.co.uk", label_start=True, name_end=True),
        Pattern(r"^casino\d+\.", regex=True),
    ],
)
def test_a_pattern_that_says_enough_is_kept(pattern: Pattern) -> None:
    assert not refusal(rule(pattern=pattern))
