"""Open a socket by a path on this machine, however long the path is.

Law 1: a socket that somebody answers on is never taken away; one that is left over from a crash is.
"""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from typing import TYPE_CHECKING

from guardian.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_PATH = 107
"""Octets of a socket's path (unix(7): 108 with the final zero)."""


@contextlib.contextmanager
def reachable(path: Path) -> Iterator[str]:
    """Give a path by which the kernel takes a socket at `path`, within this block; OSError where its folder is gone."""
    if len(os.fsencode(path)) <= MAX_PATH:
        yield str(path)
        return
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{path.name}"
    finally:
        os.close(handle)


def local_listener(path: Path) -> socket.socket:
    """Listen at `path`, for root and for the user and group that own its folder; make the folder where it is missing.

    Raises StoreError where another program answers there, where something else lies there, or it can't be made.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear(path)
        # nobody else may come in between the making and the narrowing
        before = os.umask(0o117)
        try:
            with reachable(path) as place:
                listener.bind(place)
        finally:
            os.umask(before)
        owner = path.parent.stat()
        if os.geteuid() == 0:
            os.chown(path, owner.st_uid, owner.st_gid)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise StoreError(f"{path}: can't be made: {error.strerror or error}") from error
    except BaseException:
        listener.close()
        raise
    return listener


def _clear(path: Path) -> None:
    """Take away what a crash has left; StoreError where it is not that."""
    try:
        kind = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(kind):
        raise StoreError(f"{path}: something that is no socket lies there; move it away")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(1)
        try:
            with reachable(path) as place:
                caller.connect(place)
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise StoreError(f"{path}: {error.strerror or error}") from error
    raise StoreError(f"{path}: another guardian answers there; one folder of state serves one guardian")
