"""Keep who is signed in: a session is known by a cookie, and stored only as its digest.

Law 1: a session has a new name at each signing in; what a browser brings is never adopted.
Law 2: it ends by itself SESSION_DAYS after signing in, whatever happens in between: nothing of its use is kept.
Law 3: over TLS the cookie is `__Host-guardian`, which no other host or path can set (RFC 6265bis section 4.1.3.2).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, NamedTuple

from guardian.family.adults import Role

if TYPE_CHECKING:
    import sqlite3

    from aiohttp import web

FORM_HEADER = "Guardian-Form"
SESSION_DAYS = 30
MAX_SESSIONS = 16
"""Of one adult; the oldest goes first."""
_SECONDS = SESSION_DAYS * 86_400


class Opened(NamedTuple):
    """A session that was just opened."""

    secret: str
    """For the cookie, and nowhere else."""
    form: str


class Session(NamedTuple):
    """Somebody who is signed in."""

    digest: str
    adult: int
    name: str
    role: Role
    form: str


def open_session(store: sqlite3.Connection, adult: int, now: int) -> Opened:
    """Open a session of an adult."""
    opened = Opened(secrets.token_urlsafe(32), secrets.token_urlsafe(32))
    store.execute(
        "INSERT INTO session (digest, adult, until, form) VALUES (?, ?, ?, ?)",
        (digest_of(opened.secret), adult, now + _SECONDS, opened.form),
    )
    store.execute(
        "DELETE FROM session WHERE adult = ?1 AND digest NOT IN"
        " (SELECT digest FROM session WHERE adult = ?1 ORDER BY until DESC LIMIT ?2)",
        (adult, MAX_SESSIONS),
    )
    return opened


def find_session(store: sqlite3.Connection, secret: str, now: int) -> Session | None:
    """Give the session whose cookie this is; None where there is none, or it is over."""
    row = store.execute(
        "SELECT digest, adult, name, role, form FROM session JOIN adult ON adult.id = session.adult"
        " WHERE digest = ? AND until > ?",
        (digest_of(secret), now),
    ).fetchone()
    return None if row is None else Session(row[0], row[1], row[2], Role(row[3]), row[4])


def close_session(store: sqlite3.Connection, digest: str) -> None:
    """End a session."""
    store.execute("DELETE FROM session WHERE digest = ?", (digest,))


def digest_of(secret: str) -> str:
    """Give what is stored of a secret that has 256 random bits: no salt and no stretching could add to it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def cookie_name(*, secure: bool) -> str:
    """Give the name of the cookie."""
    return "__Host-guardian" if secure else "guardian"


def set_cookie(response: web.Response, secret: str, *, secure: bool) -> None:
    """Let the browser keep a session."""
    response.set_cookie(
        cookie_name(secure=secure), secret, max_age=_SECONDS, path="/", secure=secure, httponly=True, samesite="Strict"
    )


def clear_cookie(response: web.Response, *, secure: bool) -> None:
    """Let the browser forget it."""
    response.del_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="Strict")
