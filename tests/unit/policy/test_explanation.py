"""Why a policy leaves a name open or closes it, told stage by stage."""

from __future__ import annotations

import io
from functools import cache

import pytest

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Asker, Band, Condition, ListKind, Pattern, Reason, Rule, Verdict
from guardian.policy.bands import BandRules
from guardian.policy.explanation import Findings, find_out
from guardian.policy.policy import Policy
from guardian.wire.names import label_offsets, to_wire

TEEN = BandRules(Band.TEEN, allow_only=False, closed=frozenset({"gambling", "scams"}), threats=frozenset({"scams"}))
LITTLE = TEEN._replace(band=Band.EARLY, allow_only=True)
ADULT = BandRules(Band.ADULT, allow_only=False, closed=frozenset(), threats=frozenset())
STAGES = [
    "compiled set",
    "protected names",
    "malicious software and scams",
    "allow lists",
    "lists by category",
    "all else",
]


@cache
def domains() -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for identity, kind, category, names in (
        ("protected", ListKind.PROTECTED, "", ["help.bet.example"]),
        ("first-steps", ListKind.ALLOW, "", ["stories.example"]),
        ("bets", ListKind.BLOCK, "gambling", ["bet.example", "alone.example"]),
        ("traps", ListKind.BLOCK, "scams", ["trap.example"]),
    ):
        info = ListInfo(identity, identity.title(), kind, category, f"{identity}.txt", "2026-11-24")
        compiler.add(info, (Rule(to_wire(name), name != "alone.example", True, False, False, 1) for name in names))
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def told(
    name: str, rules: BandRules, *, qtype: int = 1, over: DomainSet | None = None
) -> tuple[Verdict, Findings, dict[str, str]]:
    chosen = over or domains()
    policy = Policy(rules, chosen.lists, chosen.rows())
    wire, asker = to_wire(name), Asker("")
    labels = label_offsets(wire)
    verdict, _ = policy.judge(chosen, wire, labels, qtype, asker)
    found = find_out(wire, labels, chosen, policy, qtype, asker, verdict)
    assert [one.stage for one in found.stages] == STAGES
    return verdict, found, {one.stage: one.finding for one in found.stages}


def test_a_closed_name_names_its_list_and_its_category() -> None:
    verdict, found, stages = told("www.bet.example", TEEN)
    assert (found.stored, verdict.reason) == ("bet.example", Reason.CATEGORY)
    assert stages["lists by category"] == "bets (gambling, closed for 13-15)"
    assert stages["malicious software and scams"] == "on none"


def test_a_scam_is_told_before_the_allow_lists_that_do_not_open_it() -> None:
    verdict, _, stages = told("trap.example", TEEN)
    assert verdict.reason is Reason.THREAT
    assert stages["malicious software and scams"] == "traps (scams, closed for 13-15)"
    assert stages["lists by category"] == "on none"


def test_a_listed_name_whose_category_is_open_is_told_with_its_list() -> None:
    verdict, found, stages = told("bet.example", ADULT)
    assert stages["lists by category"] == "bets (gambling, open for adult)"
    assert (verdict.blocked, found.kept_open) == (False, ("bets (gambling)",))


def test_a_protected_name_is_told_as_protected_beside_what_would_block_it() -> None:
    verdict, found, stages = told("help.bet.example", TEEN)
    assert stages["protected names"] == "protected"
    assert stages["lists by category"] == "bets (gambling, closed for 13-15)"
    assert (verdict.reason, found.kept_open) == (Reason.PROTECTED, ())


@pytest.mark.parametrize(
    ("name", "rules", "finding", "opened"),
    [
        ("www.stories.example", LITTLE, "first-steps", True),
        ("www.stories.example", TEEN, "first-steps", True),
        ("news.example", LITTLE, "on none", False),
        ("news.example", TEEN, "on none", True),
    ],
)
def test_the_allow_list_is_told_and_whether_it_is_the_only_door(
    name: str, rules: BandRules, finding: str, *, opened: bool
) -> None:
    verdict, _, stages = told(name, rules)
    assert (stages["allow lists"], verdict.blocked) == (finding, not opened)
    only = "closed: 0-5 opens only what is protected or on an allow list"
    assert stages["all else"] == (only if rules is LITTLE else "open for 13-15")


def test_a_name_of_no_list_is_told_to_be_on_none() -> None:
    _, found, stages = told("news.example", TEEN)
    assert (found.stored, found.kept_open) == ("", ())
    assert stages["compiled set"] == "neither the name nor one above it is stored"


def test_a_list_that_names_only_the_name_above_is_not_told() -> None:
    assert told("alone.example", TEEN)[2]["lists by category"] == "bets (gambling, closed for 13-15)"
    verdict, _, stages = told("www.alone.example", TEEN)
    assert (stages["lists by category"], verdict.blocked) == ("on none", False)


def compiled(*rules: Rule) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler.add(ListInfo("bets", "Bets", ListKind.BLOCK, "gambling", "bets.txt"), rules)
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def test_a_pattern_and_the_type_asked_are_told() -> None:
    own = compiled(
        Rule(b"", False, False, False, False, 1, pattern=Pattern("casino*.example", name_end=True)),
        Rule(to_wire("bet.example"), True, True, False, False, 2, condition=Condition(types=frozenset({28}))),
    )
    verdict, _, stages = told("casino7.example", TEEN, over=own)
    assert verdict.blocked
    assert stages["compiled set"].endswith("; the pattern casino*.example means it")
    assert stages["lists by category"] == "bets (gambling, closed for 13-15)"
    assert not told("bet.example", TEEN, over=own)[0].blocked
    assert told("bet.example", TEEN, over=own, qtype=28)[0].blocked


def test_a_name_that_its_own_list_excepts_is_not_called_closed() -> None:
    own = compiled(
        Rule(to_wire("bet.example"), True, True, False, False, 1),
        Rule(to_wire("rules.bet.example"), True, True, True, False, 2),
    )
    verdict, found, stages = told("rules.bet.example", TEEN, over=own)
    assert (verdict.blocked, found.kept_open) == (False, ())
    assert stages["lists by category"] == "bets (gambling, which excepts it itself)"
