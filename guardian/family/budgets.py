"""Keep a child's minutes a day: a parent sets how many, the child starts and stops them.

Law 1: nothing is measured and nothing is logged of starts and stops; what is kept are the seconds left of this day.
Law 2: a day's end stops what runs and gives all minutes back; a clock that is put back gives none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.decisions import Budget
from guardian.family.log import Did, note
from guardian.family.words import read_subject

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

MIN_MINUTES, MAX_MINUTES = 5, 1440


def set_budget(
    store: sqlite3.Connection, child: int, subject: str, minutes: int | None, who: str, now: datetime
) -> None:
    """Give a child so many minutes a day for a subject; None takes the budget away.

    What it used of this day stays used, and what runs goes on.
    """
    require_child(store, child)
    subject = read_subject(subject)
    if minutes is None:
        store.execute("DELETE FROM budget WHERE child = ? AND subject = ?", (child, subject))
        note(store, Did.BUDGET_REMOVED, who, now, subject, child)
        return
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise DecisionError(f"a budget has {MIN_MINUTES} to {MAX_MINUTES} minutes a day")
    before = _budget(store, child, subject)
    store.execute(
        "INSERT INTO budget (child, subject, minutes) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (child, subject) DO UPDATE SET minutes = ?3",
        (child, subject, minutes),
    )
    if before is not None:
        left = max(0, before.left(now) + 60 * (minutes - before.minutes))
        _keep(store, before, now, left, runs=before.runs(now))
    note(store, Did.BUDGET_SET, who, now, f"{subject} {minutes}", child)


def start_budget(store: sqlite3.Connection, child: int, subject: str, now: datetime) -> int:
    """Let the minutes run from now on; give the seconds that are left."""
    budget = _require_budget(store, child, subject)
    left = budget.left(now)
    if not left:
        raise DecisionError("no minutes are left today; tomorrow there are new ones")
    _keep(store, budget, now, left, runs=True)
    return left


def stop_budget(store: sqlite3.Connection, child: int, subject: str, now: datetime) -> int:
    """Stop the minutes; give the seconds that are left."""
    budget = _require_budget(store, child, subject)
    left = budget.left(now)
    _keep(store, budget, now, left, runs=False)
    return left


def _keep(store: sqlite3.Connection, budget: Budget, now: datetime, left: int, *, runs: bool) -> None:
    store.execute(
        "UPDATE budget SET day = ?, left_seconds = ?, running_until = ? WHERE child = ? AND subject = ?",
        (f"{now:%Y-%m-%d}", left, int(now.timestamp()) + left if runs else None, budget.child, budget.subject),
    )


def _require_budget(store: sqlite3.Connection, child: int, subject: str) -> Budget:
    budget = _budget(store, child, read_subject(subject))
    if budget is None:
        raise DecisionError("there is no such budget; a parent sets one")
    return budget


def _budget(store: sqlite3.Connection, child: int, subject: str) -> Budget | None:
    row = store.execute(
        "SELECT child, subject, minutes, day, left_seconds, running_until FROM budget WHERE child = ? AND subject = ?",
        (child, subject),
    ).fetchone()
    return None if row is None else Budget(*row)
