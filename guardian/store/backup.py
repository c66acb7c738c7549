"""Keep backups as files: sealed ones where a person puts them, and the family as it was before the last restore.

Law 1: a backup never takes the place of a file that is none.
Law 2: a damaged store is put aside, never written into or thrown away.
Law 3: a wipe finds every copy in the folder of state: the previous store, a damaged one, sealed files, half-made ones.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from guardian.errors import StoreError
from guardian.store.database import DamagedStoreError, is_sound, open_store, transaction
from guardian.system.files import put_private, read_text
from guardian.trust.sealed import MAGIC, MAX_SEALED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

_BESIDE: Final = ("", "-wal", "-shm", "-journal")
"""What SQLite keeps beside a file, and the file itself."""
_CHUNK: Final = 2**16


def previous_of(store: Path) -> Path:
    """Give where the family is kept as it was before the last restore."""
    return store.with_suffix(".previous.sqlite3")


def damaged_of(store: Path) -> Path:
    """Give where a damaged store is put aside."""
    return store.with_suffix(".damaged.sqlite3")


def read_sealed(path: Path) -> bytes:
    """Read a sealed file; StoreError where it can't be read, or is larger than any."""
    return read_text(path, max_bytes=MAX_SEALED)


def write_sealed(path: Path, sealed: bytes) -> None:
    """Put a sealed file in place; an older backup may be there, nothing else. StoreError where that can't be done."""
    try:
        is_others = path.exists() and not _is_sealed(path)
    except OSError as error:
        raise StoreError(f"{path}: can't be written: {error.strerror}") from error
    if is_others:
        raise StoreError(f"{path}: this file is there already and is no backup of guardian; name another one")
    put_private(path, sealed)


def open_sound(path: Path) -> tuple[sqlite3.Connection, Path | None]:
    """Open the store to restore into; of a damaged one, a new one, and where the damaged one was put."""
    try:
        store = open_store(path)
        if is_sound(store):
            return store, None
        store.close()
    except DamagedStoreError:
        pass
    aside = damaged_of(path)
    try:
        _erase_store(aside)
        for ending in _BESIDE:
            with contextlib.suppress(FileNotFoundError):
                path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(f"{path}: this damaged store can't be put aside: {error.strerror}") from error
    return open_store(path), aside


def keep_store(previous: Path, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Put a new store that `fill` fills in the place of the previous one; StoreError where it can't be written."""
    made = previous.with_suffix(".new")
    try:
        _erase_store(made)
        store = open_store(made)
        try:
            with transaction(store):
                fill(store)
        finally:
            store.close()
        _erase_store(previous)
        made.replace(previous)
    except OSError as error:
        raise StoreError(f"{previous}: the family as it is can't be kept: {error.strerror}") from error


def forget_backups(store: Path) -> int:
    """Erase every copy of the family beside its store, and give how many files; StoreError where one stays."""
    kept = {previous_of(store), damaged_of(store), previous_of(store).with_suffix(".new")}
    forgotten = 0
    try:
        for path in sorted(store.parent.iterdir()):
            if any(path.name == one.name + ending for one in kept for ending in _BESIDE) or _is_sealed(path):
                _erase(path)
                forgotten += 1
    except OSError as error:
        raise StoreError(f"{error.filename}: this copy of the family can't be erased: {error.strerror}") from error
    return forgotten


def _is_sealed(path: Path) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def _erase_store(path: Path) -> None:
    for ending in _BESIDE:
        _erase(path.with_name(path.name + ending))


def _erase(path: Path) -> None:
    """Overwrite a file and remove it, as `secure_delete` does with rows; a link is removed, not followed."""
    if path.is_file() and not path.is_symlink():
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        with os.fdopen(handle, "wb") as file:
            file.writelines(bytes(_CHUNK) for _ in range(0, os.fstat(handle).st_size, _CHUNK))
            file.flush()
            os.fsync(handle)
    path.unlink(missing_ok=True)
