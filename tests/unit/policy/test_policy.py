"""One band's verdicts over one set, against the rules read as a person reads them.

Law 1: the oracle works on names as text and lists one by one; it knows no bit set, no class and no folding.
"""

from __future__ import annotations

import io
import itertools
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Band, ListKind, Reason, Rule, Verdict
from guardian.policy.bands import BandRules
from guardian.policy.policy import CLOSED, OPEN, Policy
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence


class Line(NamedTuple):
    """One rule, its name as text."""

    name: str
    suffix: bool = True
    exact: bool = True
    exception: bool = False
    important: bool = False

    def covers(self, name: str) -> bool:
        return (self.exact and name == self.name) or (self.suffix and is_below(name, self.name))


class Listed(NamedTuple):
    """One list of a set."""

    kind: ListKind
    category: str
    lines: Sequence[Line]


def is_below(name: str, parent: str) -> bool:
    return name.endswith("." + parent)


def compiled(lists: Sequence[Listed]) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for number, one in enumerate(lists):
        info = ListInfo(f"list-{number}", "", one.kind, one.category, "")
        compiler.add(info, (Rule(written(line.name), *line[1:], line=1) for line in one.lines))
    compiler.write(output)
    return DomainSet(memoryview(output.getvalue()))


@cache
def written(name: str) -> bytes:
    return to_wire(name)


def decide(name: str, domains: DomainSet, policy: Policy) -> Verdict:
    wire = written(name)
    return policy.decide(domains.find(wire, label_offsets(wire)))


TEEN = BandRules(Band.TEEN, allow_only=False, closed=frozenset({"gambling", "malware"}), threats=frozenset({"malware"}))
ADULT = BandRules(Band.ADULT, allow_only=False, closed=frozenset({"malware"}), threats=frozenset({"malware"}))
LITTLE = TEEN._replace(band=Band.EARLY, allow_only=True)
OPEN_TO_ALL = BandRules(Band.ADULT, allow_only=False, closed=frozenset(), threats=frozenset())
ONLY_ALLOWED = OPEN_TO_ALL._replace(band=Band.EARLY, allow_only=True)
BANDS = (TEEN, ADULT, LITTLE, OPEN_TO_ALL, ONLY_ALLOWED)


# --- the oracle -------------------------------------------------------------------------------------------------------


def names(one: Listed, name: str) -> bool:
    return any(line.covers(name) for line in one.lines if not line.exception)


def blocks(lines: Sequence[Line]) -> bool:
    """Say whether lines of one list, all of which speak of a name, block it."""
    said = {(line.exception, line.important) for line in lines}
    for word in ((True, True), (False, True), (True, False), (False, False)):
        if word in said:
            return not word[0]
    return False


def closing(lists: Sequence[Listed], categories: frozenset[str], name: str) -> list[int]:
    return [
        number
        for number, one in enumerate(lists)
        if one.kind is ListKind.BLOCK
        and one.category in categories
        and blocks([line for line in one.lines if line.covers(name)])
    ]


def first(lists: Sequence[Listed], kind: ListKind, name: str) -> int:
    return next((at for at, one in enumerate(lists) if one.kind is kind and names(one, name)), -1)


def covers_below(lists: Sequence[Listed], rules: BandRules, name: str) -> bool:
    """Say whether all names below the stored name that decides over `name` are closed with it."""
    stored = {line.name for one in lists for line in one.lines if line.suffix or line.exact}
    while name not in stored:
        name = name.partition(".")[2]
    opened = any(
        is_below(line.name, name)
        for one in lists
        for line in one.lines
        if (one.kind is not ListKind.BLOCK or line.exception) and (line.suffix or line.exact)
    )
    below = f"none-has-this-name.{name}"
    opened |= first(lists, ListKind.PROTECTED, below) >= 0
    opened |= first(lists, ListKind.ALLOW, below) >= 0
    return bool(closing(lists, rules.closed, below)) and not opened


def judged(lists: Sequence[Listed], rules: BandRules, name: str) -> Verdict:
    if (at := first(lists, ListKind.PROTECTED, name)) >= 0:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=at)
    for categories, reason in ((rules.threats, Reason.THREAT), (rules.closed, Reason.CATEGORY)):
        if reason is Reason.CATEGORY and (at := first(lists, ListKind.ALLOW, name)) >= 0:
            return Verdict(blocked=False, reason=Reason.ALLOW_LIST, list_index=at)
        if found := closing(lists, categories, name):
            return Verdict(True, reason, found[0], covers_below(lists, rules, name))
    return CLOSED if rules.allow_only else OPEN


# --- the property -----------------------------------------------------------------------------------------------------

NAMES = [
    *(".".join((*labels, "z")) for depth in range(4) for labels in itertools.product("ab", repeat=depth)),
    "y",
    ".".join(["d"] * 30),
    ".".join(["d"] * 4),
]
FLAGS = list(itertools.product((False, True), repeat=4))
# Most rules of real lists block a name and all below it.
LINES = st.lists(
    st.one_of(
        st.sampled_from(NAMES).map(Line),
        st.tuples(st.sampled_from(NAMES), st.sampled_from(FLAGS)).map(lambda drawn: Line(drawn[0], *drawn[1])),
    ),
    max_size=6,
)
ROLES = [
    (ListKind.PROTECTED, ""),
    (ListKind.ALLOW, ""),
    (ListKind.BLOCK, "gambling"),
    (ListKind.BLOCK, "malware"),
    (ListKind.BLOCK, "open-to-all"),
]
LISTS = st.lists(st.tuples(st.sampled_from(ROLES), LINES).map(lambda drawn: Listed(*drawn[0], drawn[1])), max_size=5)


@settings(max_examples=25, deadline=None)
@given(LISTS)
def test_every_band_decides_as_the_rules_say(lists: list[Listed]) -> None:
    domains = compiled(lists)
    for rules in BANDS:
        policy = Policy(rules, domains.lists, domains.rows())
        verdicts = {name: decide(name, domains, policy) for name in [*NAMES, "c.a.b.z", "x"]}
        for name, verdict in verdicts.items():
            assert verdict == judged(lists, rules, name), (name, rules)
        gone = [name for name, verdict in verdicts.items() if verdict.covers_below]
        opened = [name for name, verdict in verdicts.items() if not verdict.blocked]
        # RFC 8020: a stub may hold NXDOMAIN of a name against all names below it.
        assert not [(name, parent) for name in opened for parent in gone if is_below(name, parent)]


# --- the rules, one by one --------------------------------------------------------------------------------------------


def verdict(name: str, rules: BandRules, *lists: Listed) -> Verdict:
    domains = compiled(lists)
    return decide(name, domains, Policy(rules, domains.lists, domains.rows()))


GAMBLING = Listed(ListKind.BLOCK, "gambling", [Line("bet.example")])
MALWARE = Listed(ListKind.BLOCK, "malware", [Line("bet.example")])


@pytest.mark.parametrize("rules", BANDS)
def test_a_protected_name_is_open_for_every_band_whatever_blocks_it(rules: BandRules) -> None:
    loud = [Line("help.example"), Line("help.example", important=True), Line("example"), Line("www.help.example")]
    lists = [
        Listed(ListKind.BLOCK, "malware", loud),
        Listed(ListKind.BLOCK, "gambling", loud),
        Listed(ListKind.PROTECTED, "", [Line("help.example")]),
    ]
    for name in ("help.example", "www.help.example", "a.b.www.help.example"):
        assert verdict(name, rules, *lists) == Verdict(blocked=False, reason=Reason.PROTECTED, list_index=2)


def test_no_exception_takes_a_protected_name_off_its_list() -> None:
    excepted = [Line("help.example"), Line("help.example", exception=True, important=True)]
    lists = [Listed(ListKind.PROTECTED, "", excepted), Listed(ListKind.BLOCK, "gambling", [Line("help.example")])]
    assert verdict("www.help.example", TEEN, *lists).reason is Reason.PROTECTED


def test_a_blocked_name_with_a_protected_one_below_exists_and_its_neighbours_do_not() -> None:
    protected = Listed(ListKind.PROTECTED, "", [Line("help.bet.example")])
    lists = (Listed(ListKind.BLOCK, "gambling", [Line("bet.example"), Line("win.example")]), protected)
    assert verdict("bet.example", TEEN, *lists) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)
    assert verdict("win.example", TEEN, *lists) == Verdict(True, Reason.CATEGORY, 0, covers_below=True)
    assert not verdict("help.bet.example", TEEN, *lists).blocked


def test_names_that_are_protected_below_a_blocked_one_keep_it_from_being_gone() -> None:
    below = Listed(ListKind.PROTECTED, "", [Line("bet.example", exact=False)])
    assert verdict("bet.example", TEEN, GAMBLING, below) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)
    assert verdict("a.bet.example", TEEN, GAMBLING, below).reason is Reason.PROTECTED
    allowed = below._replace(kind=ListKind.ALLOW)
    assert not verdict("bet.example", LITTLE, GAMBLING, allowed).covers_below
    assert not verdict("bet.example", TEEN, GAMBLING, allowed).covers_below


def test_a_block_of_the_name_alone_says_nothing_of_those_below() -> None:
    alone = Listed(ListKind.BLOCK, "gambling", [Line("bet.example", suffix=False)])
    assert verdict("bet.example", TEEN, alone) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)
    assert verdict("www.bet.example", TEEN, alone) == OPEN


def test_a_threat_is_told_before_any_other_category() -> None:
    assert verdict("bet.example", TEEN, GAMBLING, MALWARE).reason is Reason.THREAT
    assert verdict("bet.example", TEEN, GAMBLING, MALWARE).list_index == 1
    allowed = Listed(ListKind.ALLOW, "", [Line("bet.example")])
    assert verdict("bet.example", LITTLE, allowed, MALWARE).reason is Reason.THREAT


def test_what_a_band_leaves_open_is_open() -> None:
    assert verdict("bet.example", ADULT, GAMBLING) == OPEN
    assert verdict("bet.example", ADULT, GAMBLING, MALWARE).reason is Reason.THREAT


def test_the_youngest_see_the_allow_list_and_nothing_else() -> None:
    allowed = Listed(ListKind.ALLOW, "", [Line("stories.example")])
    assert verdict("www.stories.example", LITTLE, allowed).reason is Reason.ALLOW_LIST
    assert verdict("news.example", LITTLE, allowed) == CLOSED
    assert verdict("example", LITTLE, allowed) == CLOSED
    assert verdict("bet.example", LITTLE, allowed, GAMBLING).reason is Reason.CATEGORY


def test_an_allow_list_opens_what_a_category_closes_for_every_band_and_no_threat() -> None:
    allowed = Listed(ListKind.ALLOW, "", [Line("bet.example")])
    for rules in (LITTLE, TEEN):
        assert verdict("www.bet.example", rules, GAMBLING, allowed).reason is Reason.ALLOW_LIST
        assert verdict("www.bet.example", rules, GAMBLING, allowed, MALWARE).reason is Reason.THREAT
    above = GAMBLING._replace(lines=[Line("example")])
    assert not verdict("example", TEEN, above, allowed).covers_below


def test_an_exception_opens_only_what_its_own_list_closed() -> None:
    excepting = Listed(ListKind.BLOCK, "gambling", [Line("bet.example"), Line("a.bet.example", exception=True)])
    assert not verdict("a.bet.example", TEEN, excepting).blocked
    assert verdict("a.bet.example", TEEN, excepting, GAMBLING).list_index == 1
    assert verdict("b.bet.example", TEEN, excepting).blocked
    assert verdict("bet.example", TEEN, excepting) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)


def test_an_important_block_stands_against_a_plain_exception() -> None:
    lines = [Line("bet.example", important=True), Line("bet.example", exception=True)]
    assert verdict("bet.example", TEEN, Listed(ListKind.BLOCK, "gambling", lines)).blocked
    lines.append(Line("bet.example", exception=True, important=True))
    assert not verdict("bet.example", TEEN, Listed(ListKind.BLOCK, "gambling", lines)).blocked


def test_the_first_list_that_closes_a_name_is_the_one_told() -> None:
    assert verdict("bet.example", TEEN, GAMBLING, GAMBLING).list_index == 0
