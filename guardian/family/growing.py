"""Hold how a child's band moves on with its age, by itself, until the rules end at 18.

Law 1: nobody needs to act: whoever asks what applies to a child asks for the child as it has grown by that day.
Law 2: a month is all that is known; a child moves on when the month begins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.errors import DecisionError
from guardian.model import Band

if TYPE_CHECKING:
    from datetime import date

    from guardian.family.members import Child

YEARS: Final = {Band.EARLY: 6, Band.PRIMARY: 4, Band.MIDDLE: 3, Band.TEEN: 3, Band.YOUTH: 2}
"""How long a band lasts."""
NEVER = "never"
"""Instead of a month: a class or a library computer keeps its band."""
_BANDS: Final = tuple(Band)
_MONTH: Final = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])", re.ASCII)


def grown(child: Child, today: date) -> Child:
    """Give the child as it is on a day; with the band ADULT once it is 18: no rule holds for it then."""
    month = month_of(today)
    while child.moves_on is not None and child.moves_on <= month:
        band = _BANDS[_BANDS.index(child.band) + 1]
        moves_on = None if band is Band.ADULT else later(child.moves_on, 12 * YEARS[band])
        child = child._replace(band=band, moves_on=moves_on)
    return child


def usual_month(band: Band, today: date) -> str:
    """Give the month of moving on for a child of whom only the band is known: in the middle of the band."""
    return later(month_of(today), 6 * YEARS[band])


def read_month(text: str, band: Band, today: date) -> str | None:
    """Return a month of moving on, None for NEVER; it lies ahead, and no farther than the band lasts."""
    if text == NEVER:
        return None
    if not _MONTH.fullmatch(text):
        raise DecisionError(f"a month is written as 2029-09; or {NEVER}, for a class or a library computer")
    first, last = later(month_of(today), 1), later(month_of(today), 12 * YEARS[band])
    if not first <= text <= last:
        raise DecisionError(f"a child of {band} moves on to the next band between {first} and {last}")
    return text


def month_of(today: date) -> str:
    """Give the month of a day: `2026-11`."""
    return f"{today:%Y-%m}"


def later(month: str, months: int) -> str:
    """Give the month so many months after another; before it, where they are negative."""
    year, number = divmod(12 * int(month[:4]) + int(month[5:]) - 1 + months, 12)
    return f"{year:04}-{number + 1:02}"
