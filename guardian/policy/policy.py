"""Hold one asker's verdict for every class of the set, made once and looked up.

Law 1: a Policy is made from (band, set) and never changed; when anything changes, a new one takes its place.
Law 2: the order of precedence stands in `_judge` and nowhere else:
       protected → malicious software and scams → allow lists → lists by category, each with its own exceptions →
       allow-only mode → default.
Law 3: a protected name is open whatever else says of it.
Law 4: rules with conditions and patterns are heard only for names that they may speak of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.rows import Bits
from guardian.model import ListKind, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardian.lists.domain_set import DomainSet
    from guardian.lists.rows import Row
    from guardian.lists.set_file import ListInfo
    from guardian.model import Asker, Match
    from guardian.policy.bands import BandRules

OPEN = Verdict(blocked=False, reason=Reason.DEFAULT)
CLOSED = Verdict(blocked=True, reason=Reason.NOT_ON_ALLOW_LIST, covers_below=False)


class _Masks(NamedTuple):
    """Which lists of the set play which part for one band."""

    protected: int
    allowing: int
    threats: int
    closed: int
    allow_only: bool
    undoing: tuple[tuple[int, int], ...]
    """Lists whose exceptions undo the blocks of a whole category, and all lists of it."""
    loose: int
    """Lists whose blocks a pattern may open anywhere below: they never deny what is below."""


class Policy:
    """The verdicts of one band over one set."""

    def __init__(self, rules: BandRules, lists: Sequence[ListInfo], rows: Sequence[Row]) -> None:
        """Judge every class once; `lists` and `rows` are the set's."""
        self.rules = rules
        self._masks = masks = _masks(rules, lists)
        self._otherwise = CLOSED if rules.allow_only else OPEN
        self._exact = tuple(_judge(row.itself, row.below, masks, holes=row.holes) for row in rows)
        self._below = tuple(_judge(row.below, row.below, masks, holes=row.holes) for row in rows)
        self._conditional = frozenset(number for number, row in enumerate(rows) if row.conditional)

    def decide(self, match: Match | None) -> Verdict:
        """Say whether a name that met the set at `match` is open, and why."""
        if match is None:
            return self._otherwise
        return (self._exact if match.exact else self._below)[match.row]

    def judge(
        self, domains: DomainSet, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker
    ) -> tuple[Verdict, int]:
        """Say whether this question is open, and the first label of the name that decided (0 for none).

        `domains` is the set that the policy was made for. Raises ListError where a damaged set is met.
        """
        match = domains.find(name, labels)
        patterns = domains.patterns
        if patterns is None or not patterns.matching(name, labels):
            if match is None:
                return self._otherwise, 0
            if match.row not in self._conditional:
                verdict = (self._exact if match.exact else self._below)[match.row]
                return verdict, match.label if verdict.list_index >= 0 else 0
        return self._judge_all(match, domains, name, labels, qtype, asker)

    def _judge_all(
        self,
        match: Match | None,
        domains: DomainSet,
        name: bytes,
        labels: tuple[int, ...],
        qtype: int,
        asker: Asker,
    ) -> tuple[Verdict, int]:
        heard = domains.hear(match, name, labels, qtype, asker)
        verdict = _judge(heard.stored.union(heard.shaped), _NOTHING, self._masks, holes=True)
        if match is None or verdict.list_index < 0:
            return verdict, 0
        if verdict.blocked and self.decide(match).covers_below and not heard.opens:
            verdict = verdict._replace(covers_below=True)
        named = heard.stored.any >> verdict.list_index & 1
        return verdict, match.label if named else 0


_NOTHING = Bits()


def _masks(rules: BandRules, lists: Sequence[ListInfo]) -> _Masks:
    protected = allowing = threats = closed = loose = 0
    undoers: dict[str, int] = {}
    members: dict[str, int] = {}
    for number, info in enumerate(lists):
        bit = 1 << number
        if info.kind is ListKind.PROTECTED:
            protected |= bit
        elif info.kind is ListKind.ALLOW:
            allowing |= bit
        else:
            members[info.category] = members.get(info.category, 0) | bit
            if info.undoes == "category":
                undoers[info.category] = undoers.get(info.category, 0) | bit
            if info.category in rules.closed:
                closed |= bit
                threats |= bit if info.category in rules.threats else 0
    for number, info in enumerate(lists):
        if info.opening_patterns:
            whole = members.get(info.category, 0) if info.undoes == "category" else 1 << number
            loose |= whole if info.kind is ListKind.BLOCK else closed
    undoing = tuple((bits, members[category]) for category, bits in undoers.items())
    return _Masks(protected, allowing, threats, closed, rules.allow_only, undoing, loose)


def _judge(bits: Bits, below: Bits, masks: _Masks, *, holes: bool) -> Verdict:
    if guarded := bits.any & masks.protected:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=_first(guarded))
    blocking = _undone(bits, masks).blocking & masks.closed
    opening = masks.protected | masks.allowing
    closing = _undone(below, masks).blocking & masks.closed & ~masks.loose
    covers = not holes and bool(closing) and not below.any & opening
    if threat := blocking & masks.threats:
        return Verdict(blocked=True, reason=Reason.THREAT, list_index=_first(threat), covers_below=covers)
    if allowed := bits.any & masks.allowing:
        return Verdict(blocked=False, reason=Reason.ALLOW_LIST, list_index=_first(allowed))
    if blocking:
        return Verdict(blocked=True, reason=Reason.CATEGORY, list_index=_first(blocking), covers_below=covers)
    return CLOSED if masks.allow_only else OPEN


def _undone(bits: Bits, masks: _Masks) -> Bits:
    """Let exceptions reach the other lists of their category, where the catalogue says so."""
    excepted, strongly = bits.excepted, bits.important_excepted
    for undoers, category in masks.undoing:
        if bits.excepted & undoers:
            excepted |= category
        if bits.important_excepted & undoers:
            strongly |= category
    return bits._replace(excepted=excepted, important_excepted=strongly)


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
