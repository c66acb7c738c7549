"""Decide who the children are: add one, change one, forget one with everything of it."""

from __future__ import annotations

import secrets
import string
from typing import TYPE_CHECKING, Final, NamedTuple

from guardian.errors import DecisionError
from guardian.family.growing import grown, read_month, usual_month
from guardian.family.log import Did, note
from guardian.family.reading import read_children
from guardian.family.words import read_name
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

MAX_CHILDREN = 64
"""Each set of children who share a device needs a policy of its own, and there is room for 256."""
LABEL_LETTERS = 16
"""75 bits: nobody guesses one."""
AS_BAND = "band"
"""Instead of a choice of safe search or video: what the child's band does."""
SAFE_SEARCH: Final = ("strict", "off")
VIDEO: Final = ("strict", "moderate", "off")


class ChildChange(NamedTuple):
    """What is to be otherwise; None leaves it."""

    name: str | None = None
    band: Band | None = None
    moves_on: str | None = None
    """A month, or `never`; by a new band alone the month becomes the usual one."""
    safe_search: str | None = None
    """`strict`, `off`, or `band` for what the band does."""
    video: str | None = None
    """`strict`, `moderate`, `off`, or `band`."""


def add_child(store: sqlite3.Connection, name: str, band: Band, moves_on: str | None, who: str, today: date) -> int:
    """Add a child and give its number; without `moves_on` it moves on in the middle of its band."""
    (count,) = store.execute("SELECT count(*) FROM child").fetchone()
    if count >= MAX_CHILDREN:
        raise DecisionError(f"there are {MAX_CHILDREN} children already, which is as many as fit")
    name = _free_name(store, name)
    month = _month(band, moves_on, today)
    (child,) = store.execute(
        "INSERT INTO child (name, band, moves_on, label) VALUES (?, ?, ?, ?) RETURNING id",
        (name, band.value, month, _new_label()),
    ).fetchone()
    note(store, Did.CHILD_ADDED, who, today, band.value, child)
    return int(child)


def change_child(store: sqlite3.Connection, child: int, change: ChildChange, who: str, today: date) -> None:
    """Change what is named in `change` of a child as it has grown by today."""
    require_child(store, child)
    (before,) = (grown(one, today) for one in read_children(store) if one.id == child)
    if before.band is Band.ADULT:
        raise DecisionError(f"{before.name} is 18: no rule holds any more")
    after = before._replace(
        name=before.name if change.name is None else _free_name(store, change.name, child),
        safe_search=_choice(change.safe_search, SAFE_SEARCH, "safe search", before.safe_search),
        video=_choice(change.video, VIDEO, "video", before.video),
    )
    if change.band is not None or change.moves_on is not None:
        band = before.band if change.band is None else change.band
        after = after._replace(band=band, moves_on=_month(band, change.moves_on, today))
    store.execute(
        "UPDATE child SET name = ?, band = ?, moves_on = ?, safe_search = ?, video = ? WHERE id = ?",
        (after.name, after.band.value, after.moves_on, after.safe_search, after.video, child),
    )
    if after.band is not before.band:
        note(store, Did.BAND_CHANGED, who, today, f"{before.band} {after.band}", child)
    if after._replace(band=before.band) != before:
        note(store, Did.CHILD_CHANGED, who, today, child=child)


def renew_label(store: sqlite3.Connection, child: int, who: str, today: date) -> str:
    """Draw another label for a child's own devices, and give it; the old one means nobody from now on."""
    require_child(store, child)
    label = _new_label()
    store.execute("UPDATE child SET label = ? WHERE id = ?", (label, child))
    note(store, Did.CHILD_CHANGED, who, today, child=child)
    return label


def remove_child(store: sqlite3.Connection, child: int, who: str, today: date) -> None:
    """Forget a child with everything of it: devices of its own, hours, rules, requests and the lines of the log."""
    require_child(store, child)
    store.execute(
        "DELETE FROM device WHERE id IN (SELECT device FROM device_child GROUP BY device HAVING min(child) = ?1"
        " AND max(child) = ?1)",
        (child,),
    )
    store.execute("DELETE FROM child WHERE id = ?", (child,))
    note(store, Did.CHILD_REMOVED, who, today)


def require_child(store: sqlite3.Connection, child: int) -> None:
    """Raise DecisionError where there is no such child."""
    if store.execute("SELECT 1 FROM child WHERE id = ?", (child,)).fetchone() is None:
        raise DecisionError("there is no such child; somebody may have removed it just now")


def _new_label() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LABEL_LETTERS))


def _free_name(store: sqlite3.Connection, text: str, child: int | None = None) -> str:
    name = read_name(text, "a child")
    for number, other in store.execute("SELECT id, name FROM child"):
        if number != child and other.casefold() == name.casefold():
            raise DecisionError(f"a child is called {other} already; call this one otherwise")
    return name


def _month(band: Band, moves_on: str | None, today: date) -> str | None:
    if band is Band.ADULT:
        raise DecisionError("an adult is no child: devices of adults have no rules")
    return usual_month(band, today) if moves_on is None else read_month(moves_on, band, today)


def _choice(asked: str | None, words: tuple[str, ...], what: str, before: str | None) -> str | None:
    if asked is None:
        return before
    if asked == AS_BAND:
        return None
    if asked not in words:
        raise DecisionError(f"{what} is {', '.join(words)}, or {AS_BAND} for what the age band does")
    return asked
