"""Gather the rules that the main table can't hold: those with conditions, and those that are patterns.

Law 1: a rule that cancels takes back the rule of its own list that is the same in every field but that one.
Law 2: the same rules give the same octets, in whatever order they came.
Law 3: a rule that would make names dear to answer is left out and counted, list by list.
"""

from __future__ import annotations

from array import array
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import ListError
from guardian.lists.conditions import MAX_CONDITIONS, MAX_RULES_A_NAME, OPENS, Tail, in_order, is_bounded
from guardian.lists.grams import MAX_SHARED, MAX_THREES, commonness, is_three, keys_of, places_of
from guardian.lists.patterns import choices_of, shape_of
from guardian.lists.regexes import search_of
from guardian.lists.rows import is_exception, pack_rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.model import Condition, Pattern, Rule

MAX_REGEXES = 2000
MAX_PATTERN = 1024
"""Octets of one pattern's text."""


class _Side(NamedTuple):
    """One rule; two that are equal are the same rule."""

    list_index: int
    word: int
    name: bytes
    pattern: Pattern | None
    condition: Condition | None


class SideTables(NamedTuple):
    """What of them is written into a set."""

    conditions: list[Condition]
    hashes: array[int]
    conditional: array[int]
    """The tails beside the hashes."""
    patterns: array[int]
    """The tails."""
    offsets: array[int]
    text: bytes
    keys: array[int]
    led_to: array[int]


class SideRules:
    """Rules with conditions and patterns, in memory until the set is written."""

    def __init__(self, *, max_rules: int = 100_000) -> None:
        """Begin with none; `max_rules` bounds them."""
        self._rules: set[_Side] = set()
        self._cancelled: set[_Side] = set()
        self._max_rules = max_rules
        self.left_out: Counter[int] = Counter()
        """By list: rules that are not in the set, for they would cost too much or need an engine that is missing."""
        self.conditional: Counter[int] = Counter()
        self.patterns: Counter[int] = Counter()
        self.opening_patterns: Counter[int] = Counter()

    def add(self, list_index: int, rule: Rule) -> None:
        """Take one rule in; ListError where there are too many."""
        condition = in_order(rule.condition) if rule.condition else None
        plain = rule._replace(cancels=False)
        if rule.pattern:
            plain = plain._replace(name=b"", exact=True, suffix=False)
        side = _Side(list_index, pack_rule(plain), plain.name, rule.pattern, condition)
        (self._cancelled if rule.cancels else self._rules).add(side)
        if len(self._rules) + len(self._cancelled) > self._max_rules:
            message = f"more than {self._max_rules} rules with conditions or patterns; leave some lists out"
            raise ListError(f"{message} of guardian.yaml")

    def settle(self, opening_lists: int) -> None:
        """Take back what is cancelled and leave out what is too dear; `opening_lists` are lists that do not block."""
        kept = sorted(self._rules - self._cancelled, key=_order)
        self._opening_lists = opening_lists
        self._named = list(self._affordable([side for side in kept if side.pattern is None]))
        self._shaped = [side for side in kept if side.pattern is not None]

    def names(self) -> Iterator[tuple[bytes, int, bool]]:
        """Give the name of each rule with a condition, its list, and whether it opens."""
        for side in self._named:
            yield side.name, side.list_index, self._opens(side)

    def tables(self, sample: Iterable[bytes]) -> SideTables:
        """Give what is to be written, and complete the counts; `sample` are names as they are asked for."""
        numbers: dict[Condition, int] = {}
        named = sorted(
            (int.from_bytes(blake2b(side.name, digest_size=8).digest(), "big"), self._tail(side, numbers))
            for side in self._named
        )
        self.conditional.update(side.list_index for side in self._named)
        common = commonness(sample) if self._shaped else Counter()
        keys, chosen = _choose(self._shaped, common, self.left_out)
        self.patterns.update(side.list_index for side in chosen)
        self.opening_patterns.update(side.list_index for side in chosen if self._opens(side))
        texts = [side.pattern.text.encode("latin-1", "replace") for side in chosen if side.pattern]
        offsets = array("I", [0])
        for text in texts:
            offsets.append(offsets[-1] + len(text))
        return SideTables(
            hashes=array("Q", (digest for digest, _ in named)),
            conditional=array("Q", (tail for _, tail in named)),
            patterns=array("Q", (self._tail(side, numbers) for side in chosen)),
            offsets=offsets if chosen else array("I"),
            text=b"".join(texts),
            keys=array("I", (key for key, _ in keys)),
            led_to=array("I", (number for _, number in keys)),
            conditions=list(numbers),
        )

    def _affordable(self, named: list[_Side]) -> Iterator[_Side]:
        at_name: Counter[bytes] = Counter()
        conditions: set[Condition | None] = set()
        for side in named:
            at_name[side.name] += 1
            conditions.add(side.condition)
            bounded = side.condition is None or is_bounded(side.condition)
            if bounded and at_name[side.name] <= MAX_RULES_A_NAME and len(conditions) <= MAX_CONDITIONS:
                yield side
            else:
                self.left_out[side.list_index] += 1

    def _tail(self, side: _Side, numbers: dict[Condition, int]) -> int:
        shape = (OPENS if self._opens(side) else 0) | (shape_of(side.pattern) if side.pattern else 0)
        number = numbers.setdefault(side.condition, len(numbers) + 1) if side.condition else 0
        return Tail(side.list_index, side.word, shape, number).pack()

    def _opens(self, side: _Side) -> bool:
        return is_exception(side.word) or bool(self._opening_lists >> side.list_index & 1)


def _order(side: _Side) -> tuple[object, ...]:
    asked = side.condition
    terms = (sorted(asked.types), sorted(asked.not_types), *asked[2:]) if asked else ()
    return (side.list_index, side.word, side.name, tuple(side.pattern or ()), terms)


def _choose(
    shaped: list[_Side], common: Counter[int], left_out: Counter[int]
) -> tuple[list[tuple[int, int]], list[_Side]]:
    """Choose for each pattern the keys that fewest others have; give all keys in order, and the patterns kept."""
    uses: Counter[int] = Counter()
    keys: list[tuple[int, int]] = []
    kept: list[_Side] = []
    regexes = threes = 0
    for side in shaped:
        pattern = side.pattern
        bounded = side.condition is None or is_bounded(side.condition)
        chosen = _keys(pattern, uses, common) if pattern and bounded else None
        new_threes = sum(1 for key in chosen or () if is_three(key) and not uses[key])
        if chosen is None or threes + new_threes > MAX_THREES or not _runs(pattern, regexes):
            left_out[side.list_index] += 1
            continue
        regexes += bool(pattern and pattern.regex)
        threes += new_threes
        uses.update(chosen)
        keys += [(key, len(kept)) for key in chosen]
        kept.append(side)
    return sorted(keys), kept


def _runs(pattern: Pattern | None, regexes: int) -> bool:
    if pattern is None or not pattern.regex:
        return True
    return regexes < MAX_REGEXES and search_of(pattern.text) is not None


def _keys(pattern: Pattern, uses: Counter[int], common: Counter[int]) -> set[int] | None:
    """Give the keys of the choice that names meet most seldom, None where each is shared by too many patterns."""
    if len(pattern.text) > MAX_PATTERN:
        return None

    def cost(keys: Iterable[int]) -> int:
        return sum((common[key] + 1) * (uses[key] + 1) for key in keys)

    choices: list[set[int]] = []
    for literals in choices_of(pattern):
        chosen: set[int] = set()
        for literal in literals:
            chosen.update(min((keys_of(literal, at) for at in places_of(literal)), key=cost))
        if max(uses[key] for key in chosen) < MAX_SHARED:
            choices.append(chosen)
    return min(choices, key=cost, default=None)
