"""Hold what the daemon is given: settings, and what ships with guardian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardian.daemon.family import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.config.settings import Settings
    from guardian.daemon.family import FamilyNow
    from guardian.lists.catalog import Categories
    from guardian.lists.safe_search import SafeSearch
    from guardian.system.paths import State


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
