"""Hold what the daemon is given: settings, and what ships with guardian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from guardian.daemon.named import named_of
from guardian.family.family import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from guardian.config.settings import Settings
    from guardian.engine.household import Named
    from guardian.family.standing import Standing
    from guardian.lists.catalog import Categories
    from guardian.lists.safe_search import SafeSearch
    from guardian.system.paths import State


class FamilyNow(NamedTuple):
    """A family, and what holds now for each profile that it makes."""

    family: Family = Family()
    standings: Mapping[str, tuple[Standing, ...]] = {}
    """By profile: of each child who uses the device, or of a device that nobody has named; empty without a store."""

    @property
    def named(self) -> Named:
        """Whom the family has named."""
        return named_of(self.family)


NOBODY = FamilyNow()
"""A house without a family store."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that `guardian dns` starts from, and starts from anew at a reload."""

    settings: Settings
    state: State
    categories: Categories
    safe_search: SafeSearch
    embedded: Callable[[], memoryview]
    """Compiles the lists that ship with guardian, in memory: the last resort where no set can be read."""
    family: FamilyNow = NOBODY
    """What the family has decided, and what of it holds now."""
