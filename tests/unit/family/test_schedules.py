"""When something is closed, as parents write it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import add_child
from guardian.family.decisions import Hours
from guardian.family.family import Holiday
from guardian.family.hours import DAY, Window
from guardian.family.log import Did, read_log
from guardian.family.reading import read_family
from guardian.family.schedules import remove_hours, set_holidays, set_hours
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

SCHOOL_NIGHTS = frozenset({6, 0, 1, 2, 3})
BEDTIME = Hours(0, None, "everything", "fjetja", Window(SCHOOL_NIGHTS, 21 * 60, 7 * 60), on_holidays=False)


def test_hours_come_back_as_they_were_set(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)
    for_all = set_hours(store, BEDTIME, "Mira", now)
    of_ana = set_hours(store, BEDTIME._replace(child=ana, subject="Category:Games", title=" lojëra "), "Mira", now)
    assert read_family(store).hours == (
        BEDTIME._replace(id=for_all),
        BEDTIME._replace(id=of_ana, child=ana, subject="category:games", title="lojëra"),
    )


def test_hours_are_replaced_by_their_number(store: sqlite3.Connection, now: datetime) -> None:
    number = set_hours(store, BEDTIME, "Mira", now)
    later = BEDTIME._replace(id=number, window=Window(SCHOOL_NIGHTS, 22 * 60, DAY))
    assert set_hours(store, later, "Mira", now) == number
    assert read_family(store).hours == (later,)
    remove_hours(store, number, "Mira", now)
    assert read_family(store).hours == ()
    for change in (lambda: remove_hours(store, number, "Mira", now), lambda: set_hours(store, later, "Mira", now)):
        with pytest.raises(DecisionError, match="no such hours"):
            change()


@pytest.mark.parametrize(
    "hours",
    [
        BEDTIME._replace(window=Window(frozenset(), 0, 60)),
        BEDTIME._replace(window=Window(frozenset({7}), 0, 60)),
        BEDTIME._replace(window=Window(SCHOOL_NIGHTS, DAY, 60)),
        BEDTIME._replace(window=Window(SCHOOL_NIGHTS, 0, DAY + 1)),
        BEDTIME._replace(window=Window(SCHOOL_NIGHTS, -1, 60)),
        BEDTIME._replace(child=9),
        BEDTIME._replace(subject="tiktok"),
        BEDTIME._replace(title="x" * 41),
    ],
)
def test_hours_that_no_clock_shows_are_refused(store: sqlite3.Connection, now: datetime, hours: Hours) -> None:
    with pytest.raises(DecisionError):
        set_hours(store, hours, "Mira", now)
    assert read_family(store).hours == ()


def test_holidays_replace_those_before(store: sqlite3.Connection, now: datetime) -> None:
    set_holidays(store, [Holiday("2026-11-28", "2026-11-29", "festa")], "Mira", now)
    winter = Holiday("2026-12-24", "2027-01-06", "dimri")
    set_holidays(store, [winter, winter], "Mira", now)
    assert read_family(store).holidays == (winter,)
    assert [line.what for line in read_log(store)] == [Did.HOLIDAYS_SET] * 2


@pytest.mark.parametrize(
    "holiday",
    [Holiday("2026-12-24", "2026-12-23", ""), Holiday("24.12.2026", "2027-01-06", ""), Holiday("2026-02-30", "", "")],
)
def test_a_holiday_of_no_days_is_refused(store: sqlite3.Connection, now: datetime, holiday: Holiday) -> None:
    with pytest.raises(DecisionError):
        set_holidays(store, [holiday], "Mira", now)
