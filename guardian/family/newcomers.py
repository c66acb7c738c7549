"""Say what a device has that nobody has named.

Law 1: it may be the youngest child's, under an address that is new today: it has rules at least as strict as that
       child's band, but for the limit to the allow list, which would leave a guest with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Band

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guardian.family.members import Child

_ORDER = tuple(Band)
"""From the strictest to the loosest."""


def unknown_band(declared: Band, children: Iterable[Child]) -> Band:
    """Give the band whose blocklist an unknown device has, where `declared` is what was decided for it."""
    return min((declared, *(child.band for child in children)), key=_ORDER.index)
