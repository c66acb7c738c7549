"""Hold what a family has decided: hours, choices, rules on names, and measures for a while.

Law 1: a decision is about everything, a category or a service; or it is about one name that a person typed.
Law 2: `child` None means every child.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from guardian.family.hours import Window

EVERYTHING = "everything"
"""The subject of a decision on the whole internet; others are `category:games` or `service:tiktok`."""


class Hours(NamedTuple):
    """When something is closed, week by week."""

    id: int
    child: int | None
    subject: str
    title: str
    """What the family calls it: bedtime, homework."""
    window: Window
    on_holidays: bool
    """Whether it holds on holidays, too."""


class Choice(NamedTuple):
    """A category or service that one child has otherwise than its band."""

    child: int
    subject: str
    opens: bool


class NameRule(NamedTuple):
    """A name, with all below it, that a parent opens or closes."""

    id: int
    child: int | None
    name: str
    """Lower-case A-labels, without the final dot."""
    opens: bool
    reason: str
    until: int | None
    """Seconds of Unix time; None for good."""


class Measure(NamedTuple):
    """Something for a while: the internet off, a pause of filtering, bonus minutes, a lesson."""

    id: int
    child: int | None
    kind: str
    """`off`, `pause`, `bonus` or `lesson`."""
    subject: str
    until: int
    """Seconds of Unix time."""
    names: tuple[str, ...]
    """Of a lesson: the names that are open."""


class Budget(NamedTuple):
    """Minutes a day that a child starts and stops itself; nothing is measured."""

    child: int
    subject: str
    minutes: int
    day: str | None
    """The day that `left_seconds` is of; on any other all minutes are left, and none runs."""
    left_seconds: int | None
    """When it was last started or stopped."""
    running_until: int | None
    """Seconds of Unix time at which they are used up, while it runs."""

    def left(self, now: datetime) -> int:
        """Give the seconds that are left at a moment in the family's zone; a clock put back gives none in addition."""
        if self.left_seconds is None or self.day != f"{now:%Y-%m-%d}":
            return 60 * self.minutes
        if self.running_until is None:
            return self.left_seconds
        return min(self.left_seconds, max(0, self.running_until - int(now.timestamp())))

    def runs(self, now: datetime) -> bool:
        """Say whether the child's minutes run at a moment in the family's zone."""
        return self.running_until is not None and self.day == f"{now:%Y-%m-%d}" and self.left(now) > 0
