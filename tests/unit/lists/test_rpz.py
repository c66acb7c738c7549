"""Response policy zones: whole ones, and the fragments that lists are published as."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from guardian.lists.hostname import Refusal
from guardian.lists.objection import Objection
from guardian.lists.rpz import Zone
from guardian.lists.text import Report
from guardian.model import Format, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

ZONE = """$TTL 1h
$ORIGIN rpz.example.
@ IN SOA ns.example. (admin) host.example. (
    2026010100 ; serial ( not a bracket
    3600 600   ; refresh, retry
    86400 60 )
  IN NS localhost.
a.example 60 IN CNAME .
          IN TXT "a ; no comment ) here"
*.a.example IN 60 CNAME .
B.example CNAME *. ; no data
c.example.rpz.example. cname rpz-passthru.
d.example CNAME d.example.
e.example CNAME rpz-drop.
f.example CNAME walled.garden.example.
g.example A 192.0.2.1
g.example AAAA 2001:db8::1
h.example CNAME rpz-tcp-only.
24.0.2.0.192.rpz-ip CNAME .
32.1.0.0.127.rpz-client-ip CNAME rpz-drop.
ns.example.rpz-nsdname CNAME .
outside.example. CNAME .
$ORIGIN sub.rpz.example.
i.example CNAME .
"""


def test_a_whole_zone(told: Callable[..., list[str]]) -> None:
    assert told(ZONE, Format.RPZ) == [
        "block a.example",
        "block below a.example",
        "block b.example",
        "open c.example",
        "open d.example",
        "block e.example",
        "block f.example",
        "block g.example",
        "block g.example",
        "block i.example.sub",
        f"22: {Objection.OUT_OF_ZONE}",
        "5 ignored",
    ]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("a.example CNAME .", ["block a.example"]),
        ("a.example. CNAME .", ["block a.example"]),
        ("a.example\tIN\tCNAME\t.\r", ["block a.example"]),
        ("a.example IN cname ( . )", ["block a.example"]),
        ("*.a.example CNAME *.", ["block below a.example"]),
        ("*.a.example CNAME rpz-passthru.", ["open below a.example"]),
        ("ä.example CNAME .", ["block xn--4ca.example"]),
        ("localhost CNAME .", ["1 local name"]),
        ("192.0.2.1 CNAME .", ["1 address"]),
        ("; a.example CNAME .", []),
        ("", []),
        ("com CNAME .", [f"1: {Refusal.SINGLE_LABEL}"]),
        ("a.* CNAME .", [f"1: {Refusal.STAR}"]),
        ("*.a.*.b CNAME .", [f"1: {Refusal.STAR}"]),
        ("a.example", [f"1: {Objection.NOT_A_RECORD}"]),
        ("a.example CNAME", [f"1: {Objection.NOT_A_RECORD}"]),
        ("a.example b.example c.example", [f"1: {Objection.NOT_A_RECORD}"]),
        ("$INCLUDE other.zone", [f"1: {Objection.NOT_A_RECORD}"]),
        ("  CNAME .", [f"1: {Refusal.EMPTY_LABEL}"]),
    ],
)
def test_what_a_line_means(told: Callable[..., list[str]], line: str, meaning: list[str]) -> None:
    assert told(line, Format.RPZ) == meaning


def test_of_several_names_for_one_trigger_the_first_counts(told: Callable[..., list[str]]) -> None:
    text = "a.example CNAME .\na.example CNAME rpz-passthru.\nb.example CNAME rpz-passthru.\nb.example CNAME ."
    assert told(text, Format.RPZ) == ["block a.example", "open b.example"]


def test_behind_the_bound_a_second_name_is_no_longer_known() -> None:
    zone = Zone(Report(), Scope.EXACT, max_owners=1)
    lines = [b"a.example CNAME .", b"b.example CNAME .", b"a.example CNAME .", b"b.example CNAME ."]
    assert [len(list(zone.read_line(text, line))) for line, text in enumerate(lines, 1)] == [1, 1, 0, 1]


def test_a_blank_at_the_start_stands_for_the_name_before(told: Callable[..., list[str]]) -> None:
    assert told("a.example TXT x\n\tCNAME .", Format.RPZ) == ["block a.example", "1 ignored"]


def test_a_bracket_that_never_closes_costs_no_more_than_a_piece_of_the_file(told: Callable[..., list[str]]) -> None:
    text = "a.example CNAME (\n" + "b.example CNAME .\n" * 300 + "c.example CNAME ."
    found = told(text, Format.RPZ)
    assert found == ["block b.example", "block c.example", f"1: {Objection.LONG_RECORD}"]


def test_a_zone_without_a_name_may_name_its_triggers_in_full(told: Callable[..., list[str]]) -> None:
    assert told("@ SOA a. b. 1 1 1 1 1\na.example. CNAME .", Format.RPZ) == ["block a.example"]


def test_a_scope_that_is_given_covers_what_is_below() -> None:
    report = Report()
    zone = Zone(report, Scope.SUFFIX)
    rules = [
        rule for text in io.BytesIO(b"a.example CNAME .\n*.b.example CNAME .\n") for rule in zone.read_line(text, 1)
    ]
    assert [(rule.suffix, rule.exact) for rule in rules] == [(True, True), (True, False)]
