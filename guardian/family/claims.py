"""Let a device say whose it is, by a code that a parent has just made on a phone of their own.

Law 1: a code has eight digits, holds for ten minutes and works once; what is stored of it is a slow digest. MAX_TRIES
       wrong codes void all open ones: who guesses has ten tries of a hundred million, and a parent makes a new one.
Law 2: a claim never frees a device: a child's stays that child's, too, and none of them becomes an adult's by it.
Law 3: an adult's device comes under a child's rules by a claim that is made on it, and by nothing else.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.devices import add_device, assign_device
from guardian.family.log import Did, note

if TYPE_CHECKING:
    import sqlite3
    from datetime import date

CODE_SECONDS = 600
DIGITS = 8
MAX_OPEN = 8
"""Codes that are open at once: more people than that do not claim a device in ten minutes, and each costs a digest."""
MAX_TRIES = 10
_SALT = 16
"""Octets."""
_COST = 1 << 12
"""Of scrypt (RFC 7914): some ten milliseconds, so that the file alone would have to be searched for weeks."""


def make_code(store: sqlite3.Connection, child: int | None, who: str, now: int) -> str:
    """Make a code by which one device becomes a child's, or with None an adult's, and give it; it is not kept as such.

    `now` is in seconds of Unix time. Raises DecisionError where there is no such child, or too many codes are open.
    """
    store.execute("DELETE FROM claim WHERE until <= ?", (now,))
    (count,) = store.execute("SELECT count(*) FROM claim").fetchone()
    if count >= MAX_OPEN:
        raise DecisionError(f"{MAX_OPEN} codes are open already; use one of them, or wait ten minutes")
    if child is not None:
        require_child(store, child)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    store.execute(
        "INSERT INTO claim (digest, child, adult, who, until) VALUES (?, ?, ?, ?, ?)",
        (_digest(code, secrets.token_bytes(_SALT)), child, child is None, who, now + CODE_SECONDS),
    )
    return code


def is_any_open(store: sqlite3.Connection, now: int) -> bool:
    """Say whether any code is open."""
    return store.execute("SELECT 1 FROM claim WHERE until > ?", (now,)).fetchone() is not None


def claim_device(
    store: sqlite3.Connection,
    code: str,
    hardware: str,
    name: str,
    *,
    instead_of: int | None = None,
    today: date,
    now: int,
) -> int | None:
    """Take the word of the device with this hardware address for whose it is; give its number.

    None says that no open code is this one, which is counted. `instead_of` is the number that the device had under
    another hardware address. Raises DecisionError where the code is right and the claim can't be; it stays open then.
    """
    digest = _find(store, code, now)
    if digest is None:
        store.execute("UPDATE claim SET tries = tries + 1")
        store.execute("DELETE FROM claim WHERE tries >= ?", (MAX_TRIES,))
        return None
    child, who = store.execute("DELETE FROM claim WHERE digest = ? RETURNING child, who", (digest,)).fetchone()
    row = store.execute("SELECT id FROM device WHERE hardware = ?", (hardware,)).fetchone()
    children = () if child is None else (child,)
    if row is not None:
        device = int(row[0])
        _assign(store, device, children, who, today)
    elif instead_of is not None:
        device = instead_of
        _renew(store, device, hardware, child, who, today)
    else:
        device = add_device(
            store, name, hardware=hardware, children=children, adult=child is None, who=who, today=today
        )
    return device


def _assign(store: sqlite3.Connection, device: int, children: tuple[int, ...], who: str, today: date) -> None:
    before = _users(store, device)
    if before and not children:
        raise DecisionError("this device has a child's rules; a parent changes that on the family's page")
    assign_device(store, device, {*before, *children}, adult=not children, on_device=True, who=who, today=today)


def _renew(store: sqlite3.Connection, device: int, hardware: str, child: int | None, who: str, today: date) -> None:
    """Give a device that is known a new hardware address, where it is of the same people."""
    row = store.execute("SELECT adult FROM device WHERE id = ? AND hardware IS NOT NULL", (device,)).fetchone()
    users = _users(store, device)
    is_theirs = row is not None and (child in users if child is not None else bool(row[0]) and not users)
    if not is_theirs:
        raise DecisionError("that is not the same person's device; claim this one as a new device")
    store.execute("UPDATE device SET hardware = ? WHERE id = ?", (hardware, device))
    for one in users or (None,):
        note(store, Did.DEVICE_CHANGED, who, today, child=one)


def _users(store: sqlite3.Connection, device: int) -> tuple[int, ...]:
    rows = store.execute("SELECT child FROM device_child WHERE device = ? ORDER BY child", (device,))
    return tuple(child for (child,) in rows)


def _find(store: sqlite3.Connection, code: str, now: int) -> str | None:
    """Give the digest of an open code that is this one."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    for (digest,) in store.execute("SELECT digest FROM claim WHERE until > ?", (now,)).fetchall():
        if hmac.compare_digest(digest, _digest(typed, bytes.fromhex(digest.partition("$")[0]))):
            return str(digest)
    return None


def _digest(code: str, salt: bytes) -> str:
    return f"{salt.hex()}${hashlib.scrypt(code.encode(), salt=salt, n=_COST, r=8, p=1, dklen=32).hex()}"
