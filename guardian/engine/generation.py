"""Hold all that answers depend on and that changes only as a whole: the set, the policies, the house.

Law 1: a generation is never changed; a new one is assigned once, and what was judged under the old one is judged anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guardian.engine.household import Household
    from guardian.lists.domain_set import DomainSet
    from guardian.model import Answer, Query
    from guardian.policy.policy import Policy
    from guardian.wire.answers import Scribe


@dataclass(frozen=True, slots=True)
class Generation:
    """Everything that a decision is made from."""

    domains: DomainSet
    policies: Mapping[str, Policy]
    """By profile; `household` says which device has which."""
    household: Household
    scribe: Scribe
    records: Mapping[bytes, Mapping[int, Answer]] = field(default_factory=dict)
    """The operator's own: name → type → answer; type 0 holds the answer for every other type."""
    zones: Mapping[bytes, int] = field(default_factory=dict)
    """Forward zones: name → upstream group."""
    own_zones: Mapping[bytes, frozenset[bytes]] = field(default_factory=dict)
    """Zones of this house by their last label: what is not known in them is denied here."""
    rewrites: Mapping[str, Mapping[bytes, bytes]] = field(default_factory=dict)
    """Safe search by profile: name → the name that is resolved in its place."""
    inside_names: frozenset[bytes] = frozenset()
    """Names that, with all below, may have addresses of the house although the world answers them."""

    def is_of_the_house(self, query: Query) -> bool:
        """Say whether the house itself has the name: below a forward zone, or one that may point inside."""
        return self.has_house_name(query.name, query.labels)

    def has_house_name(self, name: bytes, labels: tuple[int, ...]) -> bool:
        """Say the same of a name in wire form and its label offsets."""
        if not (self.zones or self.inside_names):
            return False
        above = (name[offset:] for offset in labels)
        return any(one in self.zones or one in self.inside_names for one in above)

    def is_forwarded(self, query: Query) -> bool:
        """Say whether the name is that of a forward zone, or below one."""
        return bool(self.zones) and any(query.name[offset:] in self.zones for offset in query.labels)
