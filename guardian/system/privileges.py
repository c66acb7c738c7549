"""Give root's rights back once they have served.

Law 1: what `sudo` started goes on as the person who typed it: they own the checkout and its state.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from guardian.errors import StoreError
from guardian.system.memory import forbid_dumps


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


def become(person: Person) -> None:
    """Be `person` from now on, for good, and still without core dumps; StoreError where the kernel does not let us."""
    try:
        os.setgroups([])
        os.setgid(person.gid)
        os.setuid(person.uid)
    except OSError as error:
        message = f"can't go on as user {person.uid}, who typed sudo: {error.strerror}; start as that user, or as root"
        raise StoreError(message) from error
    # a change of user has undone it
    forbid_dumps()
