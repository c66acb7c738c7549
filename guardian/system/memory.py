"""Keep what this process remembers out of files: names and addresses of questions are in its memory for a while.

Law 1: no core dump, by the limit of this process and by its mark; the limit alone does not hold where cores are piped.
"""

from __future__ import annotations

import ctypes
import os
import resource

from guardian.errors import StoreError

_PR_SET_DUMPABLE = 4
"""prctl(2)."""


def forbid_dumps() -> None:
    """Let nobody but root look into this process's memory, and the kernel write none of it to a core file.

    To be said again after a change of user: the kernel then forgets it. Raises StoreError where it can't be had.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0):
        raise StoreError(f"core dumps can't be forbidden: {os.strerror(ctypes.get_errno())}")
