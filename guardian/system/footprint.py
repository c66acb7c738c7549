"""Measure how much memory this process holds for itself."""

from __future__ import annotations

import os
from pathlib import Path

from guardian.errors import StoreError


def own_memory() -> int:
    """Give MiB of memory of its own, in RAM now; what is mapped from files is the kernel's (proc(5), statm).

    Raises StoreError where the kernel does not tell.
    """
    try:
        fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    except OSError as error:
        raise StoreError(f"/proc/self/statm: {error.strerror}; is /proc mounted?") from error
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE") >> 20
