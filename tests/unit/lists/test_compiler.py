"""Rules in, one set out: what it says of any name is what the rules said, and nothing else.

Law 1: the oracle works on the rules as text, name by name; it knows no hash, no class and no folding.
"""

from __future__ import annotations

import io
import itertools
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import ListError
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.rows import Bits
from guardian.lists.set_file import MAX_LISTS, ListInfo, verify
from guardian.model import ListKind, Rule
from guardian.wire.names import label_offsets, to_text, to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardian.model import Match

DEEP = ".".join(["d"] * 40)
NAMES = [
    *(
        ".".join((*labels, top))
        for depth in range(4)
        for labels in itertools.product("ab", repeat=depth)
        for top in "zy"
    ),
    *(DEEP[2 * cut :] for cut in (0, 1, 20, 37, 38, 39)),
    "a" * 63 + "." + "b" * 63 + ".z",
]
"""Names close enough to each other that random rules of them meet."""
KINDS = list(itertools.product((False, True), repeat=4))
RULES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(KINDS)).map(
        lambda drawn: Rule(to_wire(drawn[0]), drawn[1][0], drawn[1][1], drawn[1][2], drawn[1][3], 1)
    ),
    max_size=8,
)
LISTS = st.lists(st.tuples(st.sampled_from(ListKind), RULES), min_size=1, max_size=9)


def compiled(lists: Sequence[tuple[ListKind, Sequence[Rule]]]) -> bytes:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    for number, (kind, rules) in enumerate(lists):
        compiler.add(ListInfo(f"list-{number}", "", kind, "", ""), rules)
    summary = compiler.write(output)
    data = output.getvalue()
    verify(memoryview(data))
    assert summary.size == len(data)
    return data


def ask(domains: DomainSet, name: str) -> Match | None:
    wire = to_wire(name)
    return domains.find(wire, label_offsets(wire))


def is_below(name: str, parent: str) -> bool:
    return name.endswith("." + parent)


def said(name: str, rules: Sequence[tuple[int, str, Rule]]) -> Bits:
    """Collect what the rules, each with its list's number and its name, say of `name`."""
    words = {(False, False): 0, (True, False): 0, (False, True): 0, (True, True): 0}
    for number, stored, rule in rules:
        if (rule.exact and stored == name) or (rule.suffix and is_below(name, stored)):
            words[rule.exception, rule.important] |= 1 << number
    return Bits(*words.values())


@settings(max_examples=18, deadline=None)
@given(LISTS)
def test_the_set_says_of_every_name_what_the_rules_said(lists: list[tuple[ListKind, list[Rule]]]) -> None:
    domains = DomainSet(memoryview(compiled(lists)))
    every = [(number, to_text(rule.name), rule) for number, (_, rules) in enumerate(lists) for rule in rules]
    every = [one for one in every if one[2].suffix or one[2].exact]
    stored = {name for _, name, _ in every}
    openings = {name for number, name, rule in every if lists[number][0] is not ListKind.BLOCK or rule.exception}
    assert len(domains) == len(stored)
    for name in [*NAMES, "x.a.b.z", "x", f"e.{DEEP}"]:
        match = ask(domains, name)
        labels = name.split(".")
        first = next((at for at in range(len(labels)) if ".".join(labels[at:]) in stored), None)
        assert (match.label if match else None) == first
        if match is None:
            assert said(name, every) == Bits()
            continue
        row = domains.row(match.row)
        assert match.exact == (match.label == 0)
        assert (row.itself if match.exact else row.below) == said(name, every)
        assert row.holes == any(is_below(opening, ".".join(labels[match.label :])) for opening in openings)


@settings(max_examples=12, deadline=None)
@given(LISTS, st.integers(0, 2**32))
def test_the_order_of_rules_and_their_repetition_change_no_octet(
    lists: list[tuple[ListKind, list[Rule]]], seed: int
) -> None:
    shuffled, chance = [], random.Random(seed)
    for kind, rules in lists:
        again = rules + rules[: len(rules) // 2]
        chance.shuffle(again)
        shuffled.append((kind, again))
    assert compiled(lists) == compiled(shuffled)


def plain(name: str) -> Rule:
    return Rule(to_wire(name), suffix=True, exact=True, exception=False, important=False, line=1)


def test_a_set_of_nothing_is_a_set() -> None:
    for count in range(3):
        domains = DomainSet(memoryview(compiled([(ListKind.BLOCK, [])] * count)))
        assert len(domains) == 0
        for name in ("bet.example", "al", "."):
            assert ask(domains, name) is None


def test_a_thousand_names_are_found_and_their_neighbours_are_not() -> None:
    chance = random.Random(7)
    names = [f"{chance.getrandbits(40):x}.{chance.choice(('al', 'com', 'mk'))}" for _ in range(1000)]
    domains = DomainSet(memoryview(compiled([(ListKind.BLOCK, [plain(name) for name in names])])))
    for name in names:
        assert ask(domains, name) == ask(domains, f"www.{name}")._replace(exact=True, label=0)  # type: ignore[union-attr]
        for neighbour in (f"x{name}", name[1:], name.partition(".")[2], f"{name}.al"):
            assert ask(domains, neighbour) is None


def test_rules_beyond_memory_are_found_again_in_the_files() -> None:
    rules = [plain(f"{number}.{number % 7}.example") for number in range(1500)]
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler._rules._limit, compiler._names._limit = 22, 300
    compiler.add(ListInfo("list-0", "", ListKind.BLOCK, "", ""), rules)
    compiler.write(output)
    assert output.getvalue() == compiled([(ListKind.BLOCK, rules)])


def test_a_rule_for_every_name_there_is_is_refused() -> None:
    compiler = Compiler(io.BytesIO(), io.BytesIO())
    with pytest.raises(ListError, match=r"bad\.txt:7: .*every name"):
        compiler.add(ListInfo("bad", "", ListKind.BLOCK, "ads", "bad.txt"), [plain(".")._replace(line=7)])


def test_too_many_names_or_lists_are_refused_with_what_to_do() -> None:
    info = ListInfo("ads", "", ListKind.BLOCK, "ads", "")
    compiler = Compiler(io.BytesIO(), io.BytesIO(), max_names=3)
    compiler.add(info, [plain("a.example"), plain("b.example"), plain("c.example")])
    with pytest.raises(ListError, match="leave some lists out"):
        compiler.add(info, [plain("d.example")])
    compiler = Compiler(io.BytesIO(), io.BytesIO())
    for _ in range(MAX_LISTS):
        compiler.add(info, [])
    with pytest.raises(ListError, match=f"more than {MAX_LISTS} lists"):
        compiler.add(info, [])


def test_the_most_lists_there_may_be_are_told_apart() -> None:
    lists = [(ListKind.BLOCK, [plain("bet.example"), plain(f"{number}.example")]) for number in range(MAX_LISTS)]
    domains = DomainSet(memoryview(compiled(lists)))
    match = ask(domains, "bet.example")
    assert match is not None
    assert domains.row(match.row).itself == Bits(block=(1 << MAX_LISTS) - 1)
    last = ask(domains, f"www.{MAX_LISTS - 1}.example")
    assert last is not None
    assert domains.row(last.row).below == Bits(block=1 << MAX_LISTS - 1)


def test_each_list_is_described_by_what_was_met_in_it() -> None:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    compiler.add(ListInfo("ads", "Ads", ListKind.BLOCK, "ads", "ads.txt"), [plain("a.example")])
    compiler.write(output, describe=lambda info: info._replace(rules=1, refused=2))
    (info,) = DomainSet(memoryview(output.getvalue())).lists
    assert info == ListInfo("ads", "Ads", ListKind.BLOCK, "ads", "ads.txt", "", 1, 2)
