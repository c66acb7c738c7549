"""Let whoever sits at this machine's terminal become a parent: by a code, shown once, good once, for ten minutes.

Law 1: stored as its digest; a new one takes the place of the one before.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from guardian.family.settings import keep, kept
from guardian.web.sessions import digest_of

if TYPE_CHECKING:
    import sqlite3

MINUTES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Those that nobody takes for another one."""
_GROUPS, _GROUP = 3, 4


def make_code(store: sqlite3.Connection, now: int) -> str:
    """Make a code and give it, `K7QF-3MZP-X2RW`."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))
    keep(store, "setup", f"{_digest(code)} {now + MINUTES * 60}")
    return code


def use_code(store: sqlite3.Connection, code: str, now: int) -> bool:
    """Say whether a code is the right one, in time; then it is used up."""
    digest, _, until = (kept(store, "setup") or f"{digest_of('')} 0").partition(" ")
    right = hmac.compare_digest(digest, _digest(code)) and now < int(until)
    if right:
        keep(store, "setup", None)
    return right


def _digest(code: str) -> str:
    """Give what is stored of a code, however it is typed."""
    return digest_of("".join(filter(str.isalnum, code)).upper())
