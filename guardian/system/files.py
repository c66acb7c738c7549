"""Read whole files, map large ones, and put new ones in place so that power may go at any instant.

Law 1: write a temporary file, fsync, rename, fsync the folder; a reader sees the old file or the new one.
Law 2: the file that was there stays as the previous one; a new one that is equal changes nothing.
"""

from __future__ import annotations

import contextlib
import fcntl
import mmap
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from guardian.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_TEXT = 2 * 2**20
_HALF_MADE = ".new-"


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


def put_private(path: Path, data: bytes) -> None:
    """Put a file in place that its owner alone may read, in the place of one that is there.

    Raises StoreError where it can't be written; nothing has changed then.
    """
    made = path.with_name(f"{path.name}{_HALF_MADE}")
    try:
        made.unlink(missing_ok=True)
        with open(made, "xb", opener=_private) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        made.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        made.unlink(missing_ok=True)
        raise StoreError(f"{path}: can't be written: {error.strerror}") from error


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
def replacing(
    target: Path,
    previous: Path,
    *,
    sound: Callable[[Path], bool],
    equal: Callable[[Path, Path], bool] = lambda _, __: False,
) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `target` when the block ends well.

    What was there becomes `previous` if it is `sound`, and stays where it is if the new one is `equal` to it, too: a
    copy would be of no use as the previous one. One process at a time; what a power cut left half-made goes.
    Raises StoreError where another process is at it, or the disk is full or read-only; nothing has changed then.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.parent):
            for stale in target.parent.glob(f"{_HALF_MADE}*"):
                stale.unlink(missing_ok=True)
            with tempfile.NamedTemporaryFile("w+b", dir=target.parent, prefix=_HALF_MADE, delete=False) as file:
                made = Path(file.name)
                try:
                    yield cast("BinaryIO", file)
                    file.flush()
                    # nobody is to write into a file that others have mapped
                    os.fchmod(file.fileno(), 0o444)
                    os.fsync(file.fileno())
                    if target.exists() and sound(target):
                        if equal(target, made):
                            made.unlink()
                            return
                        _keep(target, previous)
                    made.replace(target)
                except BaseException:
                    made.unlink(missing_ok=True)
                    raise
            _sync_folder(target.parent)
    except OSError as error:
        raise StoreError(f"{target}: can't be written: {error.strerror}; is the disk full or read-only?") from error


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise StoreError(f"{folder}: another guardian is writing there; wait until it is done") from error
    try:
        yield
    finally:
        os.close(handle)


def _keep(target: Path, previous: Path) -> None:
    spare = previous.with_name(f"{_HALF_MADE}previous")
    spare.hardlink_to(target)
    spare.replace(previous)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
