"""Forget what has had its time.

Law 1: settings log 12 months, sessions 30 days, tokens 90 days unused, requests 7 days, a device that nobody assigned
       3 months; what has an end goes at its end.
Law 2: whoever calls knows the time: with a clock that may be wrong nothing is forgotten.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from guardian.errors import StoreError
from guardian.family.growing import grown, later, month_of
from guardian.family.log import GUARDIAN, Did, note
from guardian.family.reading import read_children
from guardian.model import Band
from guardian.store.database import leave_no_trace, transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime

LOG_MONTHS = 12
TOKEN_DAYS = 90
REQUEST_DAYS = 7
DEVICE_MONTHS = 3
TABLES = (
    "session", "token", "claim", "log", "request", "measure", "budget", "rule", "choice", "hours", "holiday",
    "device_child", "device", "child", "adult", "setting",
)  # fmt: skip


def tidy(store: sqlite3.Connection, now: datetime) -> bool:
    """Forget what is over at a moment in the family's zone, and write down who grew; say whether anything changed.

    Inside of a transaction.
    """
    changes = store.total_changes
    today, seconds = now.date(), now.timestamp()
    for table in ("rule", "measure", "session", "claim"):
        store.execute(f"DELETE FROM {table} WHERE until <= ?", (seconds,))  # noqa: S608 - ours
    month = month_of(today)
    for statement, before in (
        ("DELETE FROM log WHERE day < ?", f"{later(month, -LOG_MONTHS)}-{today:%d}"),
        ("DELETE FROM token WHERE used < ?", _days_ago(today, TOKEN_DAYS)),
        ("DELETE FROM request WHERE made <= ?", _days_ago(today, REQUEST_DAYS)),
        ("UPDATE budget SET day = NULL, left_seconds = NULL, running_until = NULL WHERE day < ?", f"{today}"),
        ("DELETE FROM holiday WHERE last < ?", f"{today}"),
        (
            "DELETE FROM device WHERE adult = 0 AND arrived <= ? AND id NOT IN (SELECT device FROM device_child)",
            later(month, -DEVICE_MONTHS),
        ),
    ):
        store.execute(statement, (before,))
    _write_down_who_grew(store, today)
    return store.total_changes != changes


def erase_family(store: sqlite3.Connection) -> None:
    """Erase everything, down to the free pages of the file; outside of a transaction.

    Raises StoreError where a reader keeps what was from being erased; nothing is lost by trying again.
    """
    with transaction(store):
        for table in TABLES:
            store.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
    if not leave_no_trace(store):
        raise StoreError("the family is erased, but somebody still reads the file: stop guardian and try again")


def _write_down_who_grew(store: sqlite3.Connection, today: date) -> None:
    for child in read_children(store):
        older = grown(child, today)
        if older.band is Band.ADULT:
            # what was its own alone is now an adult's; its name goes, as it is no child
            store.execute(
                "UPDATE device SET adult = 1 WHERE id IN (SELECT device FROM device_child GROUP BY device"
                " HAVING min(child) = ?1 AND max(child) = ?1)",
                (child.id,),
            )
            store.execute("DELETE FROM child WHERE id = ?", (child.id,))
            note(store, Did.GROWN_UP, GUARDIAN, today)
        elif older != child:
            store.execute(
                "UPDATE child SET band = ?, moves_on = ? WHERE id = ?", (older.band.value, older.moves_on, child.id)
            )
            note(store, Did.BAND_GROWN, GUARDIAN, today, f"{child.band} {older.band}", child.id)


def _days_ago(today: date, days: int) -> str:
    return f"{today - timedelta(days=days):%Y-%m-%d}"
