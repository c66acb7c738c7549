"""Keep what programs sign in by: a token each, shown once and stored as its digest.

Law 1: of its use only the day is kept, so that one that nobody needs any more can be forgotten (DESIGN: 90 days).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import DecisionError
from guardian.family.log import Did, note
from guardian.family.words import read_name
from guardian.web.principals import Scope
from guardian.web.sessions import digest_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import date

PREFIX = "guardian_"
MAX_TOKENS = 32


class Token(NamedTuple):
    """A program that may sign in."""

    digest: str
    title: str
    scopes: frozenset[Scope]
    used: str
    """The last day of its use, `2026-11-24`."""


def make_token(store: sqlite3.Connection, title: str, scopes: Collection[Scope], who: str, today: date) -> str:
    """Make a token and give it; it can't be shown again."""
    title = read_name(title, "a program")
    known = read_tokens(store)
    if any(one.title.casefold() == title.casefold() for one in known):
        raise DecisionError(f"a program is called {title} already; call this one otherwise")
    if len(known) >= MAX_TOKENS:
        raise DecisionError(f"there are {MAX_TOKENS} tokens already; remove one first")
    token = PREFIX + secrets.token_urlsafe(32)
    store.execute(
        "INSERT INTO token (digest, title, scopes, used) VALUES (?, ?, ?, ?)",
        (digest_of(token), title, " ".join(sorted(scopes)), today.isoformat()),
    )
    note(store, Did.SETTING_CHANGED, who, today, "token")
    return token


def find_token(store: sqlite3.Connection, token: str) -> Token | None:
    """Give the program whose token this is."""
    row = store.execute(
        "SELECT digest, title, scopes, used FROM token WHERE digest = ?", (digest_of(token),)
    ).fetchone()
    return None if row is None else _token(*row)


def use_token(store: sqlite3.Connection, digest: str, today: date) -> None:
    """Write down the day of its use."""
    store.execute("UPDATE token SET used = ? WHERE digest = ?", (today.isoformat(), digest))


def read_tokens(store: sqlite3.Connection) -> tuple[Token, ...]:
    """Give all tokens."""
    rows = store.execute("SELECT digest, title, scopes, used FROM token ORDER BY title")
    return tuple(_token(*row) for row in rows)


def remove_token(store: sqlite3.Connection, title: str, who: str, today: date) -> None:
    """Let a program sign in no longer."""
    if not store.execute("DELETE FROM token WHERE title = ?", (title,)).rowcount:
        raise DecisionError("there is no such token; somebody may have removed it just now")
    note(store, Did.SETTING_CHANGED, who, today, "token")


def _token(digest: str, title: str, scopes: str, used: str) -> Token:
    return Token(digest, title, frozenset(map(Scope, scopes.split())), used)
