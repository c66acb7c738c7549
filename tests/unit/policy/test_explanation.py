"""Why a name is open or closed, told stage by stage."""

from __future__ import annotations

import io
from functools import cache

import pytest

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Band, Condition, ListKind, Pattern, Reason, Rule
from guardian.policy.bands import BandRules
from guardian.policy.explanation import Explanation, explain
from guardian.policy.policy import Policy
from guardian.wire.names import label_offsets, to_wire

TEEN = BandRules(Band.TEEN, allow_only=False, closed=frozenset({"gambling"}), threats=frozenset())
LITTLE = TEEN._replace(band=Band.EARLY, allow_only=True)
ADULT = BandRules(Band.ADULT, allow_only=False, closed=frozenset(), threats=frozenset())


@cache
def domains() -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for identity, kind, category, names in (
        ("protected", ListKind.PROTECTED, "", ["help.bet.example"]),
        ("first-steps", ListKind.ALLOW, "", ["stories.example"]),
        ("bets", ListKind.BLOCK, "gambling", ["bet.example", "alone.example"]),
    ):
        info = ListInfo(identity, identity.title(), kind, category, f"{identity}.txt", "2026-11-24")
        compiler.add(info, (Rule(to_wire(name), name != "alone.example", True, False, False, 1) for name in names))
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def told(name: str, rules: BandRules) -> Explanation:
    policy = Policy(rules, domains().lists, domains().rows())
    explanation = explain(to_wire(name), domains(), policy, rules)
    wire = to_wire(name)
    assert explanation.verdict == policy.decide(domains().find(wire, label_offsets(wire)))
    return explanation


def findings(name: str, rules: BandRules) -> dict[str, str]:
    return dict(told(name, rules).stages)


def test_a_closed_name_names_its_list_and_its_category() -> None:
    why = told("www.bet.example", TEEN)
    assert why.stored == "bet.example"
    assert why.decided_by is not None
    assert why.decided_by.id == "bets"
    assert why.verdict.reason is Reason.CATEGORY
    stages = dict(why.stages)
    assert stages["lists by category"] == "bets (gambling, closed for 13-15)"
    assert stages["verdict"].startswith("closed: ")


def test_a_category_that_a_band_leaves_open_is_still_told() -> None:
    assert findings("bet.example", ADULT)["lists by category"] == "bets (gambling, open for adult)"
    assert findings("bet.example", ADULT)["verdict"].startswith("open: ")
    assert told("bet.example", ADULT).decided_by is None


def test_a_protected_name_is_told_as_protected_beside_what_would_block_it() -> None:
    stages = findings("help.bet.example", TEEN)
    assert stages["protected names"] == "protected"
    assert stages["lists by category"] == "bets (gambling, closed for 13-15)"
    assert stages["verdict"] == f"open: {Reason.PROTECTED.value}"


@pytest.mark.parametrize(
    ("name", "rules", "finding", "opened"),
    [
        ("www.stories.example", LITTLE, "first-steps", True),
        ("www.stories.example", TEEN, "first-steps", True),
        ("news.example", LITTLE, "on none, and this band opens only what is on one", False),
        ("news.example", TEEN, "on none", True),
    ],
)
def test_the_allow_list_is_told_and_whether_it_is_the_only_door(
    name: str, rules: BandRules, finding: str, *, opened: bool
) -> None:
    assert findings(name, rules)["allow lists"] == finding
    assert told(name, rules).verdict.blocked is not opened


def test_a_name_of_no_list_is_told_to_be_on_none() -> None:
    why = told("news.example", TEEN)
    assert (why.stored, why.decided_by) == ("", None)
    assert [stage.stage for stage in why.stages] == [
        "compiled set",
        "protected names",
        "allow lists",
        "lists by category",
        "verdict",
    ]
    assert dict(why.stages)["lists by category"] == "on none"


def test_a_list_that_names_only_the_name_above_is_not_told() -> None:
    assert findings("alone.example", TEEN)["lists by category"] == "bets (gambling, closed for 13-15)"
    assert findings("www.alone.example", TEEN)["lists by category"] == "on none"
    assert not told("www.alone.example", TEEN).verdict.blocked


def test_a_pattern_and_the_type_asked_are_told() -> None:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    rule = Rule(b"", False, False, False, False, 1, pattern=Pattern("casino*.example", name_end=True))
    limited = Rule(to_wire("bet.example"), True, True, False, False, 2, condition=Condition(types=frozenset({28})))
    compiler.add(ListInfo("bets", "Bets", ListKind.BLOCK, "gambling", "bets.txt"), [rule, limited])
    compiler.write(output)
    own = DomainSet(memoryview(output.getvalue()))
    policy = Policy(TEEN, own.lists, own.rows())
    why = explain(to_wire("casino7.example"), own, policy, TEEN)
    assert why.verdict.blocked
    assert dict(why.stages)["compiled set"].endswith("; the pattern casino*.example means it")
    assert dict(why.stages)["lists by category"] == "bets (gambling, closed for 13-15)"
    assert not explain(to_wire("bet.example"), own, policy, TEEN).verdict.blocked
    assert explain(to_wire("bet.example"), own, policy, TEEN, qtype=28).verdict.blocked
