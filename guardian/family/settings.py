"""Decide what holds for the whole family: its time zone, and the band of devices that nobody has named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from guardian.errors import DecisionError
from guardian.family.log import Did, note
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

    from guardian.family.family import Family


def set_setting(
    store: sqlite3.Connection, key: Literal["zone", "unknown_band"], value: str | None, who: str, today: date
) -> None:
    """Decide `zone` (an IANA name) or `unknown_band` (a band); None goes back to the default."""
    if key == "zone":
        if value is not None:
            _check_zone(value)
    elif key == "unknown_band":
        if value is not None and value not in list(Band):
            raise DecisionError(f"a band is one of: {', '.join(Band)}")
    else:
        raise DecisionError("the settings of a family are zone and unknown_band")
    keep(store, key, value)
    note(store, Did.SETTING_CHANGED, who, today, f"{key} {value}" if value else key)


def keep(store: sqlite3.Connection, key: str, value: str | None) -> None:
    """Keep a value that no person decides, such as the floor of the clock, without a line in the log."""
    if value is None:
        store.execute("DELETE FROM setting WHERE key = ?", (key,))
    else:
        store.execute(
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (key, value),
        )


def kept(store: sqlite3.Connection, key: str) -> str | None:
    """Give a value of the table of settings."""
    row = store.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return None if row is None else str(row[0])


def zone_of(family: Family) -> ZoneInfo | None:
    """Give the family's time zone; this machine's own, which is None, where it is not known here."""
    try:
        return ZoneInfo(family.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        # KeyError: ZoneInfoNotFoundError, which is also what a name of a folder leads to on some systems
        raise DecisionError("a time zone is written as Europe/Tirane") from None
