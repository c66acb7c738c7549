"""Keep the settings log: who changed which setting on which day, for all adults and for children from 13 to see.

Law 1: no line holds the name of a site, of a device or of a person other than who did it; what happened is one of a
       fixed table, its detail a subject, a band or a number.
Law 2: a line about a child goes with the child.
Law 3: a line has its day and no time of the day.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

MAX_LINES = 5000
"""The oldest go first."""
GUARDIAN = "guardian"
"""Who did what nobody had to do: a child grew older."""


class Did(enum.StrEnum):
    """What was done; stored as it stands here."""

    CHILD_ADDED = "child added"
    CHILD_CHANGED = "child changed"
    CHILD_REMOVED = "child removed"
    BAND_CHANGED = "band changed"
    BAND_GROWN = "band grown"
    GROWN_UP = "grown up"
    DEVICE_ADDED = "device added"
    DEVICE_CHANGED = "device changed"
    DEVICE_REMOVED = "device removed"
    HOURS_SET = "hours set"
    HOURS_REMOVED = "hours removed"
    CHOICE_MADE = "choice made"
    CHOICE_REMOVED = "choice removed"
    RULE_ADDED = "rule added"
    RULE_REMOVED = "rule removed"
    MEASURE_TAKEN = "measure taken"
    MEASURE_ENDED = "measure ended"
    BUDGET_SET = "budget set"
    BUDGET_REMOVED = "budget removed"
    REQUEST_ANSWERED = "request answered"
    HOLIDAYS_SET = "holidays set"
    SETTING_CHANGED = "setting changed"
    ADULT_ADDED = "adult added"
    ADULT_CHANGED = "adult changed"
    ADULT_REMOVED = "adult removed"
    BACKUP_RESTORED = "backup restored"


class Line(NamedTuple):
    """One line of the log."""

    day: str
    """`2026-11-24`."""
    who: str
    what: Did
    detail: str
    child: int | None
    """None where it concerns every child, or none."""


def note(
    store: sqlite3.Connection, did: Did, who: str, today: date, detail: str = "", child: int | None = None
) -> None:
    """Write one line, inside of the transaction of the change."""
    store.execute(
        "INSERT INTO log (day, who, what, detail, child) VALUES (?, ?, ?, ?, ?)",
        (f"{today:%Y-%m-%d}", who, did.value, detail, child),
    )
    store.execute("DELETE FROM log WHERE id <= (SELECT id FROM log ORDER BY id DESC LIMIT 1 OFFSET ?)", (MAX_LINES,))


def read_log(store: sqlite3.Connection, child: int | None = None, at_most: int = 500) -> tuple[Line, ...]:
    """Give the latest lines, the newest first; with `child`, those that concern it or every child."""
    rows = store.execute(
        "SELECT day, who, what, detail, child FROM log WHERE :child IS NULL OR child IS NULL OR child = :child"
        " ORDER BY id DESC LIMIT :most",
        {"child": child, "most": at_most},
    )
    return tuple(Line(day, who, Did(what), detail, about) for day, who, what, detail, about in rows)
