"""Hear the rules that name no name: parts of names, stars, and regular expressions.

Law 1: a name that holds none of the patterns' keys costs the look at its letters and nothing else.
Law 2: a pattern is read from the set when its key is met; `max_ready` stay ready, and the literals of `max_literals`.
Law 3: what can't be run here (an expression without its engine) doesn't match; it never stops an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.conditions import unpack_tail
from guardian.lists.globs import is_match, pieces_of
from guardian.lists.grams import Grams
from guardian.lists.literals import SHORTEST, required_runs
from guardian.lists.objection import Objection
from guardian.lists.regexes import search_of
from guardian.lists.rows import Bits, unpack_rule
from guardian.model import Pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from guardian.lists.conditions import Checks
    from guardian.model import Asker

_REGEX, _LABEL_START, _NAME_START, _NAME_END = 1, 2, 4, 8
_LITERAL = b"abcdefghijklmnopqrstuvwxyz0123456789-_"
_NO_LITERAL = bytes(octet for octet in range(256) if octet not in _LITERAL)
_TO_SPACES = bytes.maketrans(_NO_LITERAL, b" " * len(_NO_LITERAL))


def shape_of(pattern: Pattern) -> int:
    """Give what a pattern is beside its text, as a small number."""
    return (
        (_REGEX if pattern.regex else 0)
        | (_LABEL_START if pattern.label_start else 0)
        | (_NAME_START if pattern.name_start else 0)
        | (_NAME_END if pattern.name_end else 0)
    )


def choices_of(pattern: Pattern) -> list[tuple[bytes, ...]]:
    """Give the literals by which a pattern may be found: each choice is enough, one of its literals must stand.

    Empty where the pattern has no literal of three: it can't be found, and is refused.
    """
    if pattern.regex:
        runs = required_runs(pattern.text)
        if isinstance(runs, Objection):
            return []
        longest = tuple(max(_letters(run), key=len, default=b"") for run in sorted(runs))
        return [longest] if min(map(len, longest), default=0) >= SHORTEST else []
    return [(run,) for run in _letters(pattern.text) if len(run) >= SHORTEST]


def _letters(text: str) -> list[bytes]:
    """Cut a text at all that is no letter of a label."""
    return text.encode("ascii", "replace").translate(_TO_SPACES).split()


def text_of(name: bytes, labels: tuple[int, ...]) -> bytes:
    """Give a name in wire form as the text that patterns speak of."""
    return b".".join([name[at + 1 : at + 1 + name[at]] for at in labels])


class PatternTable(NamedTuple):
    """The patterns as they lie in a set."""

    tails: Sequence[int]
    offsets: Sequence[int]
    """Where each pattern's text begins; one more for the end of the last."""
    text: memoryview
    keys: Sequence[int]
    """In order; and beside each the number of its pattern."""
    led_to: Sequence[int]


class Patterns:
    """The patterns of a set."""

    def __init__(
        self, table: PatternTable, checks: Checks, *, max_ready: int = 512, max_literals: int = 16_384
    ) -> None:
        """Build what tells quickly that no pattern matches; the rest stays where it lies."""
        self._table, self._checks = table, checks
        self._max_ready, self._max_literals = max_ready, max_literals
        self._grams = Grams(table.keys, table.led_to)
        self._ready: dict[int, Callable[[bytes], object]] = {}
        self._literals: dict[int, bytes] = {}

    def __len__(self) -> int:
        """Count the patterns."""
        return len(self._table.tails)

    @property
    def has_regexes(self) -> bool:
        """Say whether a regular expression is among them."""
        return any(unpack_tail(tail).shape & _REGEX for tail in self._table.tails)

    def hear(self, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker) -> Bits:
        """Give what patterns say of a question."""
        said = Bits()
        for number in self.matching(name, labels):
            tail = unpack_tail(self._table.tails[number])
            if self._checks.hold(tail.condition, name, labels, qtype, asker):
                said = said.union(unpack_rule(tail.word, tail.list_index).itself)
        return said

    def matching(self, name: bytes, labels: tuple[int, ...]) -> list[int]:
        """Give the numbers of the patterns that mean a name, whatever their conditions."""
        found: list[int] = []
        for number in self._grams.candidates(name):
            literal = self._literals.get(number)
            if literal is None:
                literal = self._literal(number)
            if literal in name and self._search(number)(text_of(name, labels)):
                found.append(number)
        return found

    def pattern(self, number: int) -> Pattern:
        """Give one pattern."""
        start, end = self._table.offsets[number], self._table.offsets[number + 1]
        shape = unpack_tail(self._table.tails[number]).shape
        flags = (bool(shape & bit) for bit in (_REGEX, _LABEL_START, _NAME_START, _NAME_END))
        return Pattern(bytes(self._table.text[start:end]).decode("latin-1"), *flags)

    def _literal(self, number: int) -> bytes:
        """Give a literal that stands in every name that a pattern means: looking for it is cheaper than matching."""
        if len(self._literals) >= self._max_literals:
            self._literals.clear()
        pattern = self.pattern(number)
        literal = b"" if pattern.regex else max(_letters(pattern.text), key=len, default=b"")
        self._literals[number] = literal
        return literal

    def _search(self, number: int) -> Callable[[bytes], object]:
        search = self._ready.get(number)
        if search is None:
            if len(self._ready) >= self._max_ready:
                self._ready.clear()
            self._ready[number] = search = _search_of(self.pattern(number))
        return search


def _search_of(pattern: Pattern) -> Callable[[bytes], object]:
    if pattern.regex:
        return search_of(pattern.text) or (lambda _: False)
    pieces = pieces_of(pattern)
    return lambda name: is_match(pattern, pieces, name)
