"""A child moves on by itself, month by month, until its rules end at 18."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import DecisionError
from guardian.family.growing import NEVER, YEARS, grown, later, month_of, read_month, usual_month
from guardian.family.members import Child
from guardian.model import Band

TODAY = date(2026, 11, 24)
BANDS = [band for band in Band if band is not Band.ADULT]


def child(band: Band, moves_on: str | None) -> Child:
    return Child(1, "Ana", band, moves_on, None, None, "a" * 16)


@pytest.mark.parametrize(
    ("day", "band", "moves_on"),
    [
        (date(2027, 8, 31), Band.PRIMARY, "2027-09"),
        (date(2027, 9, 1), Band.MIDDLE, "2030-09"),
        (date(2030, 8, 31), Band.MIDDLE, "2030-09"),
        (date(2030, 9, 1), Band.TEEN, "2033-09"),
        (date(2033, 9, 30), Band.YOUTH, "2035-09"),
        (date(2035, 8, 31), Band.YOUTH, "2035-09"),
        (date(2035, 9, 1), Band.ADULT, None),
        (date(2099, 1, 1), Band.ADULT, None),
    ],
)
def test_a_child_of_primary_school_moves_on_when_its_months_begin(day: date, band: Band, moves_on: str | None) -> None:
    older = grown(child(Band.PRIMARY, "2027-09"), day)
    assert (older.band, older.moves_on) == (band, moves_on)


def test_a_class_keeps_its_band() -> None:
    assert grown(child(Band.MIDDLE, None), date(2099, 1, 1)).band is Band.MIDDLE


def test_a_choice_of_the_family_stays_when_a_child_moves_on() -> None:
    ana = child(Band.MIDDLE, "2026-11")._replace(safe_search="off", video="strict")
    older = grown(ana, TODAY)
    assert (older.safe_search, older.video, older.band) == ("off", "strict", Band.TEEN)


@given(st.sampled_from(BANDS), st.dates(date(2026, 1, 1), date(2050, 1, 1)), st.integers(0, 40 * 366))
def test_it_makes_no_difference_whether_anybody_looked_meanwhile(band: Band, first: date, days: int) -> None:
    ana = child(band, usual_month(band, first))
    last = date.fromordinal(first.toordinal() + days)
    between = date.fromordinal(first.toordinal() + days // 3)
    assert grown(grown(ana, between), last) == grown(ana, last)


@given(st.sampled_from(BANDS), st.dates(date(2026, 1, 1), date(2090, 1, 1)))
def test_the_usual_month_lies_ahead_within_the_band(band: Band, today: date) -> None:
    month = usual_month(band, today)
    assert read_month(month, band, today) == month
    assert month_of(today) < month <= later(month_of(today), 12 * YEARS[band])


@pytest.mark.parametrize("band", BANDS)
@pytest.mark.parametrize("months", [1, 12])
def test_a_month_within_the_band_is_taken(band: Band, months: int) -> None:
    assert read_month(later("2026-11", months), band, TODAY)


@pytest.mark.parametrize(
    "text", ["2026-11", "2030-12", "2027-13", "2027", "27-09", "september", "", "2027-09-01", "²027-09"]
)
def test_another_month_is_refused_with_what_helps(text: str) -> None:
    with pytest.raises(DecisionError, match=r"2029-09|between 2026-12 and 2030-11"):
        read_month(text, Band.PRIMARY, TODAY)


def test_never_is_no_month() -> None:
    assert read_month(NEVER, Band.PRIMARY, TODAY) is None


@pytest.mark.parametrize(
    ("month", "months", "wanted"),
    [("2026-12", 1, "2027-01"), ("2027-01", -1, "2026-12"), ("2026-11", 14, "2028-01"), ("2026-11", 0, "2026-11")],
)
def test_months_are_counted_across_years(month: str, months: int, wanted: str) -> None:
    assert later(month, months) == wanted
