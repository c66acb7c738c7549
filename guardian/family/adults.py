"""Decide who the adults are: parents and teachers, each with a role, a password and perhaps a second factor.

Law 1: a password is here only as its digest, and a second factor as what makes its codes; who reads them is `web`.
Law 2: a family with adults keeps one parent who can sign in.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import DecisionError
from guardian.family.log import Did, note
from guardian.family.words import read_name

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

MAX_ADULTS = 32


class Role(enum.StrEnum):
    """What an adult may do."""

    PARENT = "parent"
    SECOND_PARENT = "second-parent"
    TEACHER = "teacher"


class Adult(NamedTuple):
    """An adult who may sign in."""

    id: int
    name: str
    role: Role
    password: str | None
    """Its digest, with all that is needed to check one."""
    second_factor: str | None


def add_adult(store: sqlite3.Connection, name: str, role: Role, password: str | None, who: str, today: date) -> int:
    """Add an adult with the digest of a password, and give the number."""
    name = _free_name(store, name)
    (count,) = store.execute("SELECT count(*) FROM adult").fetchone()
    if count >= MAX_ADULTS:
        raise DecisionError(f"there are {MAX_ADULTS} adults already; remove one first")
    (adult,) = store.execute(
        "INSERT INTO adult (name, role, password) VALUES (?, ?, ?) RETURNING id", (name, role.value, password)
    ).fetchone()
    note(store, Did.ADULT_ADDED, who, today, role.value)
    return int(adult)


def set_password(
    store: sqlite3.Connection, adult: int, password: str, second_factor: str | None, who: str, today: date
) -> None:
    """Give an adult another password and second factor; whoever was signed in as this adult no longer is."""
    row = store.execute(
        "UPDATE adult SET password = ?, second_factor = ? WHERE id = ? RETURNING id", (password, second_factor, adult)
    ).fetchone()
    if row is None:
        raise DecisionError("there is no such adult; somebody may have removed them just now")
    store.execute("DELETE FROM session WHERE adult = ?", (adult,))
    note(store, Did.ADULT_CHANGED, who, today)


def remove_adult(store: sqlite3.Connection, adult: int, who: str, today: date) -> None:
    """Remove an adult and sign them out; the last parent stays."""
    store.execute("DELETE FROM adult WHERE id = ?", (adult,))
    if not any(one.role is not Role.TEACHER for one in read_adults(store)):
        raise DecisionError("the last parent can't be removed: add another one first")
    note(store, Did.ADULT_REMOVED, who, today)


def read_adults(store: sqlite3.Connection) -> tuple[Adult, ...]:
    """Give all adults."""
    rows = store.execute("SELECT id, name, role, password, second_factor FROM adult ORDER BY id")
    return tuple(Adult(number, name, Role(role), password, factor) for number, name, role, password, factor in rows)


def _free_name(store: sqlite3.Connection, text: str) -> str:
    name = read_name(text, "an adult")
    for (other,) in store.execute("SELECT name FROM adult"):
        if other.casefold() == name.casefold():
            raise DecisionError(f"an adult is called {other} already; call this one otherwise")
    return name
