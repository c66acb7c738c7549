"""One band's verdicts with conditions, patterns, cancelled rules and exceptions that reach a category.

Law 1: the oracle reads the rules one by one, as text; it knows no hash, no key, no class and no folding.
"""

from __future__ import annotations

import io
import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo, verify
from guardian.model import Asker, Band, Condition, ListKind, Pattern, Reason, Rule, Verdict
from guardian.policy.bands import BandRules
from guardian.policy.policy import CLOSED, OPEN, Policy
from guardian.wire.names import label_offsets, to_text, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

A, AAAA = 1, 28
TEEN = BandRules(Band.TEEN, allow_only=False, closed=frozenset({"bets", "scams"}), threats=frozenset({"scams"}))
LITTLE = TEEN._replace(band=Band.EARLY, allow_only=True)
PHONE = Asker("192.168.1.5", frozenset({"device_phone"}))
TABLET = Asker("192.168.1.6")
QUESTIONS = ((A, PHONE), (AAAA, PHONE), (AAAA, TABLET))


class Listed(NamedTuple):
    """One list of a set."""

    kind: ListKind
    category: str
    rules: Sequence[Rule]
    undoes: str = "list"


def compiled(lists: Sequence[Listed]) -> DomainSet:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for number, one in enumerate(lists):
        compiler.add(ListInfo(f"list-{number}", "", one.kind, one.category, "", undoes=one.undoes), one.rules)
    compiler.write(output)
    verify(memoryview(output.getvalue()))
    return DomainSet(memoryview(output.getvalue()))


def judge(domains: DomainSet, policy: Policy, name: str, qtype: int = A, asker: Asker = PHONE) -> tuple[Verdict, int]:
    wire = to_wire(name)
    return policy.judge(domains, wire, label_offsets(wire), qtype, asker)


# --- the oracle -------------------------------------------------------------------------------------------------------


def same(rule: Rule) -> Rule:
    return rule._replace(cancels=False, line=0)


def in_force(one: Listed) -> list[Rule]:
    gone = {same(rule) for rule in one.rules if rule.cancels}
    return [rule for rule in one.rules if not rule.cancels and same(rule) not in gone]


def is_below(name: str, parent: str) -> bool:
    return name.endswith("." + parent)


def speaks(rule: Rule, name: str, qtype: int, asker: Asker) -> bool:
    if rule.pattern:
        start = r"(?:^|\.)" if rule.pattern.label_start else ""
        body = ".*".join(map(re.escape, rule.pattern.text.split("*")))
        if not re.search(start + body + (r"\Z" if rule.pattern.name_end else ""), name):
            return False
    elif not (rule.exact if name == to_text(rule.name) else rule.suffix and is_below(name, to_text(rule.name))):
        return False
    asked = rule.condition or Condition()
    outside = [to_text(one) for one in asked.outside]
    return (
        (not asked.types or qtype in asked.types)
        and not any(name == one or is_below(name, one) for one in outside)
        and (not asked.clients or asker.client in asked.clients)
        and not asker.tags & set(asked.not_tags)
    )


def closing(lists: Sequence[Listed], spoken: Sequence[Sequence[Rule]], categories: frozenset[str]) -> list[int]:
    """Give the lists that block, after their own exceptions and those that reach their category."""
    found = []
    for number, one in enumerate(lists):
        if one.kind is not ListKind.BLOCK or one.category not in categories:
            continue
        reaching = [
            rule
            for other, rules in zip(lists, spoken, strict=True)
            if other.kind is ListKind.BLOCK and other.undoes == "category" and other.category == one.category
            for rule in rules
            if rule.exception
        ]
        words = {(rule.exception, rule.important) for rule in (*spoken[number], *reaching)}
        first = next(
            (word for word in ((True, True), (False, True), (True, False), (False, False)) if word in words), None
        )
        if first and not first[0]:
            found.append(number)
    return found


def judged(lists: Sequence[Listed], rules: BandRules, name: str, qtype: int, asker: Asker) -> Verdict:
    """Give the verdict, all but whether it covers what is below."""
    spoken = [[rule for rule in in_force(one) if speaks(rule, name, qtype, asker)] for one in lists]

    def naming(kind: ListKind) -> int:
        named = (any(not rule.exception for rule in said) for said in spoken)
        return next((at for at, found in enumerate(named) if found and lists[at].kind is kind), -1)

    if (at := naming(ListKind.PROTECTED)) >= 0:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=at)
    for categories, reason in ((rules.threats, Reason.THREAT), (rules.closed, Reason.CATEGORY)):
        if reason is Reason.CATEGORY and (at := naming(ListKind.ALLOW)) >= 0:
            return Verdict(blocked=False, reason=Reason.ALLOW_LIST, list_index=at)
        if found := closing(lists, spoken, categories):
            return Verdict(blocked=True, reason=reason, list_index=found[0])
    return CLOSED if rules.allow_only else OPEN


# --- the property -----------------------------------------------------------------------------------------------------

NAMES = [".".join((*labels, "bet")) for depth in range(4) for labels in itertools.product(("aaa", "b"), repeat=depth)]
CONDITIONS = st.sampled_from(
    [
        Condition(types=frozenset({AAAA})),
        Condition(outside=(to_wire("aaa.bet"),)),
        Condition(clients=("192.168.1.5",)),
        Condition(not_tags=("device_phone",)),
    ]
)
PATTERNS = st.sampled_from(
    [Pattern("aaa*bet", name_end=True), Pattern("aaa.b", label_start=True), Pattern("b.aaa"), Pattern("a.aaa*")]
)
BLOCKS = st.builds(
    Rule,
    name=st.sampled_from(NAMES).map(to_wire),
    suffix=st.sampled_from((True, True, False)),
    exact=st.just(True),
    exception=st.sampled_from((False, False, True)),
    important=st.sampled_from((False, False, True)),
    line=st.just(0),
    cancels=st.sampled_from((False, False, False, True)),
    condition=st.one_of(st.none(), CONDITIONS),
    pattern=st.none(),
)
SHAPED = st.tuples(BLOCKS, PATTERNS).map(
    lambda drawn: drawn[0]._replace(name=b"", suffix=False, exact=False, pattern=drawn[1])
)
RULES = st.lists(st.one_of(BLOCKS, BLOCKS, SHAPED), max_size=6).map(
    # some rules stand there twice, once to cancel the other
    lambda rules: [*rules, *(rule._replace(cancels=True) for rule in rules[:1] if rule.line == 0 and len(rules) > 3)]
)
BLOCKING = st.builds(
    Listed,
    st.just(ListKind.BLOCK),
    st.sampled_from(("bets", "scams", "open-to-all")),
    RULES,
    st.sampled_from(("list", "category")),
)
OTHERS = st.builds(Listed, st.sampled_from((ListKind.ALLOW, ListKind.PROTECTED)), st.just(""), RULES, st.just("list"))


@settings(max_examples=22, deadline=None)
@given(st.lists(st.one_of(BLOCKING, BLOCKING, OTHERS), min_size=1, max_size=4))
def test_every_question_is_judged_as_the_rules_say(lists: list[Listed]) -> None:
    domains = compiled(lists)
    verdicts: dict[tuple[str, int, Asker], Verdict] = {}
    for name, (qtype, asker) in itertools.product([*NAMES, "c.b.bet", "x"], QUESTIONS):
        for rules in (TEEN, LITTLE):
            policy = Policy(rules, domains.lists, domains.rows())
            verdict, label = judge(domains, policy, name, qtype, asker)
            assert verdict._replace(covers_below=False) == judged(lists, rules, name, qtype, asker), (
                name,
                qtype,
                rules,
            )
            assert 0 <= label < len(name.split("."))
        verdicts[name, qtype, asker] = verdict
    # RFC 8020: NXDOMAIN denies the name for every type, and all below it.
    gone = [(name, asker) for (name, _, asker), verdict in verdicts.items() if verdict.covers_below]
    opened = [(name, asker) for (name, _, asker), verdict in verdicts.items() if not verdict.blocked]
    assert not [
        (name, parent)
        for name, asker in opened
        for parent, other in gone
        if asker == other and (name == parent or is_below(name, parent))
    ]


# --- the rules, one by one --------------------------------------------------------------------------------------------


def plain(name: str, **fields: object) -> Rule:
    return Rule(to_wire(name), True, True, False, False, 1)._replace(**fields)  # type: ignore[arg-type]


def shaped(text: str, **fields: object) -> Rule:
    return plain("x", **fields)._replace(name=b"", pattern=Pattern(text))


def verdict(name: str, *lists: Listed, qtype: int = A) -> Verdict:
    domains = compiled(lists)
    return judge(domains, Policy(TEEN, domains.lists, domains.rows()), name, qtype)[0]


def bets(*rules: Rule, undoes: str = "list") -> Listed:
    return Listed(ListKind.BLOCK, "bets", rules, undoes)


def test_a_protected_name_is_open_against_conditions_and_patterns_too() -> None:
    loud = bets(
        shaped("help", important=True),
        plain("help.example", important=True, condition=Condition(types=frozenset({A}))),
    )
    protected = Listed(ListKind.PROTECTED, "", [plain("help.example")])
    for name in ("help.example", "www.help.example"):
        assert verdict(name, loud, protected) == Verdict(blocked=False, reason=Reason.PROTECTED, list_index=1)


def test_a_name_blocked_for_one_type_exists_and_its_other_types_are_open() -> None:
    rules = bets(plain("bet.example", condition=Condition(types=frozenset({AAAA}))))
    assert verdict("www.bet.example", rules, qtype=AAAA) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)
    assert not verdict("www.bet.example", rules, qtype=A).blocked


def test_a_name_opened_for_one_type_is_not_denied_for_the_others() -> None:
    rules = bets(plain("bet.example"), plain("bet.example", exception=True, condition=Condition(types=frozenset({A}))))
    assert not verdict("bet.example", rules, qtype=A).blocked
    assert verdict("bet.example", rules, qtype=AAAA) == Verdict(True, Reason.CATEGORY, 0, covers_below=False)


def test_a_list_whose_patterns_open_denies_no_name_below() -> None:
    opening = shaped("good", exception=True)
    assert verdict("bet.example", bets(plain("bet.example"))).covers_below
    assert not verdict("bet.example", bets(plain("bet.example"), opening)).covers_below
    assert verdict("bet.example", bets(plain("bet.example")), bets(opening)).covers_below
    assert not verdict("bet.example", bets(plain("bet.example")), bets(opening, undoes="category")).covers_below
    allow = Listed(ListKind.ALLOW, "", [shaped("good")])
    assert not verdict("bet.example", bets(plain("bet.example")), allow).covers_below


def test_an_exception_reaches_the_lists_of_its_category_only_where_the_catalogue_says_so() -> None:
    block = bets(plain("bet.example"))
    exception = plain("bet.example", exception=True)
    assert verdict("bet.example", block, bets(exception)).blocked
    assert not verdict("bet.example", block, bets(exception, undoes="category")).blocked
    scams = Listed(ListKind.BLOCK, "scams", [plain("bet.example")])
    assert verdict("bet.example", scams, bets(exception, undoes="category")).reason is Reason.THREAT
    important = bets(plain("bet.example", important=True))
    assert verdict("bet.example", important, bets(exception, undoes="category")).blocked


@pytest.mark.parametrize(
    "rule", [plain("bet.example"), shaped("bet"), plain("bet.example", condition=Condition(types=frozenset({A})))]
)
def test_a_cancelled_rule_is_none_in_its_own_list_only(rule: Rule) -> None:
    cancel = rule._replace(cancels=True, line=9)
    assert verdict("bet.example", bets(rule)).blocked
    assert not verdict("bet.example", bets(cancel, rule)).blocked
    assert verdict("bet.example", bets(rule), bets(cancel)).list_index == 0
    assert verdict("bet.example", bets(rule, cancel._replace(important=True))).blocked


def test_the_label_is_that_of_the_name_that_decided() -> None:
    domains = compiled([bets(plain("bet.example"), shaped("casino"))])
    policy = Policy(TEEN, domains.lists, domains.rows())
    assert [
        judge(domains, policy, name)[1] for name in ("a.b.bet.example", "www.casino.example", "school.example")
    ] == [2, 0, 0]


def names_of(rules: Iterable[Rule]) -> int:
    return len(compiled([bets(*rules)]))


def test_a_name_of_which_no_rule_is_left_is_not_stored() -> None:
    rule = plain("bet.example")
    assert names_of([rule]) == 1
    assert names_of([rule, rule._replace(cancels=True)]) == 0
    assert names_of([rule._replace(condition=Condition(types=frozenset({A})))]) == 1


def test_a_condition_keeps_to_what_its_rule_covers() -> None:
    limited = Condition(types=frozenset({A}))
    alone = bets(plain("bet.example", suffix=False, condition=limited))
    below = bets(plain("bet.example", exact=False, condition=limited))
    assert [verdict(name, alone).blocked for name in ("bet.example", "www.bet.example")] == [True, False]
    assert [verdict(name, below).blocked for name in ("bet.example", "www.bet.example")] == [False, True]


def test_a_name_that_is_open_for_some_is_not_denied_by_the_name_above() -> None:
    exception = plain("www.bet.example", exception=True, condition=Condition(clients=("192.168.1.6",)))
    assert not verdict("bet.example", bets(plain("bet.example"), exception)).covers_below


def test_a_condition_reaches_names_below_that_other_lists_store() -> None:
    other = Listed(ListKind.BLOCK, "open-to-all", [plain("www.bet.example")])
    limited = bets(plain("bet.example", condition=Condition(types=frozenset({A}))))
    assert verdict("www.bet.example", other, limited).list_index == 1
