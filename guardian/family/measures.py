"""Decide on something for a while: the internet off, a pause of filtering, bonus minutes, a lesson.

Law 1: a measure has an end, and none is far away; what a family wants for good are hours, choices and rules.
Law 2: a measure takes the place of one of its kind for the same child and subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.decisions import EVERYTHING
from guardian.family.log import Did, note
from guardian.family.words import read_site, read_subject

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable
    from datetime import date, datetime

MAX_HOURS: Final = {"off": 7 * 24, "pause": 36, "bonus": 24, "lesson": 12}
"""How long each kind lasts at most; 36 hours reach to the end of tomorrow from noon on, and past any night."""
MAX_MEASURES = 500
MAX_NAMES = 50
"""Sites that a lesson opens."""


def take_measure(
    store: sqlite3.Connection,
    child: int | None,
    kind: str,
    subject: str,
    until: int,
    names: Iterable[str],
    *,
    who: str,
    now: datetime,
) -> int:
    """Begin a measure, for all children where `child` is None, until so many seconds of Unix time; give its number.

    `names` are the sites that a lesson leaves open; other kinds have none.
    """
    if kind not in MAX_HOURS:
        raise DecisionError(f"a measure is one of: {', '.join(MAX_HOURS)}")
    if child is not None:
        require_child(store, child)
    subject = read_subject(subject)
    if kind in {"pause", "lesson"} and subject != EVERYTHING:
        raise DecisionError(f"a {kind} is about everything")
    left = until - now.timestamp()
    if not 0 < left <= 3600 * MAX_HOURS[kind]:
        raise DecisionError(f"it ends later than now, and within {MAX_HOURS[kind]} hours")
    sites = dict.fromkeys(read_site(name) for name in names)
    if (kind == "lesson") != bool(sites):
        raise DecisionError("a lesson names the sites that it opens; nothing else does")
    if len(sites) > MAX_NAMES:
        raise DecisionError(f"a lesson opens at most {MAX_NAMES} sites")
    store.execute("DELETE FROM measure WHERE child IS ? AND kind = ? AND subject = ?", (child, kind, subject))
    (count,) = store.execute("SELECT count(*) FROM measure").fetchone()
    if count >= MAX_MEASURES:
        raise DecisionError(f"there are {MAX_MEASURES} measures already; end some first")
    (number,) = store.execute(
        "INSERT INTO measure (child, kind, subject, until, names) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (child, kind, subject, until, " ".join(sites)),
    ).fetchone()
    note(store, Did.MEASURE_TAKEN, who, now, f"{kind} {subject}", child)
    return int(number)


def end_measure(store: sqlite3.Connection, number: int, who: str, today: date) -> None:
    """End a measure now."""
    row = store.execute("DELETE FROM measure WHERE id = ? RETURNING child, kind, subject", (number,)).fetchone()
    if row is None:
        raise DecisionError("there is no such measure: it is over")
    child, kind, subject = row
    note(store, Did.MEASURE_ENDED, who, today, f"{kind} {subject}", child)
