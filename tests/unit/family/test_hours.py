"""A family's hours, held to a plain walk through every minute of the days when the clock is put forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.family.hours import DAY, Window, any_holds, next_change

TIRANE = ZoneInfo("Europe/Tirane")
EVERY_DAY = frozenset(range(7))
MONDAY = datetime(2026, 11, 23, tzinfo=TIRANE)
SPRING, AUTUMN = datetime(2026, 3, 29, tzinfo=TIRANE), datetime(2026, 10, 25, tzinfo=TIRANE)

windows = st.lists(
    st.builds(
        Window,
        st.frozensets(st.integers(0, 6), min_size=1),
        st.integers(0, DAY - 1),
        st.integers(0, DAY),
    ),
    max_size=3,
)


def at(moment: datetime, hour: int, minute: int = 0) -> datetime:
    return moment.replace(hour=hour, minute=minute)


def shown_by_a_clock(window: Window, moment: datetime) -> bool:
    """The oracle: does a window that began today or yesterday reach this minute of the wall clock?"""
    day, minute = moment.weekday(), moment.hour * 60 + moment.minute
    length = (window.end - window.start) if window.end > window.start else (window.end + DAY - window.start)
    return any(
        (day - back) % 7 in window.days and window.start <= minute + DAY * back < window.start + length
        for back in (0, 1)
    )


def test_a_bedtime_goes_on_past_midnight() -> None:
    bedtime = Window(frozenset({0}), 21 * 60, 7 * 60)
    assert [bedtime.holds(at(MONDAY, hour)) for hour in (20, 21, 23)] == [False, True, True]
    tuesday = MONDAY + timedelta(days=1)
    assert [bedtime.holds(at(tuesday, hour)) for hour in (0, 6, 7, 21)] == [True, True, False, False]


def test_a_window_from_a_minute_to_the_same_minute_is_a_whole_day() -> None:
    whole = Window(frozenset({0}), 0, 0)
    assert whole.holds(at(MONDAY, 0))
    assert whole.holds(at(MONDAY, 23, 59))
    assert not whole.holds(MONDAY + timedelta(days=1))


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_bedtime_begins_at_nine_on_the_wall_on_both_days_when_the_clock_is_changed(day: datetime, hours: int) -> None:
    bedtime = [Window(EVERY_DAY, 21 * 60, 7 * 60)]
    start = next_change(bedtime, at(day, 7))
    assert start == at(day, 21)
    assert (at(day, 21).astimezone(UTC) - at(day, 0).astimezone(UTC)) == timedelta(hours=hours - 3)


def test_an_hour_that_comes_twice_is_inside_twice() -> None:
    night = [Window(EVERY_DAY, 2 * 60, 3 * 60)]
    begin = next_change(night, at(AUTUMN, 1))
    assert begin is not None
    end = next_change(night, begin)
    assert end is not None
    assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=2)


def test_an_hour_that_does_not_come_is_skipped() -> None:
    night = [Window(frozenset({6}), 2 * 60, 3 * 60)]
    found = next_change(night, at(SPRING, 1))
    assert found is None or found.date() == SPRING.date() + timedelta(days=7)


def test_hours_without_a_window_never_change() -> None:
    assert next_change([], MONDAY) is None
    assert next_change([Window(EVERY_DAY, 0, DAY)], MONDAY) is None


@given(windows, st.sampled_from([MONDAY, SPRING, AUTUMN]), st.integers(0, 3 * DAY))
def test_a_window_holds_when_a_clock_on_the_wall_says_so(hours: list[Window], day: datetime, minutes: int) -> None:
    moment = (day.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(TIRANE)
    assert any_holds(hours, moment) == any(shown_by_a_clock(window, moment) for window in hours)


@pytest.mark.thorough
@given(windows, st.sampled_from([MONDAY, SPRING, AUTUMN]), st.integers(-DAY, DAY))
def test_the_next_change_is_the_first_minute_that_differs(hours: list[Window], day: datetime, minutes: int) -> None:
    moment = (day.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(TIRANE)
    now = any_holds(hours, moment)
    later = ((moment.astimezone(UTC) + timedelta(minutes=step)).astimezone(TIRANE) for step in range(1, 8 * DAY))
    wanted = next((one for one in later if any_holds(hours, one) != now), None)
    found = next_change(hours, moment)
    assert (found and found.astimezone(UTC)) == (wanted and wanted.astimezone(UTC))
