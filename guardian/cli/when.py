"""Hold how a family writes days, times and lengths at a terminal, and how it reads them there.

Law 1: what can't be read is a wrong use, told with how to write it.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from guardian.family.hours import DAY

if TYPE_CHECKING:
    from datetime import date

    from guardian.family.hours import Window

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS: Final = {
    "daily": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
}
_FULL: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY: Final = {word: day for words in (DAYS, _FULL) for day, word in enumerate(words)}
_WEEK_DAYS = 7


def read_days(text: str) -> frozenset[int]:
    """Read days of the week, 0 for Monday: `mon-fri`, `sat,sun`, `daily`, `weekdays`, `weekend`."""
    days: frozenset[int] = frozenset()
    for part in text.lower().replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if part in _SETS:
            days |= _SETS[part]
        elif first in _DAY and (not dash or last in _DAY):
            start, end = _DAY[first], _DAY[last if dash else first]
            days |= {day % _WEEK_DAYS for day in range(start, end + (_WEEK_DAYS if end < start else 0) + 1)}
        else:
            message = f"{text!r} names no days; write mon-fri, or sat,sun, or daily"
            raise ArgumentTypeError(message)
    return days


def days_in_words(days: frozenset[int]) -> str:
    """Write days as `read_days` reads them."""
    for word, known in _SETS.items():
        if days == known:
            return word
    first, last = min(days), max(days)
    if len(days) > 2 and last - first == len(days) - 1:
        return f"{DAYS[first]}-{DAYS[last]}"
    return ",".join(DAYS[day] for day in sorted(days))


def read_clock(text: str) -> int:
    """Read a time of day as minutes from midnight; 24:00 is the end of a day."""
    hour, colon, minute = text.partition(":")
    if colon and hour.isdecimal() and minute.isdecimal() and len(minute) == 2:
        found = 60 * int(hour) + int(minute)
        if int(minute) < 60 and found <= DAY:
            return found
    message = f"{text!r} is no time of day; write 21:30"
    raise ArgumentTypeError(message)


def clock_in_words(minute: int) -> str:
    """Write minutes from midnight as a time of day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def window_in_words(window: Window) -> str:
    """Write a window as `mon-fri 21:00-07:00`."""
    return f"{days_in_words(window.days)} {clock_in_words(window.start)}-{clock_in_words(window.end)}"


def read_minutes(text: str) -> int:
    """Read a length: `30`, `30m`, `2h`, `1h30`."""
    hours, mark, rest = text.lower().removesuffix("min").removesuffix("m").rpartition("h")
    if (not mark or hours.isdecimal()) and (rest.isdecimal() or (mark and not rest)):
        found = 60 * int(hours or 0) + int(rest or 0)
        if found:
            return found
    message = f"{text!r} is no length; write minutes, such as 30, or 2h"
    raise ArgumentTypeError(message)


def next_clock(minute: int, now: datetime) -> int:
    """Give the seconds of Unix time at which the clock on the wall next shows a time of day."""
    day = now.date() if minute > 60 * now.hour + now.minute else now.date() + timedelta(days=1)
    return int((_midnight(day, now) + timedelta(minutes=minute)).timestamp())


def until_in_words(until: int | None, now: datetime) -> str:
    """Write an end: `until 21:30`, `until tomorrow 07:00`, `until Thu 26 Nov 07:00`, `for good`."""
    if until is None:
        return "for good"
    end = datetime.fromtimestamp(until, now.tzinfo)
    away = (end.date() - now.date()).days
    if away == 1 and not (end.hour or end.minute):
        return "until midnight"
    if away in {0, 1}:
        return f"until {('', 'tomorrow ')[away]}{end:%H:%M}"
    year = "" if end.year == now.year else f"{end:%Y} "
    return f"until {end:%a} {end.day} {end:%b} {year}{end:%H:%M}"


def _midnight(day: date, now: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
