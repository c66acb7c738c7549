"""Write the family store from an event loop: one thread, one connection, one change after the other.

Law 1: `write` returns when the change is on the disk; a change that failed left nothing.
Law 2: at most `MAX_WAITING` changes wait; a change beyond that is refused, never queued.
Law 3: nothing is written into a file that is no longer the store: it would be said to be kept, and be gone.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from guardian.errors import StoreError
from guardian.store.database import open_store, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

Result = TypeVar("Result")
MAX_WAITING = 64


class Writer:
    """The one writer of a process; open from `open` to `close`."""

    def __init__(self, path: Path, max_waiting: int = MAX_WAITING) -> None:
        """Remember where the store is; nothing is opened yet."""
        self._path = path
        self._max_waiting = max_waiting
        self._waiting = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="family-store")
        self._store: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        """Which file is open: device and inode."""

    async def open(self) -> None:
        """Open the store, made or brought up to date first; StoreError where that can't be done."""
        self._store = await self._run(lambda: open_store(self._path))
        self._file = self._found()

    async def write(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        """Do a change whole or not at all, and give what it gave.

        Raises StoreError where the disk fails or too much waits, and whatever `change` raises.
        """
        return await self._run(lambda: self._write(change))

    async def read(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        """Ask the store in the same thread, so after every change that was begun before."""
        return await self._run(lambda: question(self._opened()))

    async def close(self) -> None:
        """Close the store when what waits is written."""
        if self._store is not None:
            store, self._store = self._store, None
            await self._run(store.close)
        self._thread.shutdown(wait=False)

    def _write(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        with transaction(self._opened()) as store:
            return change(store)

    def _opened(self) -> sqlite3.Connection:
        if self._store is None:
            raise StoreError(f"{self._path}: the family store is not open")
        if self._found() != self._file:
            raise StoreError(
                f"{self._path}: the family store is gone, or another file took its place; `guardian restore` brings a"
                " backup where it is gone, then start this program again"
            )
        return self._store

    def _found(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    async def _run(self, work: Callable[[], Result]) -> Result:
        if self._waiting >= self._max_waiting:
            raise StoreError("the family store is busy; try again in a moment")
        self._waiting += 1
        try:
            # a change that has begun is finished, whoever stops waiting for it
            return await asyncio.shield(asyncio.get_running_loop().run_in_executor(self._thread, work))
        finally:
            self._waiting -= 1
