"""Hold a family as it is at one moment: everything that decides which rules a device has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guardian.family.decisions import Budget, Choice, Hours, Measure, NameRule
    from guardian.family.members import Child, Device
    from guardian.model import Band

DEFAULT_ZONE = "Europe/Tirane"


class Holiday(NamedTuple):
    """Some days without school."""

    first: str
    """`2026-12-24`."""
    last: str
    title: str


class Family(NamedTuple):
    """Whatever the family store says that decisions depend on."""

    children: tuple[Child, ...] = ()
    devices: tuple[Device, ...] = ()
    hours: tuple[Hours, ...] = ()
    choices: tuple[Choice, ...] = ()
    rules: tuple[NameRule, ...] = ()
    measures: tuple[Measure, ...] = ()
    budgets: tuple[Budget, ...] = ()
    holidays: tuple[Holiday, ...] = ()
    zone: str = DEFAULT_ZONE
    """The family's time zone, by its IANA name."""
    unknown_band: Band | None = None
    """The band of a device that nobody has named; None for what guardian.yaml says."""
