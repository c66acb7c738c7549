"""Say what each age band does by default, category by category, and how a family's decisions change it.

Law 1: the table is data of the catalogue (categories.yaml, after rights.md 3.3); this room only reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.catalog import Mode
from guardian.model import Action, Band

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guardian.lists.catalog import Categories
    from guardian.model import Reason

EVERYTHING, CATEGORY, SERVICE = "everything", "category", "service"
"""Subjects: everything, or one of these two with the name behind a colon."""


class BandRules(NamedTuple):
    """What one asker is to have: a band's column of the table, as a family may have changed it for one child, now."""

    band: Band
    allow_only: bool
    """What no allow list names is closed."""
    closed: frozenset[str]
    """Categories that are blocked or wait for a parent's yes."""
    threats: frozenset[str]
    """Of those, the ones that are malicious software or scams."""
    bypass: frozenset[str] = frozenset()
    """Of those, the ones that lead a device past guardian: no allow list and no service opens them."""
    services: frozenset[str] = frozenset()
    """Services that are closed by themselves."""
    opened: frozenset[str] = frozenset()
    """Services that are open although their category may be closed."""
    timed: tuple[tuple[str, Reason], ...] = ()
    """What is closed at this time and why, in order: `everything`, `category:games`, `service:tiktok`."""
    allows: frozenset[bytes] = frozenset()
    """Names that a parent has opened with all below them, in wire form; `blocks` and `lesson` are such names, too."""
    blocks: frozenset[bytes] = frozenset()
    lesson: frozenset[bytes] = frozenset()
    """Names that a lesson opens while it closes everything else."""

    def closing(self, categories: frozenset[str]) -> BandRules:
        """Give these rules with some more categories closed; an adult decides alone."""
        return self if self.band is Band.ADULT else self._replace(closed=self.closed | categories)

    def pausing(self) -> BandRules:
        """Give these rules while filtering pauses: what protects from harm and what keeps guardian asked stays.

        Those are malicious software, scams, and the names that would lead a device past guardian. A band that opens
        the allow list alone goes on doing so: a pause is no reason to open everything to a toddler. What is closed by
        time stays closed: a pause is no bedtime story.
        """
        return self._replace(
            closed=self.closed & (self.threats | self.bypass), services=frozenset(), blocks=frozenset()
        )

    def changed(self, choices: Iterable[tuple[str, bool]]) -> BandRules:
        """Give these rules after a family's choices: a subject each, and whether it is opened.

        No choice opens malicious software, scams or what leads past guardian.
        """
        closed, services, opened, allow_only = set(self.closed), set(self.services), set(self.opened), self.allow_only
        for subject, opens in choices:
            kind, _, name = subject.partition(":")
            if kind == CATEGORY:
                (closed.discard if opens else closed.add)(name)
            elif kind == SERVICE:
                (opened if opens else services).add(name)
            else:
                allow_only = not opens
        closed |= self.threats | self.bypass
        return self._replace(
            allow_only=allow_only, closed=frozenset(closed), services=frozenset(services), opened=frozenset(opened)
        )


def rules_of(band: Band, table: Categories, *, known: bool = True) -> BandRules:
    """Read one band's column of the table; a device that is not `known` is never limited to the allow list."""
    closed = frozenset(
        name for name, category in table.categories.items() if category.bands[band] in {Action.BLOCK, Action.ASK}
    )
    threats = frozenset(name for name in closed if table.categories[name].threat)
    bypass = frozenset(name for name in closed if table.categories[name].never_null)
    return BandRules(band, known and table.modes[band] is Mode.ALLOW_ONLY, closed, threats, bypass)
