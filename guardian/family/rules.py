"""Decide on one name for one child or for all: open it, or close it.

Law 1: the log says that a rule was added, never on which name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.log import Did, note
from guardian.family.words import MAX_REASON, read_line, read_site

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime

MAX_RULES = 4000


def add_rule(
    store: sqlite3.Connection,
    child: int | None,
    name: str,
    *,
    opens: bool,
    reason: str = "",
    until: int | None = None,
    who: str,
    now: datetime,
) -> int:
    """Open or close a name with all below it, in place of an earlier rule on it; give the rule's number.

    `until` is seconds of Unix time; None for good.
    """
    if child is not None:
        require_child(store, child)
    site = read_site(name)
    reason = read_line(reason, MAX_REASON, "the reason")
    if until is not None and until <= now.timestamp():
        raise DecisionError("the rule would be over before it began")
    store.execute("DELETE FROM rule WHERE child IS ? AND name = ?", (child, site))
    (count,) = store.execute("SELECT count(*) FROM rule").fetchone()
    if count >= MAX_RULES:
        raise DecisionError(f"there are {MAX_RULES} rules already; remove some first")
    (number,) = store.execute(
        "INSERT INTO rule (child, name, action, reason, until) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (child, site, "allow" if opens else "block", reason, until),
    ).fetchone()
    note(store, Did.RULE_ADDED, who, now, "open" if opens else "block", child)
    return int(number)


def remove_rule(store: sqlite3.Connection, number: int, who: str, today: date) -> None:
    """Remove a rule."""
    row = store.execute("DELETE FROM rule WHERE id = ? RETURNING child, action", (number,)).fetchone()
    if row is None:
        raise DecisionError("there is no such rule; it may be over, or somebody removed it just now")
    child, action = row
    note(store, Did.RULE_REMOVED, who, today, "open" if action == "allow" else "block", child)
