"""Decide when something is closed: weekly hours, and the holidays on which some of them do not hold."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.hours import DAY
from guardian.family.log import Did, note
from guardian.family.reading import bits_of
from guardian.family.words import MAX_NAME, read_line, read_subject

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from guardian.family.decisions import Hours
    from guardian.family.family import Holiday

MAX_HOURS = 1000
MAX_HOLIDAYS = 200


def set_hours(store: sqlite3.Connection, hours: Hours, who: str, today: date) -> int:
    """Add hours whose `id` is 0, or replace those that have this `id`; give their number."""
    subject = read_subject(hours.subject)
    title = read_line(hours.title, MAX_NAME, "the title")
    days, start, end = hours.window
    if not days or not days <= set(range(7)):
        raise DecisionError("hours need one day of the week at least")
    if not (0 <= start < DAY and 0 <= end <= DAY):
        raise DecisionError("hours begin and end at a time of day, from 00:00 to 24:00")
    if hours.child is not None:
        require_child(store, hours.child)
    row = (hours.child, subject, title, bits_of(days), start, end, hours.on_holidays)
    if hours.id:
        _require_hours(store, hours.id)
        store.execute(
            "UPDATE hours SET child = ?, subject = ?, title = ?, days = ?, starts = ?, ends = ?, holidays = ?"
            " WHERE id = ?",
            (*row, hours.id),
        )
        number = hours.id
    else:
        (count,) = store.execute("SELECT count(*) FROM hours").fetchone()
        if count >= MAX_HOURS:
            raise DecisionError(f"there are {MAX_HOURS} hours already; remove some first")
        (number,) = store.execute(
            "INSERT INTO hours (child, subject, title, days, starts, ends, holidays) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " RETURNING id",
            row,
        ).fetchone()
    note(store, Did.HOURS_SET, who, today, subject, hours.child)
    return int(number)


def remove_hours(store: sqlite3.Connection, number: int, who: str, today: date) -> None:
    """Remove hours."""
    child, subject = _require_hours(store, number)
    store.execute("DELETE FROM hours WHERE id = ?", (number,))
    note(store, Did.HOURS_REMOVED, who, today, subject, child)


def set_holidays(store: sqlite3.Connection, holidays: Iterable[Holiday], who: str, today: date) -> None:
    """Replace all holidays."""
    rows = {}
    for holiday in holidays:
        first, last = _day(holiday.first), _day(holiday.last)
        if last < first:
            raise DecisionError(f"a holiday from {first} can't end on {last}")
        rows[first, last] = read_line(holiday.title, MAX_NAME, "the title")
    if len(rows) > MAX_HOLIDAYS:
        raise DecisionError(f"at most {MAX_HOLIDAYS} holidays are kept")
    store.execute("DELETE FROM holiday")
    store.executemany(
        "INSERT INTO holiday (first, last, title) VALUES (?, ?, ?)",
        [(f"{first}", f"{last}", title) for (first, last), title in rows.items()],
    )
    note(store, Did.HOLIDAYS_SET, who, today)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise DecisionError("a day is written as 2026-12-24") from None
    return day


def _require_hours(store: sqlite3.Connection, number: int) -> tuple[int | None, str]:
    row: tuple[int | None, str] | None = store.execute(
        "SELECT child, subject FROM hours WHERE id = ?", (number,)
    ).fetchone()
    if row is None:
        raise DecisionError("there are no such hours; somebody may have removed them just now")
    return row
