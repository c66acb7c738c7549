"""Read whole files, map large ones, and put new ones in place so that power may go at any instant.

Law 1: write a temporary file, fsync, rename, fsync the folder; a reader sees the old file or the new one.
Law 2: the file that was there stays as the previous one.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from guardian.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_TEXT = 2 * 2**20


def read_text(path: Path, *, max_bytes: int = MAX_TEXT) -> bytes:
    """Read a file of at most `max_bytes`; StoreError where it can't be read or is larger."""
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except OSError as error:
        raise StoreError(f"{path}: can't be read: {error.strerror}") from error
    if len(data) > max_bytes:
        raise StoreError(f"{path}: larger than {max_bytes} bytes; is it the right file?")
    return data


def map_file(path: Path) -> memoryview:
    """Map a file for reading; its pages are the kernel's to share and evict.

    Raises StoreError where it is not there or can't be read. An empty file gives an empty view.
    """
    try:
        with path.open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise StoreError(f"{path}: can't be read: {error.strerror}") from error


@contextlib.contextmanager
def replacing(target: Path, previous: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `target` when the block ends well; what was there becomes `previous`.

    Raises StoreError where the disk is full or read-only; nothing has changed then.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w+b", dir=target.parent, prefix=".new-", delete=False) as file:
            made = Path(file.name)
            try:
                yield cast("BinaryIO", file)
                file.flush()
                os.fchmod(file.fileno(), 0o644)
                os.fsync(file.fileno())
                _keep_previous(target, previous)
                made.replace(target)
            except BaseException:
                made.unlink(missing_ok=True)
                raise
        _sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: can't be written: {error.strerror}; is the disk full or read-only?") from error


def _keep_previous(target: Path, previous: Path) -> None:
    if not target.exists():
        return
    spare = previous.with_name(".previous")
    spare.unlink(missing_ok=True)
    spare.hardlink_to(target)
    spare.replace(previous)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
