"""Give root's rights back once they have served.

Law 1: what `sudo` started goes on as the person who typed it: they own the checkout and its state.
Law 2: of root's rights at most one is kept, to listen below port 1024 at an address that this machine has only later.
"""

from __future__ import annotations

import ctypes
import os
import struct
from typing import NamedTuple

from guardian.errors import StoreError
from guardian.system.memory import forbid_dumps

_PR_SET_KEEPCAPS, _PR_SET_NO_NEW_PRIVS = 8, 38
"""prctl(2)."""
_CAP_NET_BIND_SERVICE = 10
"""capabilities(7)."""
_VERSION_3 = 0x20080522
_HEADER = struct.Struct("=Ii")
"""struct __user_cap_header_struct: version and process, 0 for this one."""
_DATA = struct.Struct("=6I")
"""Two of struct __user_cap_data_struct: effective, permitted and inheritable, the lower 32 first."""


class Person(NamedTuple):
    """A user of this machine."""

    uid: int
    gid: int


def behind_sudo() -> Person | None:
    """Give who stands behind `sudo`; None where this is not root, or root itself."""
    uid, gid = os.environ.get("SUDO_UID", ""), os.environ.get("SUDO_GID", "")
    if os.geteuid() or not (uid.isdecimal() and gid.isdecimal()) or int(uid) == 0:
        return None
    return Person(int(uid), int(gid))


def become(person: Person, *, low_ports: bool) -> None:
    """Be `person` from now on, for good, and still without core dumps.

    `low_ports` keeps the right to listen below port 1024. It is to be called while there is one thread: rights belong
    to a thread, and later ones have their maker's. Raises StoreError where the kernel does not let us.
    """
    kernel = _kernel()
    kept = 1 << _CAP_NET_BIND_SERVICE if low_ports else 0
    try:
        _checked(kernel.prctl(_PR_SET_KEEPCAPS, int(low_ports), 0, 0, 0))
        os.setgroups([])
        os.setgid(person.gid)
        os.setuid(person.uid)
        _checked(kernel.capset(_HEADER.pack(_VERSION_3, 0), _DATA.pack(kept, kept, 0, 0, 0, 0)))
        # no program that we might start gets more than we have, which makes a bounding set needless
        _checked(kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    except OSError as error:
        message = f"can't go on as user {person.uid}, who typed sudo: {error.strerror}; start as that user, or as root"
        raise StoreError(message) from error
    # a change of user has undone it
    forbid_dumps()


def _kernel() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    """Take the result of a call of the kernel: OSError where it says no."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
