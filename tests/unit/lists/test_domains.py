"""One line of a list of domains."""

from __future__ import annotations

import pytest

from guardian.lists.domains import LOCAL_NAMES, SEVERAL_WORDS, read_domain
from guardian.lists.hostname import Refusal
from guardian.lists.text import Report
from guardian.model import Rule, Scope

EXAMPLE = b"\x07example\x03com\x00"


def read(line: bytes, scope: Scope = Scope.EXACT) -> tuple[Rule | None, Report]:
    report = Report()
    return read_domain(line.split(), line=7, scope=scope, report=report), report


@pytest.mark.parametrize(("scope", "suffix"), [(Scope.EXACT, False), (Scope.SUFFIX, True)])
def test_a_name_covers_what_the_scope_of_its_list_says(scope: Scope, suffix: bool) -> None:  # noqa: FBT001
    rule, report = read(b"Example.com", scope)
    assert rule == Rule(EXAMPLE, suffix=suffix, exact=True, exception=False, important=False, line=7)
    assert (report.rules, report.refused) == (1, 0)


@pytest.mark.parametrize("line", [b"*.example.com", b".example.com", b"*.EXAMPLE.com."])
@pytest.mark.parametrize("scope", list(Scope))
def test_a_star_or_a_dot_in_front_covers_the_name_and_all_below(line: bytes, scope: Scope) -> None:
    rule, _ = read(line, scope)
    assert rule == Rule(EXAMPLE, suffix=True, exact=True, exception=False, important=False, line=7)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"*.com", Refusal.SINGLE_LABEL),
        (b".com", Refusal.SINGLE_LABEL),
        (b"t", Refusal.SINGLE_LABEL),
        (b"*", Refusal.STAR),
        (b"*.*.example.com", Refusal.STAR),
        (b"a.*.example.com", Refusal.STAR),
        (b"*example.com", Refusal.STAR),
        (b"example.*", Refusal.STAR),
        (b"..example.com", Refusal.EMPTY_LABEL),
        (b"red herring line", SEVERAL_WORDS),
        (b"example.com example.org", SEVERAL_WORDS),
        (b"medium.com/generative-ai/", Refusal.WEB_ADDRESS),
    ],
)
def test_what_is_no_domain_is_refused_with_its_line(line: bytes, why: str) -> None:
    rule, report = read(line)
    assert rule is None
    assert report.refusals == [(7, why)]
    assert report.rules == 0


@pytest.mark.parametrize("line", [b"85.17.187.83", b"2001:db8::1", b"::1"])
def test_an_address_is_counted_and_is_no_rule(line: bytes) -> None:
    rule, report = read(line)
    assert rule is None
    assert (report.addresses, report.refused) == (1, 0)


@pytest.mark.parametrize("name", sorted(LOCAL_NAMES))
def test_the_names_of_this_machine_are_passed_over_in_silence(name: bytes) -> None:
    rule, report = read(name.upper())
    assert rule is None
    assert (report.local_names, report.refused) == (1, 0)


def test_an_undecodable_label_is_kept_and_counted() -> None:
    rule, report = read(b"xn---mllerk1va.com")
    assert rule is not None
    assert rule.name == b"\x0exn---mllerk1va\x03com\x00"
    assert (report.undecodable, report.rules, report.refused) == (1, 1, 0)
    assert read(b"xn--mnchen-3ya.de")[1].undecodable == 0
