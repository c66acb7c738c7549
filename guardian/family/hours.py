"""Hold a family's hours: weekly windows by the wall clock, and whether one is open at a moment.

Law 1: a window means what a clock on the wall shows, also on the two days when it is put forward and back.
Law 2: the moment is an argument; it carries its own zone.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

DAY = 1440
"""Minutes."""
_WEEK = 7
_LOOK_AHEAD = timedelta(days=8)


class Window(NamedTuple):
    """Some days of the week and a span of the day, which may end on the day after."""

    days: frozenset[int]
    """On which it begins: 0 is Monday."""
    start: int
    """Minutes from midnight, below DAY."""
    end: int
    """Minutes from midnight, not itself inside; at or below `start` it is on the next day."""

    def holds(self, moment: datetime) -> bool:
        """Say whether a moment, in the family's zone, is inside."""
        minute = moment.hour * 60 + moment.minute
        today = moment.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= minute < self.end
        if today in self.days and minute >= self.start:
            return True
        return (today - 1) % _WEEK in self.days and minute < self.end


def any_holds(windows: Sequence[Window], moment: datetime) -> bool:
    """Say whether a moment, in the family's zone, is inside of one of them."""
    return any(window.holds(moment) for window in windows)


def next_change(windows: Sequence[Window], moment: datetime) -> datetime | None:
    """Give the minute at which what `any_holds` says of `moment` ends, in the same zone; None where it never does.

    For pages that say "until when"; what decides asks anew each second, and so can't miss a clock that was put right.
    """
    now = any_holds(windows, moment)
    zone = moment.tzinfo
    step = moment.replace(second=0, microsecond=0)
    end = step + _LOOK_AHEAD
    # in UTC: adding a minute to wall time would miss the hour that comes twice
    for candidate in edges(windows, step, end):
        if candidate > moment and any_holds(windows, candidate.astimezone(zone)) != now:
            return candidate.astimezone(zone)
    return None


def edges(windows: Sequence[Window], start: datetime, end: datetime) -> list[datetime]:
    """Give every minute, in order, at which something could change: edges of windows, and jumps of the clock."""
    found = set()
    day = start - timedelta(days=1)
    while day <= end:
        for minute in {edge for window in windows for edge in (window.start, window.end)} | {0}:
            wall = day.replace(hour=minute // 60 % 24, minute=minute % 60, second=0, microsecond=0)
            found.update(_instants(wall))
        found.update(_jumps(day))
        day += timedelta(days=1)
    return sorted(found)


def _instants(wall: datetime) -> list[datetime]:
    """Give the moments at which a clock on the wall shows this: one, two, or the first after a gap."""
    return [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def _jumps(day: datetime) -> list[datetime]:
    """Give the moments of a day at which its clock is put forward or back."""
    begin = day.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    found = []
    for quarter in range(-8, 108):
        before, after = begin + timedelta(minutes=15 * quarter), begin + timedelta(minutes=15 * (quarter + 1))
        if before.astimezone(day.tzinfo).utcoffset() != after.astimezone(day.tzinfo).utcoffset():
            found.append(after)
    return found
