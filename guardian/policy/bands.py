"""Say what each age band does by default, category by category.

Law 1: the table is data of the catalogue (categories.yaml, after rights.md 3.3); this room only reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.catalog import Mode
from guardian.model import Action, Band

if TYPE_CHECKING:
    from guardian.lists.catalog import Categories


class BandRules(NamedTuple):
    """What one band does."""

    band: Band
    allow_only: bool
    """What no allow list names is closed."""
    closed: frozenset[str]
    """Categories that are blocked or wait for a parent's yes."""
    threats: frozenset[str]
    """Of those, the ones that are malicious software or scams."""

    def closing(self, categories: frozenset[str]) -> BandRules:
        """Give these rules with some more categories closed; an adult decides alone."""
        return self if self.band is Band.ADULT else self._replace(closed=self.closed | categories)

    def pausing(self, table: Categories) -> BandRules:
        """Give these rules while filtering pauses: what protects from harm and what keeps guardian asked stays.

        Those are malicious software, scams, and the names that would lead a device past guardian. A band that opens
        the allow list alone goes on doing so: a pause is no reason to open everything to a toddler.
        """
        kept = frozenset(name for name, category in table.categories.items() if category.never_null)
        return self._replace(closed=self.closed & (self.threats | kept))


def rules_of(band: Band, table: Categories, *, known: bool = True) -> BandRules:
    """Read one band's column of the table; a device that is not `known` is never limited to the allow list."""
    closed = frozenset(
        name for name, category in table.categories.items() if category.bands[band] in {Action.BLOCK, Action.ASK}
    )
    threats = frozenset(name for name in closed if table.categories[name].threat)
    return BandRules(band, known and table.modes[band] is Mode.ALLOW_ONLY, closed, threats)
