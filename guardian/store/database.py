"""Open the family store: one SQLite file that survives a loss of power at any instant.

Law 1: what was said to be written is on the disk (`synchronous=FULL`); what was deleted is gone from it
       (`secure_delete`; and after each change the file is packed, for pages that were split keep stale copies, and the
       write-ahead log is emptied).
Law 2: a file from a newer guardian, a damaged one, or no store at all is a StoreError, never an empty family.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from guardian.errors import StoreError
from guardian.store.schema import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION = len(STEPS)
BUSY_SECONDS = 5.0
"""How long one writer waits for another."""
TRIES = 20
"""How often one who opens the store looks again while others open it, too."""
MODE = 0o600
PRAGMAS: Final = (
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "trusted_schema = OFF",
    "temp_store = MEMORY",  # what VACUUM copies would otherwise lie in a folder of temporary files
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR})
"""Codes of SQLite that speak of the file; others speak of the disk."""


class DamagedStoreError(StoreError):
    """The file is there and is no store any more; a backup helps, and trying again does not."""


def open_store(path: Path) -> sqlite3.Connection:
    """Open the store for writing, made or brought up to date first; StoreError where that can't be done."""
    try:
        _make(path)
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: the family store can't be opened: {error}") from error
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)
        _bring_up_to_date(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise _told(path, error) from error
    except StoreError:
        connection.close()
        raise
    return connection


def read_store(path: Path) -> sqlite3.Connection:
    """Open the store for reading alone; StoreError where there is none, or none that this version can read."""
    try:
        try:
            connection = _reading(path, "mode=ro")
        except sqlite3.OperationalError:
            if not _at_rest(path):
                raise
            # a disk that is read-only or full has no room for what readers and a writer share; nor can one write there
            connection = _reading(path, "mode=ro&immutable=1")
        version = _version(connection)
    except sqlite3.Error as error:
        if _is_damage(error):
            raise _told(path, error) from error
        raise StoreError(f"{path}: the family store can't be read: {error}") from error
    if version != VERSION:
        connection.close()
        raise StoreError(f"{path}: the family store has version {version}, this guardian reads {VERSION}")
    return connection


def is_sound(connection: sqlite3.Connection) -> bool:
    """Say whether every page of the store is as SQLite left it."""
    try:
        return bool(connection.execute("PRAGMA quick_check").fetchall() == [("ok",)])
    except sqlite3.DatabaseError:
        return False


def scratch_store() -> sqlite3.Connection:
    """Open an empty store in memory, to try a change out."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    _bring_up_to_date(connection, Path(":memory:"))
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Do all of it or nothing; what was deleted leaves the disk with it.

    Raises StoreError where the disk is full, read-only or broken, and whatever the block raises.
    """
    before = connection.total_changes
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    except BaseException as error:
        # the disk may have undone it already
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.Error) and not isinstance(error, sqlite3.IntegrityError):
            raise StoreError(f"the family store can't be written ({error}); nothing was changed") from error
        raise
    if connection.total_changes != before:
        leave_no_trace(connection)


def leave_no_trace(connection: sqlite3.Connection) -> bool:
    """Take what was deleted from the disk; False where a reader or a full disk holds that back until the next time."""
    try:
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError:
        return False
    return not busy


def _reading(path: Path, options: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?{options}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _version(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _at_rest(path: Path) -> bool:
    """Say whether the store is there, and no change waits beside it."""
    ahead = path.with_name(f"{path.name}-wal")
    return path.exists() and not (ahead.exists() and ahead.stat().st_size)


def _make(path: Path) -> None:
    """Make an empty file that its owner alone ever could read: of root's making, the owner of the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        # exclusive: a link that stands there is not followed
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE)
        try:
            if not os.geteuid():
                folder = path.parent.stat()
                os.fchown(handle, folder.st_uid, folder.st_gid)
        finally:
            os.close(handle)


def _write_ahead(connection: sqlite3.Connection) -> None:
    for _ in range(TRIES):
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = WAL")
            return
        # somebody opens it for the first time just now; this waits for them, as the pragma does not
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")


def _bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Take the steps that this file has not taken; of two who open it at once the second finds them taken."""
    if _version(connection) == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    version = _version(connection)
    if version > VERSION:
        raise StoreError(f"{path}: a newer guardian wrote this family store (version {version}); install that one")
    for step in STEPS[version:]:
        for statement in step.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")


def _is_damage(error: sqlite3.Error) -> bool:
    return error.sqlite_errorcode & 0xFF in _DAMAGED


def _told(path: Path, error: sqlite3.Error) -> StoreError:
    if _is_damage(error):
        return DamagedStoreError(f"{path}: the family store is damaged ({error}); `guardian restore` brings a backup")
    return StoreError(f"{path}: the family store can't be written ({error}); is the disk full or read-only?")


def _version(connection: sqlite3.Connection) -> int:
    found: tuple[int] = connection.execute("PRAGMA user_version").fetchone()
    return found[0]
