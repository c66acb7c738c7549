"""Hold who belongs to a family: its children and its devices.

Law 1: a child is a nickname, a band and a month; nothing here says how old it is to the day, or when it was online.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guardian.model import Band


class Child(NamedTuple):
    """A child, as its family calls it."""

    id: int
    name: str
    """A nickname or an emoji."""
    band: Band
    moves_on: str | None
    """The month in which it moves to the next band, `2027-09`; None where it stays."""
    safe_search: str | None
    """`strict` or `off`; None for what its band does."""
    video: str | None
    """`strict`, `moderate` or `off`; None for what its band does."""
    label: str
    """What its own devices may call themselves over encrypted DNS: sixteen letters drawn at random."""


class Device(NamedTuple):
    """A device, and whose it is."""

    id: int
    name: str
    hardware: str | None
    """Its hardware address, `aa:bb:cc:dd:ee:ff`."""
    network: str | None
    """Its address, or a network of such devices."""
    is_adults: bool
    children: tuple[int, ...]
    """The children who use it; of several the strictest applies."""
