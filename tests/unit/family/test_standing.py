"""What holds for a child at a moment: hours, measures, minutes, rules and what a clock in doubt takes away.

Law 1: the oracle of the week walks minute by minute through a list of closed minutes; it knows no window and no zone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.family.decisions import EVERYTHING, Budget, Choice, Hours, Measure, NameRule
from guardian.family.family import Family, Holiday
from guardian.family.hours import DAY, Window
from guardian.family.members import Child
from guardian.family.standing import Moment, Standing, closes, ends_of, standing_of
from guardian.model import Band, Reason

TIRANE: Final = ZoneInfo("Europe/Tirane")
ERA: Final = Child(1, "Era", Band.PRIMARY, None, None, None, "abcdefghijklmnop")
BEN: Final = Child(2, "Ben", Band.TEEN, None, "strict", "strict", "bcdefghijklmnopq")
DAYS: Final = frozenset(range(7))
SCHOOL_DAYS: Final = frozenset(range(5))
NOON: Final = datetime(2026, 11, 24, 12, 0, tzinfo=TIRANE)
"""A Tuesday."""
STAMP: Final = int(NOON.timestamp())
BEDTIME: Final = Hours(1, 1, EVERYTHING, "bedtime", Window(DAYS, 21 * 60, 7 * 60), on_holidays=True)


def measure(kind: str, *, child: int | None = 1, subject: str = EVERYTHING, minutes: int = 30) -> Measure:
    names = ("school.example",) if kind == "lesson" else ()
    return Measure(1, child, kind, subject, STAMP + 60 * minutes, names)


def at(hour: int, minute: int = 0, *, day: int = 24, known: bool = True) -> Moment:
    return Moment(datetime(2026, 11, day, hour, minute, tzinfo=TIRANE), known)


def timed(family: Family, moment: Moment, child: Child | None = ERA) -> dict[str, Reason]:
    return dict(standing_of(family, child, moment).timed)


# --- hours ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("hour", "minute", "closed"), [(20, 59, False), (21, 0, True), (6, 59, True), (7, 0, False)])
def test_bedtime_begins_and_ends_on_its_minute(hour: int, minute: int, *, closed: bool) -> None:
    family = Family(children=(ERA, BEN), hours=(BEDTIME,))
    assert (timed(family, at(hour, minute)) == {EVERYTHING: Reason.HOURS}) is closed
    assert timed(family, at(hour, minute), BEN) == {}


def test_hours_for_every_child_hold_for_a_device_that_nobody_has_named_too() -> None:
    family = Family(children=(ERA,), hours=(BEDTIME._replace(child=None),))
    assert timed(family, at(22), None) == {EVERYTHING: Reason.HOURS}


def test_hours_on_a_category_close_that_alone() -> None:
    family = Family(children=(ERA,), hours=(BEDTIME._replace(subject="category:games"),))
    assert timed(family, at(22)) == {"category:games": Reason.HOURS}


def test_a_night_belongs_to_the_day_on_which_it_begins_be_that_a_holiday_or_not() -> None:
    school_nights = BEDTIME._replace(on_holidays=False)
    family = Family(children=(ERA,), hours=(school_nights,), holidays=(Holiday("2026-11-25", "2026-11-25", "a day"),))
    closed = [(day, hour) for day in (24, 25, 26) for hour in (1, 12, 22) if timed(family, at(hour, day=day))]
    assert closed == [(24, 1), (24, 22), (25, 1), (26, 22)]


@st.composite
def _hours(draw: st.DrawFn) -> Hours:
    days = frozenset(draw(st.sets(st.integers(0, 6), min_size=1)))
    minutes = st.one_of(st.integers(0, DAY - 1), st.sampled_from([0, 120, 150, 180, 1260, 1439]))
    window = Window(days, draw(minutes), draw(st.one_of(minutes, st.just(DAY))))
    return Hours(1, draw(st.sampled_from([None, 1, 2])), EVERYTHING, "", window, draw(st.booleans()))


def week_of(hours: Hours, holidays: set[date], first: date) -> set[tuple[date, int]]:
    """Give every minute of the wall clock that is closed in the days from `first` on: the oracle."""
    closed = set()
    for number in range(-1, 9):
        day = first + timedelta(days=number)
        if day.weekday() not in hours.window.days or (day in holidays and not hours.on_holidays):
            continue
        minute, length = hours.window.start, (hours.window.end - hours.window.start) % DAY or DAY
        if hours.window.start < hours.window.end:
            length = hours.window.end - hours.window.start
        for _ in range(length):
            closed.add((day + timedelta(days=minute // DAY), minute % DAY))
            minute += 1
    return closed


WEEKS: Final = [date(2026, 10, 22), date(2027, 3, 25), date(2028, 2, 26), date(2026, 12, 28)]
"""Around the days on which the clock is put back and forward, a leap day, and a new year."""


@settings(max_examples=40, deadline=None)
@given(
    st.lists(_hours(), max_size=4),
    st.sampled_from(WEEKS),
    st.sets(st.integers(0, 6), max_size=2),
    st.lists(st.integers(0, 7 * DAY * 60), min_size=20, max_size=40),
)
def test_a_week_of_hours_is_what_a_person_finds_who_looks_at_the_wall_clock(
    hours: list[Hours], first: date, off: set[int], seconds: list[int]
) -> None:
    holidays = {first + timedelta(days=number) for number in off}
    told = tuple(Holiday(f"{day}", f"{day}", "") for day in sorted(holidays))
    family = Family(children=(ERA, BEN), hours=tuple(hours), holidays=told)
    begin = datetime(first.year, first.month, first.day, tzinfo=TIRANE).astimezone(UTC)
    for child in (ERA, BEN):
        closed: set[tuple[date, int]] = set()
        for one in hours:
            if one.child in {None, child.id}:
                closed |= week_of(one, holidays, first)
        for second in seconds:
            wall = (begin + timedelta(seconds=second)).astimezone(TIRANE)
            expected = (wall.date(), wall.hour * 60 + wall.minute) in closed
            assert bool(timed(family, Moment(wall), child)) is expected, (wall, hours)


@settings(max_examples=40, deadline=None)
@given(st.lists(_hours(), min_size=1, max_size=3), st.sampled_from(WEEKS), st.integers(0, 6 * DAY))
def test_what_is_told_as_the_end_is_the_first_moment_at_which_it_is_open(
    hours: list[Hours], first: date, minute: int
) -> None:
    family = Family(children=(ERA,), hours=tuple(hours))
    start = datetime(first.year, first.month, first.day, tzinfo=TIRANE).astimezone(UTC) + timedelta(minutes=minute)
    moment = Moment(start.astimezone(TIRANE))
    standing = standing_of(family, ERA, moment)
    told = ends_of(family, ERA.id, standing, moment).get(EVERYTHING)
    wanted = None
    if standing.timed:
        later = (start + timedelta(minutes=number) for number in range(1, 8 * DAY))
        wanted = next((one for one in later if not timed(family, Moment(one.astimezone(TIRANE)))), None)
    assert told == (None if wanted is None else int(wanted.timestamp()))


# --- measures and minutes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["off", "lesson", "pause", "bonus"])
def test_a_measure_holds_for_its_child_until_its_second(kind: str) -> None:
    family = Family(children=(ERA, BEN), measures=(measure(kind),), hours=(BEDTIME,))
    during = standing_of(family, ERA, Moment(NOON + timedelta(minutes=29, seconds=59)))
    after = standing_of(family, ERA, Moment(NOON + timedelta(minutes=30)))
    assert standing_of(family, BEN, Moment(NOON)).timed == ()
    assert after == standing_of(Family(children=(ERA,)), ERA, Moment(NOON))
    assert (during == after) is (kind == "bonus")
    assert during.paused is (kind == "pause")
    assert during.lesson == ({"school.example"} if kind == "lesson" else set())


def test_bonus_minutes_lift_bedtime_and_minutes_of_the_day_and_not_what_a_parent_switched_off() -> None:
    late = Moment(NOON.replace(hour=22))
    budget = Budget(1, "category:games", 30, None, None, None)
    family = Family(children=(ERA,), hours=(BEDTIME,), budgets=(budget,))
    assert timed(family, late) == {EVERYTHING: Reason.HOURS, "category:games": Reason.BUDGET}
    bonus = measure("bonus", minutes=700)
    assert timed(family._replace(measures=(bonus,)), late) == {}
    part = bonus._replace(subject="category:games")
    assert timed(family._replace(measures=(part,)), late) == {EVERYTHING: Reason.HOURS}
    off = measure("off", minutes=700)
    assert timed(family._replace(measures=(bonus, off)), late) == {EVERYTHING: Reason.OFF}


def test_switched_off_is_off_for_a_lesson_too() -> None:
    family = Family(children=(ERA,), measures=(measure("lesson", child=None), measure("off")))
    standing = standing_of(family, ERA, Moment(NOON))
    assert dict(standing.timed) == {EVERYTHING: Reason.OFF}
    assert not standing.lesson


def test_a_budget_closes_but_while_the_child_lets_its_minutes_run() -> None:
    budget = Budget(1, EVERYTHING, 30, "2026-11-24", 1800, STAMP + 60)
    family = Family(children=(ERA,), budgets=(budget,))
    assert timed(family, Moment(NOON)) == {}
    assert timed(family, Moment(NOON + timedelta(seconds=60))) == {EVERYTHING: Reason.BUDGET}
    stopped = family._replace(budgets=(budget._replace(running_until=None),))
    assert timed(stopped, Moment(NOON)) == {EVERYTHING: Reason.BUDGET}


# --- rules and choices ------------------------------------------------------------------------------------------------


def test_rules_and_choices_are_their_childs_and_rules_end() -> None:
    family = Family(
        children=(ERA, BEN),
        choices=(Choice(1, "service:tiktok", opens=False), Choice(2, "category:games", opens=True)),
        rules=(
            NameRule(1, 1, "chess.example", opens=True, reason="", until=STAMP + 60),
            NameRule(2, None, "bad.example", opens=False, reason="", until=None),
        ),
    )
    era = standing_of(family, ERA, Moment(NOON))
    assert era.choices == (("service:tiktok", False),)
    assert (set(era.allows), set(era.blocks)) == ({"chess.example"}, {"bad.example"})
    assert standing_of(family, ERA, Moment(NOON + timedelta(seconds=60))).allows == frozenset()
    ben = standing_of(family, BEN, Moment(NOON))
    assert ben.choices == (("category:games", True),)
    assert (set(ben.allows), set(ben.blocks)) == (set(), {"bad.example"})
    assert (ben.safe_search, ben.video) == ("strict", "strict")
    assert standing_of(family, None, Moment(NOON), Band.MIDDLE) == Standing(
        Band.MIDDLE, blocks=frozenset({"bad.example"})
    )


def test_who_is_grown_has_no_rule_left() -> None:
    grown = ERA._replace(band=Band.YOUTH, moves_on="2026-11")
    family = Family(children=(grown,), hours=(BEDTIME,), measures=(measure("off"),))
    assert standing_of(family, grown, Moment(NOON)) == Standing(Band.ADULT)


# --- a clock in doubt -------------------------------------------------------------------------------------------------


def test_a_clock_in_doubt_opens_nothing_for_a_while_and_ends_nothing_that_closes() -> None:
    rules = (
        NameRule(1, 1, "chess.example", opens=True, reason="", until=STAMP + 60),
        NameRule(2, 1, "always.example", opens=True, reason="", until=None),
        NameRule(3, 1, "bad.example", opens=False, reason="", until=STAMP - 60),
    )
    budgets = (Budget(1, "category:games", 30, "2026-11-24", 1800, STAMP + 600),)
    measures = (measure("bonus"), measure("pause"), measure("off", subject="service:tiktok", minutes=-30))
    young = ERA._replace(moves_on="2026-11")
    family = Family(children=(young,), hours=(BEDTIME,), budgets=budgets, measures=measures, rules=rules)
    doubted = standing_of(family, young, Moment(NOON, known=False))
    assert dict(doubted.timed) == {
        EVERYTHING: Reason.HOURS,
        "category:games": Reason.BUDGET,
        "service:tiktok": Reason.OFF,
    }
    assert not doubted.paused
    assert (set(doubted.allows), set(doubted.blocks)) == ({"always.example"}, {"bad.example"})
    assert doubted.band is Band.PRIMARY
    known = standing_of(family, young, Moment(NOON))
    assert known.paused
    assert (known.timed, set(known.blocks), known.band) == ((), set(), Band.MIDDLE)


def test_the_end_of_what_closes_is_not_told_by_a_clock_in_doubt() -> None:
    family = Family(children=(ERA,), hours=(BEDTIME,))
    moment = at(22, known=False)
    assert ends_of(family, 1, standing_of(family, ERA, moment), moment) == {}


def test_a_window_of_a_whole_day_closes_it_all() -> None:
    day = BEDTIME._replace(window=Window(frozenset({1}), 0, DAY))
    moments = [at(23, 59, day=23), at(0), at(23, 59), at(0, day=25)]
    assert [closes(day, moment.at, ()) for moment in moments] == [False, True, True, False]
