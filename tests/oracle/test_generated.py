"""dnsmasq and unbound, given the same rules, give the same verdicts; only documented differences are forgiven."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.wire.names import to_wire
from tests.oracle.documented import differences
from tests.oracle.ours import Ours
from tests.oracle.peers import Kind, Question, Says, ask_all, serving
from tests.oracle.rules import as_dnsmasq, as_hosts, as_rpz, as_unbound, intents, near

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.model import Rule
    from tests.live.authority import Authority
    from tests.oracle.rules import Intent

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "differences.md"
RULES = 320
NAMES = 2_400
TYPES = ("A", "A", "A", "AAAA", "HTTPS", "TXT")


class Recipe(NamedTuple):
    """How rules are made for a server."""

    write: Callable[[list[Intent], random.Random], str]
    exact: float
    opening: float


class Case(NamedTuple):
    """A question over which the two differ."""

    asked: Question
    theirs: Says
    met: list[Rule]
    """Our rules that cover the name, the longest name first."""
    line: str
    """Where the first of them stands."""
    owners: set[bytes]
    """The names of all rules, and those above them."""


RECIPES = {
    Kind.HOSTS: Recipe(as_hosts, exact=1.0, opening=0.0),
    Kind.DNSMASQ: Recipe(as_dnsmasq, exact=0.0, opening=0.2),
    Kind.UNBOUND: Recipe(as_unbound, exact=0.3, opening=0.2),
    Kind.RPZ: Recipe(as_rpz, exact=0.3, opening=0.2),
}


def longest_name(case: Case) -> bool:
    """They go by the longest name, we by the exception."""
    return case.theirs is Says.CLOSED and not case.met[0].exception and any(rule.exception for rule in case.met)


def other_type(case: Case) -> bool:
    """Their line has one address, and another type was asked for."""
    asked = "A" if "0.0.0.0" in case.line else "AAAA"
    return case.theirs is Says.OPEN and case.asked.qtype != asked and not case.line.endswith("#")


def no_address(case: Case) -> bool:
    """Their line stands for both addresses, and something else was asked for."""
    return case.theirs is Says.OPEN and case.line.endswith("#") and case.asked.qtype not in {"A", "AAAA"}


def hidden_star(case: Case) -> bool:
    """Something nearer than the star stands in their zone, so that the star is not looked at."""
    name = to_wire(case.asked.name.lower())
    star = max(len(rule.name) for rule in case.met)
    above = name[name[0] + 1 :]
    while above not in case.owners:
        above = above[above[0] + 1 :]
    return case.theirs is Says.OPEN and all(not rule.exact for rule in case.met) and len(above) > star


FORGIVEN: dict[Kind, dict[str, Callable[[Case], bool]]] = {
    Kind.HOSTS: {"hosts types": other_type},
    Kind.DNSMASQ: {"one address": other_type, "null address": no_address, "longest name": longest_name},
    Kind.UNBOUND: {"longest name": longest_name},
    Kind.RPZ: {"longest name": longest_name, "hidden star": hidden_star},
}


def cover(rules: list[Rule], name: bytes) -> list[Rule]:
    """Give the rules that cover a name, the longest name first; walked label by label, without the compiled set."""
    by_name: dict[bytes, list[Rule]] = {}
    for rule in rules:
        by_name.setdefault(rule.name, []).append(rule)
    met = [rule for rule in by_name.get(name, ()) if rule.exact]
    while name[0]:
        name = name[name[0] + 1 :]
        met += [rule for rule in by_name.get(name, ()) if rule.suffix]
    return met


def with_parents(rules: list[Rule]) -> set[bytes]:
    found = set()
    for rule in rules:
        name = rule.name
        while name[0]:
            found.add(name)
            name = name[name[0] + 1 :]
    return found | {b"\0"}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", Kind)
def test_the_same_rules_give_the_same_verdicts(
    kind: Kind, seed: int, tmp_path: Path, authority: Authority, program: Callable[[str], str]
) -> None:
    chance, recipe = random.Random(seed), RECIPES[kind]
    wanted = intents(chance, RULES, exact=recipe.exact, opening=recipe.opening)
    text = recipe.write(wanted, chance)
    questions = [Question(name, chance.choice(TYPES)) for name in near(chance, wanted, NAMES)]
    with serving(kind, program(kind.program), text, tmp_path, authority) as port:
        theirs = ask_all(port, questions, authority)
    ours = Ours(text, kind)
    lines, owners = text.splitlines(), with_parents(ours.rules)
    forgiven: Counter[str] = Counter()
    quarrels = []
    for asked, said in zip(questions, theirs, strict=True):
        if said is ours.say(asked):
            continue
        met = cover(ours.rules, to_wire(asked.name.lower()))
        case = Case(asked, said, met, lines[met[0].line - 1] if met else "", owners)
        reason = next((key for key, holds in FORGIVEN[kind].items() if met and holds(case)), None)
        if reason is None:
            quarrels.append(f"{asked.name} {asked.qtype}: {said} there, {[lines[rule.line - 1] for rule in met]}")
        else:
            forgiven[reason] += 1
    closed = theirs.count(Says.CLOSED)
    print(f"\n{kind}, seed {seed}: {len(questions):,} names, {closed:,} closed there; differences {dict(forgiven)}")
    assert not quarrels, "\n".join(quarrels[:20])
    # a test in which nothing is closed, nothing open or nothing ever differs, tells nothing
    assert closed > RULES // 4
    assert theirs.count(Says.OPEN) > NAMES // 10
    assert set(forgiven) == set(FORGIVEN[kind])


def test_what_is_forgiven_is_documented() -> None:
    documented = {(row.kind, row.key) for row in differences(DOCUMENT)}
    assert {(kind, key) for kind, keys in FORGIVEN.items() for key in keys} <= documented
