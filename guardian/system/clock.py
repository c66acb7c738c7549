"""Say whether this machine's clock can be believed: a computer without a battery wakes with the time it went to sleep.

Law 1: a clock that the kernel calls synchronised is believed, whatever it says; so a wrong future mends itself.
Law 2: one that nobody has synchronised is believed where it is not before what this house already knows, and has had
       SETTLING_SECONDS since the machine's start to be put right: a house whose time service is broken is not shut out.
"""

from __future__ import annotations

import ctypes
import time

SETTLING_SECONDS = 600
_TIMEX_OCTETS = 256
"""More than the 208 of `struct timex` (adjtimex(2)): all zero asks and changes nothing."""
_TIME_ERROR = 5
"""adjtimex(2): the clock is not synchronised."""


def clock_is_known(now: float, floor: float) -> bool:
    """Say whether `now`, seconds of Unix time, can be believed; `floor` is a time that has surely passed."""
    if is_synchronised():
        return True
    return now >= floor and time.clock_gettime(time.CLOCK_BOOTTIME) >= SETTLING_SECONDS


def is_synchronised() -> bool:
    """Say whether the kernel holds its clock to be synchronised (adjtimex(2)); not where it doesn't tell."""
    try:
        state: int = ctypes.CDLL(None, use_errno=True).adjtimex((ctypes.c_byte * _TIMEX_OCTETS)())
    except (OSError, AttributeError):
        return False
    return 0 <= state < _TIME_ERROR
