"""Find the lists of one's own that close nothing for a child's device: its band leaves the category open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Band, ListKind
from guardian.policy.bands import rules_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.cli.house import House
    from guardian.errors import Fault


def idle_sources(house: House) -> Iterator[Fault]:
    """Warn at the category of each such list; an adult's device is meant to stay open, and no reason to warn."""
    used = {house.settings.family.unknown_devices, *(client.band for client in house.settings.clients)}
    children = [rules_of(band, house.categories) for band in Band if band in used and band is not Band.ADULT]
    for number, source in enumerate(house.settings.lists.sources):
        open_for = [rules.band.value for rules in children if source.category not in rules.closed]
        if source.kind is ListKind.BLOCK and open_for:
            bands = ", ".join(open_for)
            message = f"{source.category} is open for {bands}: this list closes nothing for those devices"
            hint = "choose a category that the band closes: docs/categories.md has the table"
            yield house.document.fault(("lists", "sources", number, "category"), message, hint)
