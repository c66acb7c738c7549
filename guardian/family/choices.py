"""Decide which categories and services one child has otherwise than its band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.decisions import EVERYTHING
from guardian.family.log import Did, note
from guardian.family.words import read_subject

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

MAX_CHOICES = 400
"""Of one child: more than there are categories and services."""


def choose(
    store: sqlite3.Connection, child: int, subject: str, action: Literal["open", "block"] | None, who: str, today: date
) -> None:
    """Open or close a category or service for a child; None goes back to what its band does."""
    require_child(store, child)
    subject = read_subject(subject)
    if subject == EVERYTHING:
        raise DecisionError("to close everything take hours or turn the internet off; a choice is about a part")
    if action is None:
        store.execute("DELETE FROM choice WHERE child = ? AND subject = ?", (child, subject))
        note(store, Did.CHOICE_REMOVED, who, today, subject, child)
        return
    if action not in {"open", "block"}:
        raise DecisionError("a choice is open or block")
    store.execute(
        "INSERT INTO choice (child, subject, action) VALUES (?, ?, ?)"
        " ON CONFLICT (child, subject) DO UPDATE SET action = excluded.action",
        (child, subject, action),
    )
    (count,) = store.execute("SELECT count(*) FROM choice WHERE child = ?", (child,)).fetchone()
    if count > MAX_CHOICES:
        raise DecisionError(f"a child has at most {MAX_CHOICES} choices; go back to the band for some")
    note(store, Did.CHOICE_MADE, who, today, f"{subject} {action}", child)
