"""Say what each age band does by default, category by category.

Law 1: the table is data of the catalogue (categories.yaml, after rights.md 3.3); this room only reads it.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guardian.model import Band


class Action(enum.StrEnum):
    """What a band does with a category."""

    BLOCK = "block"
    ASK = "ask"
    """Closed until a parent says yes."""
    TIME = "time"
    """Open within the family's hours."""
    OPEN = "open"


class CategoryRules(NamedTuple):
    """One category as policies see it."""

    threat: bool
    """Malicious software or scam: told apart on the wire (RFC 8914 code 15)."""
    actions: Mapping[Band, Action]


class BandRules(NamedTuple):
    """What one band does."""

    band: Band
    allow_only: bool
    """What no allow list names is closed."""
    closed: frozenset[str]
    """Categories that are blocked or wait for a parent's yes."""
    threats: frozenset[str]
    """Of those, the ones that are malicious software or scams."""


def rules_of(band: Band, categories: Mapping[str, CategoryRules], *, allow_only: bool) -> BandRules:
    """Read one band's column of the table."""
    closed = frozenset(name for name, rules in categories.items() if rules.actions[band] in {Action.BLOCK, Action.ASK})
    threats = frozenset(name for name in closed if categories[name].threat)
    return BandRules(band, allow_only, closed, threats)
