"""Rules that lie beside the main table: the same octets in any order, and bounds that no list can break."""

from __future__ import annotations

import io
import random

import pytest

from guardian.errors import ListError
from guardian.lists.compiler import Compiler
from guardian.lists.conditions import MAX_RULES_A_NAME, MAX_TERMS
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.lists.side_rules import SideRules
from guardian.lists.spool import Sample
from guardian.model import Condition, ListKind, Pattern, Rule
from guardian.wire.names import to_wire

INFO = ListInfo("ads", "Ads", ListKind.BLOCK, "ads", "ads.txt")


def limited(name: str, condition: Condition) -> Rule:
    return Rule(to_wire(name), True, True, False, False, 1, condition=condition)


def compiled(rules: list[Rule]) -> bytes:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler.add(INFO, rules)
    compiler.write(output)
    return output.getvalue()


def info(rules: list[Rule]) -> ListInfo:
    return DomainSet(memoryview(compiled(rules))).lists[0]


def test_the_order_of_rules_and_their_repetition_change_no_octet() -> None:
    types = [Condition(types=frozenset({number, 7, number + 64})) for number in range(1, 6)]
    rules = [limited(f"{number % 3}.example", types[number % 5]) for number in range(12)]
    rules += [Rule(to_wire(f"plain{number}.example"), True, True, False, False, 1) for number in range(9)]
    shaped = [Pattern(f"casino{number}*x", name_end=bool(number % 2)) for number in range(9)]
    rules += [Rule(b"", False, False, False, False, 1, condition=types[0], pattern=pattern) for pattern in shaped]
    rules += [rule._replace(cancels=True) for rule in rules[::7]]
    once = compiled(rules)
    for seed in range(4):
        again = rules + rules[::3]
        random.Random(seed).shuffle(again)
        assert compiled(again) == once


def test_no_list_can_make_one_name_dear() -> None:
    rules = [limited("bet.example", Condition(clients=(str(number),))) for number in range(MAX_RULES_A_NAME + 3)]
    assert (info(rules).conditional, info(rules).left_out) == (MAX_RULES_A_NAME, 3)
    dear = Condition(clients=tuple(map(str, range(MAX_TERMS + 1))))
    assert (info([limited("bet.example", dear)]).conditional, info([limited("bet.example", dear)]).left_out) == (0, 1)
    shaped = limited("x", dear)._replace(name=b"", pattern=Pattern("casino"))
    assert (info([shaped]).patterns, info([shaped]).left_out) == (0, 1)


def test_a_pattern_longer_than_any_name_is_left_out() -> None:
    long = limited("x", Condition())._replace(name=b"", pattern=Pattern("casino*" * 200))
    assert (info([long]).patterns, info([long]).left_out) == (0, 1)


def test_too_many_different_conditions_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guardian.lists.side_rules.MAX_CONDITIONS", 2)
    rules = [limited(f"{number}.example", Condition(types=frozenset({number + 1}))) for number in range(3)]
    assert (info(rules).conditional, info(rules).left_out) == (2, 1)


def test_more_side_rules_than_fit_are_refused_with_what_to_do() -> None:
    side = SideRules(max_rules=2)
    for name in ("a.example", "b.example", "b.example"):
        side.add(0, limited(name, Condition(types=frozenset({1}))))
    with pytest.raises(ListError, match="leave some lists out"):
        side.add(0, limited("c.example", Condition(types=frozenset({1})))._replace(cancels=True))


def test_a_condition_on_every_name_there_is_is_refused_with_its_line() -> None:
    rule = Rule(b"\0", True, True, False, False, 7, condition=Condition(types=frozenset({28})))
    with pytest.raises(ListError, match=r"ads\.txt:7: .*every name"):
        compiled([rule])


def test_a_sample_is_the_same_in_any_order_and_keeps_to_its_bound() -> None:
    digests = [random.Random(number).randbytes(8) for number in range(300)]
    samples = []
    for seed in range(3):
        sample = Sample(most=40)
        random.Random(seed).shuffle(digests)
        for digest in digests:
            if digest < sample.limit:
                sample.add(digest, digest[:3])
        samples.append(sorted(sample))
    assert samples[0] == samples[1] == samples[2]
    assert 15 < len(samples[0]) <= 40
