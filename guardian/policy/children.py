"""Turn what holds for a child into the rules that a policy is made from.

Law 1: a family changes what its child's band does; what protects from harm, and what keeps guardian asked, it can't.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.policy.bands import rules_of
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from guardian.family.standing import Standing
    from guardian.lists.catalog import Categories
    from guardian.policy.bands import BandRules


def rules_now(standing: Standing, table: Categories, strange: frozenset[str], *, known: bool = True) -> BandRules:
    """Give the rules of a child as it stands; `strange` categories are closed to every child.

    A device that is not `known` is never limited to the allow list.
    """
    rules = rules_of(standing.band, table, known=known).closing(strange)
    if not any(standing[1:]):
        return rules
    rules = rules.changed(standing.choices)._replace(
        timed=standing.timed,
        allows=frozenset(map(to_wire, standing.allows)),
        blocks=frozenset(map(to_wire, standing.blocks)),
        lesson=frozenset(map(to_wire, standing.lesson)),
    )
    return rules.pausing() if standing.paused else rules
