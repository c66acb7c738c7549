"""What the kernel says of a process: CPU, memory, switches; and on which core it may run."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """Resident memory in KiB: all of it, the anonymous part of it, and the highest it ever was."""

    rss: int
    anonymous: int
    peak: int


def family(pid: int) -> list[int]:
    """Return `pid` and all its descendants that are alive: a server may be more than one process."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found.extend(int(word) for word in children.read_text().split())
    return found


def cpu_ns(pid: int) -> int:
    """Return the nanoseconds on a CPU of `pid`, its threads and its descendants (schedstat; else utime + stime)."""
    return sum(_one_cpu_ns(each) for each in family(pid))


def _one_cpu_ns(pid: int) -> int:
    total = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            total += int((thread / "schedstat").read_text().split()[0])
    return total or ticks_ns(pid)


def ticks_ns(pid: int) -> int:
    """Return utime + stime of `pid` in nanoseconds, as coarse as the kernel's tick: the cross-check of `cpu_ns`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * _TICK_NS


def switches(pid: int) -> int:
    """Return how often the main thread of `pid` went to sleep of its own accord."""
    return _status(pid).get("voluntary_ctxt_switches", 0)


def memory(pid: int) -> Memory:
    """Return the memory of `pid` and its descendants together."""
    every = [_status(each) for each in family(pid)]
    return Memory(*(sum(one.get(key, 0) for one in every) for key in ("VmRSS", "RssAnon", "VmHWM")))


def _status(pid: int) -> dict[str, int]:
    values: dict[str, int] = {}
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            key, _, rest = line.partition(":")
            first = rest.split()[:1]
            if first and first[0].isdigit():
                values[key] = int(first[0])
    return values


def cores() -> tuple[int, int]:
    """Return the core for the server and the core for all else; the same one twice on a machine with a single core."""
    allowed = sorted(os.sched_getaffinity(0))
    return allowed[-1], allowed[0]


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """Keep this process, and so what it starts meanwhile, on one core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
