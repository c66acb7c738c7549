"""Say what holds for one child at one moment, of all that its family has decided.

Law 1: the moment is an argument, in the family's zone; equal standings are equal values, so a second later is no news.
Law 2: while the clock is not known to be right, whatever time would loosen is not granted: hours close as if they were
       on, no bonus, no pause, no minutes, no name opened for a while; and what closes for a while does not end.
Law 3: what is decided for every child holds for a device that nobody has named, too: it may be a child's.
Law 4: of causes that close the same thing the first counts: off, lesson, hours, minutes of the day.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from guardian.family.decisions import EVERYTHING
from guardian.family.growing import grown
from guardian.family.hours import edges
from guardian.model import Band, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guardian.family.decisions import Hours, Measure, NameRule
    from guardian.family.family import Family, Holiday
    from guardian.family.members import Child

LESSON, OFF, PAUSE, BONUS = "lesson", "off", "pause", "bonus"
"""Kinds of measures."""


LOOK_AHEAD = timedelta(days=8)
"""A week's hours have all ended once by then, and begun."""


class Standing(NamedTuple):
    """What holds for one child, or for a device that nobody has named."""

    band: Band
    choices: tuple[tuple[str, bool], ...] = ()
    """Subjects that it has otherwise than its band, and whether they are opened."""
    timed: tuple[tuple[str, Reason], ...] = ()
    """Subjects that are closed by time, and by what."""
    allows: frozenset[str] = frozenset()
    """Names that a parent has opened; names are as text, and cover all below them."""
    blocks: frozenset[str] = frozenset()
    lesson: frozenset[str] = frozenset()
    """Names that a lesson opens, while it closes everything else."""
    paused: bool = False
    safe_search: str | None = None
    video: str | None = None


class Moment(NamedTuple):
    """When something is asked, and whether that can be relied on."""

    at: datetime
    """In the family's zone."""
    known: bool = True
    """The clock is right, as far as this machine can tell."""

    def is_over(self, until: int | None) -> bool:
        """Say whether something that closes until then has ended."""
        return until is not None and self.known and self.at.timestamp() >= until

    def is_granted(self, until: int | None) -> bool:
        """Say whether something that opens until then still does."""
        return until is None or (self.known and self.at.timestamp() < until)


def ends_of(family: Family, child: int | None, standing: Standing, moment: Moment) -> dict[str, int]:
    """Give when each subject that time closes will be open again, as far as that is in the next days.

    Seconds of Unix time; what a child opens itself, and what never ends, is left out. None of it while the clock is not
    known.
    """
    closed = {subject for subject, _ in standing.timed}
    found: dict[str, int] = {}
    if not closed or not moment.known:
        return found
    zone = moment.at.tzinfo
    last = int((moment.at + LOOK_AHEAD).timestamp())
    ends = {datetime.fromtimestamp(one.until, UTC) for one in family.measures if 0 < one.until < last}
    ends.update(edges([one.window for one in family.hours], moment.at, moment.at + LOOK_AHEAD))
    measures = [one for one in family.measures if one.child in {None, child}]
    for end in sorted(one for one in ends if one > moment.at):
        then = dict(_timed(family, child, measures, Moment(end.astimezone(zone))))
        found |= {subject: int(end.timestamp()) for subject in closed - then.keys() - found.keys()}
        if len(found) == len(closed):
            break
    return found


def standing_of(family: Family, child: Child | None, moment: Moment, band: Band = Band.EARLY) -> Standing:
    """Say what holds for a child; for None, what holds for a device of `band` that nobody has named."""
    number = None
    if child is not None:
        # a clock that may be years ahead makes nobody grow
        child = grown(child, moment.at.date()) if moment.known else child
        number, band = child.id, child.band
        if band is Band.ADULT:
            return Standing(band)
    measures = [one for one in family.measures if one.child in {None, number}]
    rules = [one for one in family.rules if one.child in {None, number}]
    lessons = [one for one in measures if one.kind == LESSON and not moment.is_over(one.until)]
    timed = _timed(family, number, measures, moment)
    off = (EVERYTHING, Reason.OFF) in timed
    return Standing(
        band=band,
        choices=tuple((one.subject, one.opens) for one in family.choices if one.child == number),
        timed=timed,
        allows=_names(one for one in rules if one.opens and moment.is_granted(one.until)),
        blocks=_names(one for one in rules if not one.opens and not moment.is_over(one.until)),
        # switched off is off, be there a lesson or not
        lesson=frozenset() if off else frozenset(name for one in lessons for name in one.names),
        paused=any(one.kind == PAUSE and moment.is_granted(one.until) for one in measures),
        safe_search=child.safe_search if child else None,
        video=child.video if child else None,
    )


def _names(rules: Iterable[NameRule]) -> frozenset[str]:
    return frozenset(rule.name for rule in rules)


def _timed(
    family: Family, child: int | None, measures: list[Measure], moment: Moment
) -> tuple[tuple[str, Reason], ...]:
    bonus = {one.subject for one in measures if one.kind == BONUS and moment.is_granted(one.until)}
    found: dict[str, Reason] = {}
    if EVERYTHING not in bonus:
        for budget in family.budgets:
            runs = moment.known and budget.runs(moment.at)
            if budget.child == child and budget.subject not in bonus and not runs:
                found[budget.subject] = Reason.BUDGET
        for hours in family.hours:
            concerns = hours.child in {None, child} and hours.subject not in bonus
            if concerns and (not moment.known or closes(hours, moment.at, family.holidays)):
                found[hours.subject] = Reason.HOURS
    for measure in measures:
        if measure.kind == LESSON and not moment.is_over(measure.until):
            found[EVERYTHING] = Reason.LESSON
    for measure in measures:
        if measure.kind == OFF and not moment.is_over(measure.until):
            found[measure.subject] = Reason.OFF
    return tuple(sorted(found.items(), key=lambda item: item[0]))


def closes(hours: Hours, at: datetime, holidays: tuple[Holiday, ...]) -> bool:
    """Say whether hours close at a moment; on which day a window began says whether it is of a holiday."""
    window = hours.window
    if not window.holds(at):
        return False
    if hours.on_holidays:
        return True
    minute, today = at.hour * 60 + at.minute, at.date()
    yesterday = today - timedelta(days=1)
    if window.start < window.end:
        began = [today]
    else:
        began = [today] if today.weekday() in window.days and minute >= window.start else []
        began += [yesterday] if yesterday.weekday() in window.days and minute < window.end else []
    return not all(any(one.first <= f"{day}" <= one.last for one in holidays) for day in began)
