"""What comes first where several decisions speak of one name: the order of precedence, pair by pair."""

from __future__ import annotations

import io
import itertools
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Asker, Band, ListKind, Reason, Rule, Verdict
from guardian.policy.bands import BandRules
from guardian.policy.policy import Policy, is_closed_to_strangers
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

NAME: Final = to_wire("club.example")
NONE: Final = frozenset[str]()
TEEN: Final = BandRules(Band.TEEN, allow_only=False, closed=NONE, threats=NONE)


class Decision(NamedTuple):
    """What one place of the order holds: a list that names the name, or rules, or both; and its verdict."""

    verdict: tuple[bool, Reason]
    info: ListInfo | None = None
    rules: BandRules = TEEN


def listed(kind: ListKind, category: str = "", identity: str = "", *, yields: bool = False) -> ListInfo:
    return ListInfo(identity or category or kind.value, "", kind, category, "", yields=yields)


def closing(category: str) -> frozenset[str]:
    return frozenset({category})


ORDER: Final = {
    "protected": Decision((False, Reason.PROTECTED), listed(ListKind.PROTECTED)),
    "a parent's allow": Decision((False, Reason.PARENT_ALLOWS), rules=TEEN._replace(allows=frozenset({NAME}))),
    "a parent's block": Decision((True, Reason.PARENT_CLOSES), rules=TEEN._replace(blocks=frozenset({NAME}))),
    "bypass": Decision(
        (True, Reason.CATEGORY),
        listed(ListKind.BLOCK, "bypass"),
        TEEN._replace(closed=closing("bypass"), bypass=closing("bypass")),
    ),
    "off": Decision((True, Reason.OFF), rules=TEEN._replace(timed=(("everything", Reason.OFF),))),
    "hours on a category": Decision(
        (True, Reason.HOURS),
        listed(ListKind.BLOCK, "games"),
        TEEN._replace(timed=(("category:games", Reason.HOURS),)),
    ),
    "a closed service": Decision(
        (True, Reason.SERVICE), listed(ListKind.BLOCK, "video", "films"), TEEN._replace(services=closing("films"))
    ),
    "a threat": Decision(
        (True, Reason.THREAT),
        listed(ListKind.BLOCK, "malware"),
        TEEN._replace(closed=closing("malware"), threats=closing("malware")),
    ),
    "an opened service": Decision(
        (False, Reason.SERVICE), listed(ListKind.BLOCK, "social", "friends"), TEEN._replace(opened=closing("friends"))
    ),
    "allow list": Decision((False, Reason.ALLOW_LIST), listed(ListKind.ALLOW)),
    "category": Decision(
        (True, Reason.CATEGORY), listed(ListKind.BLOCK, "gambling"), TEEN._replace(closed=closing("gambling"))
    ),
    "allow-only": Decision((True, Reason.NOT_ON_ALLOW_LIST), rules=TEEN._replace(allow_only=True)),
    "default": Decision((False, Reason.DEFAULT)),
}


def compiled(infos: Iterable[ListInfo], name: bytes = NAME) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for info in infos:
        compiler.add(info, [Rule(name, suffix=True, exact=True, exception=False, important=False, line=1)])
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


def joined(decisions: Sequence[Decision]) -> BandRules:
    """Give rules that hold all that these hold."""
    rules = TEEN
    for one in (decision.rules for decision in decisions):
        rules = BandRules(
            Band.TEEN,
            allow_only=rules.allow_only or one.allow_only,
            closed=rules.closed | one.closed,
            threats=rules.threats | one.threats,
            bypass=rules.bypass | one.bypass,
            services=rules.services | one.services,
            opened=rules.opened | one.opened,
            timed=tuple(sorted({**dict(rules.timed), **dict(one.timed)}.items())),
            allows=rules.allows | one.allows,
            blocks=rules.blocks | one.blocks,
            lesson=rules.lesson | one.lesson,
        )
    return rules


def judged(name: bytes, domains: DomainSet, *rules: BandRules) -> Verdict:
    policy = Policy(rules[0], domains.lists, domains.rows(), rules[1:])
    return policy.judge(domains, name, label_offsets(name), 1, Asker(""))[0]


def verdict(*decisions: Decision, name: bytes = NAME) -> tuple[bool, Reason]:
    domains = compiled(one.info for one in decisions if one.info)
    found = judged(name, domains, joined(decisions))
    return found.blocked, found.reason


@pytest.mark.parametrize(("first", "second"), [*itertools.combinations(ORDER, 2)])
def test_of_two_decisions_the_first_in_the_order_counts(first: str, second: str) -> None:
    assert verdict(ORDER[first], ORDER[second]) == ORDER[first].verdict
    assert verdict(ORDER[second], ORDER[first]) == ORDER[first].verdict


@pytest.mark.parametrize("place", ORDER)
def test_each_decision_counts_for_what_is_below_the_name(place: str) -> None:
    assert verdict(ORDER[place], name=to_wire("www.club.example")) == ORDER[place].verdict


# --- what stands beside the order -------------------------------------------------------------------------------------

BY_DAY: Final = Decision((False, Reason.PROTECTED), listed(ListKind.PROTECTED, identity="by-day", yields=True))
LESSON: Final = Decision(
    (False, Reason.LESSON), rules=TEEN._replace(timed=(("everything", Reason.LESSON),), lesson=frozenset({NAME}))
)


@pytest.mark.parametrize("place", [place for place in ORDER if place not in {"protected", "a parent's allow"}])
def test_what_is_protected_by_day_yields_to_hours_on_everything_alone(place: str) -> None:
    assert verdict(BY_DAY, ORDER[place]) == (ORDER[place] if place == "off" else BY_DAY).verdict


@pytest.mark.parametrize("place", [place for place in ORDER if place != "off"])
def test_a_lessons_own_site_is_open_but_for_what_a_parent_closed_what_harms_and_what_leads_round(place: str) -> None:
    stronger = {"protected", "a parent's allow", "a parent's block", "bypass"}
    expected = ORDER[place].verdict if place in stronger else LESSON.verdict
    if place == "a threat":
        expected = (True, Reason.LESSON)
    assert verdict(LESSON, ORDER[place]) == expected


@pytest.mark.parametrize("place", [place for place in ORDER if place != "off"])
def test_during_a_lesson_every_other_site_is_closed_but_what_is_always_open(place: str) -> None:
    other = LESSON._replace(rules=LESSON.rules._replace(lesson=frozenset({to_wire("school.example")})))
    stronger = {"protected", "a parent's allow", "a parent's block", "bypass"}
    expected = ORDER[place].verdict if place in stronger else (True, Reason.LESSON)
    assert verdict(other, ORDER[place]) == expected


def test_a_name_open_below_a_closed_one_keeps_it_from_being_denied() -> None:
    domains = compiled([listed(ListKind.BLOCK, "gambling")])
    rules = TEEN._replace(closed=closing("gambling"))
    assert judged(NAME, domains, rules).covers_below
    chess = to_wire("chess.club.example")
    assert not judged(NAME, domains, rules._replace(allows=frozenset({chess}))).covers_below
    assert judged(to_wire("other.club.example"), domains, rules._replace(allows=frozenset({chess}))).covers_below
    assert not judged(chess, domains, rules._replace(allows=frozenset({chess}))).blocked


def test_an_opened_service_below_a_closed_name_keeps_that_one_from_being_denied_and_no_other() -> None:
    infos = [
        listed(ListKind.BLOCK, "gambling"),
        listed(ListKind.BLOCK, "ads"),
        listed(ListKind.BLOCK, "social", "friends"),
    ]
    names = [[NAME], [to_wire("banner.example")], [to_wire("friends.club.example")]]
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for info, named in zip(infos, names, strict=True):
        compiler.add(info, [Rule(name, True, True, False, False, 1) for name in named])
    compiler.write(output)
    domains = DomainSet(memoryview(output.getvalue()))
    closed = TEEN._replace(closed=frozenset({"gambling", "ads", "social"}))
    opened = closed._replace(opened=closing("friends"))
    assert judged(NAME, domains, closed).covers_below
    assert not judged(NAME, domains, opened).covers_below
    assert judged(to_wire("banner.example"), domains, opened).covers_below
    assert not judged(to_wire("friends.club.example"), domains, opened).blocked


@pytest.mark.parametrize(
    ("place", "closed"),
    [("off", True), ("allow-only", True), ("a parent's block", False), ("category", False), ("default", False)],
)
def test_the_printer_is_reached_whenever_only_strangers_are_closed(place: str, *, closed: bool) -> None:
    domains = compiled(one for one in [ORDER[place].info] if one)
    assert is_closed_to_strangers(judged(NAME, domains, ORDER[place].rules)) is closed


# --- several children on one device -----------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(sorted(ORDER)), max_size=4),
    st.lists(st.lists(st.sampled_from(sorted(ORDER)), max_size=3), min_size=2, max_size=3),
)
def test_open_on_a_shared_device_is_what_is_open_for_each(on_lists: list[str], children: list[list[str]]) -> None:
    infos = [ORDER[place].info for place in ORDER if place in {*on_lists, *itertools.chain(*children)}]
    domains = compiled(one for one in infos if one)
    rules = [joined([ORDER["default"], *(ORDER[place] for place in places)]) for places in children]
    alone = [judged(NAME, domains, one) for one in rules]
    together = judged(NAME, domains, *rules)
    assert together.blocked == any(one.blocked for one in alone)
    # what is below the name may be open to another of them: then the name alone is denied
    assert any(together in (one, one._replace(covers_below=False)) for one in alone)
