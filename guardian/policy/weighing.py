"""Weigh what a set's lists say, and say which of them play which part for one asker: bit sets, bit i for list i.

Law 1: exceptions are weighed once for a set, for that is the same for every asker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.model import ListKind
from guardian.policy.bands import CATEGORY, EVERYTHING, SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guardian.lists.rows import Bits, Row
    from guardian.lists.set_file import ListInfo
    from guardian.model import Reason
    from guardian.policy.bands import BandRules

    Undoing = tuple[tuple[int, int], ...]
    """Lists whose exceptions undo the blocks of a whole category, and all lists of it."""


class Said(NamedTuple):
    """What the lists of a set say of a name."""

    named: int
    """Lists that name it, exceptions left out of account."""
    blocking: int
    """Lists that block it after all exceptions."""


class Weighed(NamedTuple):
    """A class, its exceptions weighed: what holds whatever the rules are."""

    itself: Said
    below: Said
    holes: bool


class Masks(NamedTuple):
    """Which lists of the set play which part for one asker."""

    protected: int
    yielding: int
    """Protected from lists and bands, and not from hours on everything."""
    allowing: int
    threats: int
    bypass: int
    closed: int
    """Lists of closed categories, the two before among them."""
    services: int
    opened: int
    timed: tuple[tuple[int, Reason], ...]
    everything: Reason | None
    """Why everything is closed at this time; None where it isn't."""
    allow_only: bool
    acting: int
    """Lists that make a difference: a name of none of them has what holds for all else."""
    covering: int
    """Lists whose blocks deny what is below, too: closed, and nothing that they don't know opens a name there."""


def weigh(lists: Sequence[ListInfo], rows: Sequence[Row]) -> list[Weighed]:
    """Weigh the exceptions of every class; it takes longer than judging, and is the same for every policy."""
    undoing = undoing_of(lists)
    return [Weighed(said_of(row.itself, undoing), said_of(row.below, undoing), row.holes) for row in rows]


def undoing_of(lists: Sequence[ListInfo]) -> Undoing:
    """Give the lists whose exceptions undo the blocks of a whole category, each category's with all lists of it."""
    undoers: dict[str, int] = {}
    members: dict[str, int] = {}
    for number, info in enumerate(lists):
        if info.kind is ListKind.BLOCK:
            members[info.category] = members.get(info.category, 0) | 1 << number
            if info.undoes == "category":
                undoers[info.category] = undoers.get(info.category, 0) | 1 << number
    return tuple((bits, members[category]) for category, bits in undoers.items())


def said_of(bits: Bits, undoing: Undoing) -> Said:
    """Weigh exceptions, letting them reach the other lists of their category where the catalogue says so."""
    excepted, strongly = bits.excepted, bits.important_excepted
    if not (excepted or strongly):
        return Said(bits.any, bits.any)
    for undoers, category in undoing:
        if bits.excepted & undoers:
            excepted |= category
        if bits.important_excepted & undoers:
            strongly |= category
    return Said(bits.any, bits._replace(excepted=excepted, important_excepted=strongly).blocking)


def masks_of(rules: BandRules, lists: Sequence[ListInfo], weighed: Sequence[Weighed]) -> Masks:
    """Say which lists of a set play which part under these rules."""
    protected, yielding, allowing = _open(lists)
    members: dict[str, int] = {}
    subjects: dict[str, int] = {}
    for number, info in enumerate(lists):
        if info.kind is ListKind.BLOCK:
            members[info.category] = members.get(info.category, 0) | 1 << number
            subjects[f"{SERVICE}:{info.id}"] = 1 << number
    subjects |= {f"{CATEGORY}:{category}": bits for category, bits in members.items()}
    closed, threats, bypass = (
        _all(members.get(category, 0) for category in categories)
        for categories in (rules.closed, rules.threats, rules.bypass)
    )
    services, opened = (
        _all(subjects.get(f"{SERVICE}:{service}", 0) for service in chosen) for chosen in (rules.services, rules.opened)
    )
    # what harms is told as such at any time
    timed = tuple((subjects.get(subject, 0) & ~threats, why) for subject, why in rules.timed if subject != EVERYTHING)
    closing = closed | services | _all(bits for bits, _ in timed)
    everything = next((why for subject, why in rules.timed if subject == EVERYTHING), None)
    always = protected | yielding | bypass
    loose = _loose(lists, members, closing) | _above_services(opened, weighed)
    return Masks(
        protected=protected,
        yielding=yielding,
        allowing=allowing,
        threats=threats,
        bypass=bypass,
        closed=closed,
        services=services & ~threats,
        opened=opened,
        timed=timed,
        everything=everything,
        allow_only=rules.allow_only,
        acting=always if everything else always | allowing | closing | opened,
        covering=closing & ~loose,
    )


def _open(lists: Sequence[ListInfo]) -> tuple[int, int, int]:
    """Give the lists that protect, those that protect but from hours, and those that allow."""
    protected = yielding = allowing = 0
    for number, info in enumerate(lists):
        if info.kind is ListKind.ALLOW:
            allowing |= 1 << number
        elif info.kind is ListKind.PROTECTED:
            yielding |= info.yields << number
            protected |= (not info.yields) << number
    return protected, yielding, allowing


def _above_services(opened: int, weighed: Sequence[Weighed]) -> int:
    """Give the lists that may block a name above one of a service that is open: they have marked its class, too."""
    if not opened:
        return 0
    return _all(
        one.itself.blocking | one.below.blocking for one in weighed if (one.itself.named | one.below.named) & opened
    )


def _all(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _loose(lists: Sequence[ListInfo], members: dict[str, int], closing: int) -> int:
    """Give the lists whose blocks a pattern may open anywhere below."""
    loose = 0
    for number, info in enumerate(lists):
        if info.opening_patterns:
            whole = members.get(info.category, 0) if info.undoes == "category" else 1 << number
            loose |= whole if info.kind is ListKind.BLOCK else closing
    return loose
