"""Hold one asker's verdict for every class of the set, made once and looked up.

Law 1: a Policy is made from (band, set) and never changed; when anything changes, a new one takes its place.
Law 2: the order of precedence stands in `_judge` and nowhere else:
       protected → malicious software and scams → allow lists → lists by category, each with its own exceptions →
       allow-only mode → default.
Law 3: a protected name is open whatever else says of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.model import ListKind, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardian.lists.rows import Bits, Row
    from guardian.lists.set_file import ListInfo
    from guardian.model import Band, Match
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


class Policy:
    """The verdicts of one band over one set."""

    def __init__(self, rules: BandRules, lists: Sequence[ListInfo], rows: Sequence[Row]) -> None:
        """Judge every class once; `lists` and `rows` are the set's."""
        self.band: Band = rules.band
        masks = _masks(rules, lists)
        self._otherwise = CLOSED if rules.allow_only else OPEN
        self._exact = tuple(_judge(row.itself, row.below, masks, holes=row.holes) for row in rows)
        self._below = tuple(_judge(row.below, row.below, masks, holes=row.holes) for row in rows)

    def decide(self, match: Match | None) -> Verdict:
        """Say whether a name that met the set at `match` is open, and why."""
        if match is None:
            return self._otherwise
        return (self._exact if match.exact else self._below)[match.row]


def _masks(rules: BandRules, lists: Sequence[ListInfo]) -> _Masks:
    protected = allowing = threats = closed = 0
    for number, info in enumerate(lists):
        bit = 1 << number
        if info.kind is ListKind.PROTECTED:
            protected |= bit
        elif info.kind is ListKind.ALLOW:
            allowing |= bit
        elif info.category in rules.closed:
            closed |= bit
            threats |= bit if info.category in rules.threats else 0
    return _Masks(protected, allowing, threats, closed, rules.allow_only)


def _judge(bits: Bits, below: Bits, masks: _Masks, *, holes: bool) -> Verdict:
    if guarded := bits.any & masks.protected:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=_first(guarded))
    blocking = bits.blocking & masks.closed
    opening = masks.protected | masks.allowing
    covers = not holes and bool(below.blocking & masks.closed) and not below.any & opening
    if threat := blocking & masks.threats:
        return Verdict(blocked=True, reason=Reason.THREAT, list_index=_first(threat), covers_below=covers)
    if allowed := bits.any & masks.allowing:
        return Verdict(blocked=False, reason=Reason.ALLOW_LIST, list_index=_first(allowed))
    if blocking:
        return Verdict(blocked=True, reason=Reason.CATEGORY, list_index=_first(blocking), covers_below=covers)
    return CLOSED if masks.allow_only else OPEN


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
