"""Find which rule of which line decided over a name: a compiled set holds hashes, so the lists are read again.

Law 1: only what is wanted is kept; memory grows with the names asked for and the rules that mean them.
Law 2: of the rules that say the same of a name, the one whose name is nearest counts, then a pattern; then the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.conditions import Check, in_order
from guardian.wire.names import label_offsets, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guardian.model import Asker, Pattern, Rule


class _Wanted(NamedTuple):
    """A decision whose rule is wanted."""

    name: bytes
    labels: tuple[int, ...]
    list_index: int
    word: tuple[bool, bool]


def shown(rule: Rule) -> str:
    """Give a rule as its name or its pattern, as text."""
    return rule.pattern.text if rule.pattern else to_text(rule.name)


class Places:
    """The rules that decided over some names, for one kind of question."""

    def __init__(self, qtype: int, asker: Asker) -> None:
        """Look for rules that hold when `asker` asks for `qtype`."""
        self._qtype, self._asker = qtype, asker
        self._by_name: dict[bytes, list[_Wanted]] = {}
        self._by_pattern: dict[Pattern, list[_Wanted]] = {}
        self._found: dict[bytes, Rule] = {}

    def want(self, name: bytes, list_index: int, word: tuple[bool, bool], shapes: Iterable[Pattern]) -> None:
        """Ask for the rule of a list that decided over `name`; `word` is whether it is an exception, and important.

        `shapes` are the patterns that mean the name.
        """
        labels = label_offsets(name)
        wanted = _Wanted(name, labels, list_index, word)
        for label in labels:
            self._by_name.setdefault(name[label:], []).append(wanted)
        for pattern in shapes:
            self._by_pattern.setdefault(pattern, []).append(wanted)

    def read(self, list_index: int, rules: Iterable[Rule]) -> None:
        """Look through one list."""
        candidates: list[tuple[Rule, _Wanted]] = []
        cancelled: set[Rule] = set()
        for rule in rules:
            found = self._by_pattern.get(rule.pattern) if rule.pattern else self._by_name.get(rule.name)
            if not found:
                continue
            if rule.cancels:
                cancelled.add(_same(rule))
                continue
            candidates += [(rule, one) for one in found if one.list_index == list_index and self._says(rule, one)]
        for rule, one in candidates:
            if _same(rule) not in cancelled:
                self._keep(rule, one.name)

    def rule_of(self, name: bytes) -> Rule | None:
        """Give the rule that decided over a name that was wanted."""
        return self._found.get(name)

    def _says(self, rule: Rule, one: _Wanted) -> bool:
        if (rule.exception, rule.important) != one.word:
            return False
        if rule.pattern is None and not (rule.exact if rule.name == one.name else rule.suffix):
            return False
        asked = rule.condition
        return asked is None or Check(asked).holds(one.name, one.labels, self._qtype, self._asker)

    def _keep(self, rule: Rule, name: bytes) -> None:
        known = self._found.get(name)
        if known is None or len(rule.name) > len(known.name):
            self._found[name] = rule


def _same(rule: Rule) -> Rule:
    """Give the rule without its line, and without saying that it cancels: two that are equal are the same."""
    return rule._replace(line=0, cancels=False, condition=in_order(rule.condition) if rule.condition else None)
