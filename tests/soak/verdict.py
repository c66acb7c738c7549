"""Judge a soak by what was counted and measured.

Law 1: a judgement is made from values alone, so that each fault can be shown to be found.
Law 2: a run too short to tell a slope is judged by its growth.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import NamedTuple

WARM_UP_SHARE = 1 / 3
LONGEST_WARM_UP = 600.0
"""Seconds; by then every table is full and every arena of memory is there."""
SLOPE_SECONDS = 3600.0
"""From so much time after warm-up on, the slope says more than the growth."""
STEEPEST = 1024
"""KiB an hour."""
MOST_GROWTH = 4096
"""KiB, from the first quarter after warm-up to the last one."""
LEAST_SHARE = 0.25
"""Of the questions wanted; a run that asked fewer proves nothing."""
SHOWN = 5


class Sample(NamedTuple):
    """What the process held at one moment."""

    seconds: float
    """Since the start of the run."""
    anonymous: int
    """RssAnon in KiB."""
    descriptors: int


@dataclass
class Record:
    """What a run counted; `wrong` and `samples` are bounded by who fills them."""

    wanted: int
    answered: int = 0
    lost: int = 0
    wrong: list[str] = field(default_factory=list)
    wrong_count: int = 0
    failures: int = 0
    """Questions told that no upstream answers, while none did."""
    reloads: int = 0
    silences: int = 0
    samples: list[Sample] = field(default_factory=list)
    rest: tuple[int, int] = (0, 0)
    """Descriptors with nothing under way: before and after."""
    exit_code: int | None = None
    died: bool = False
    log: str = ""


def after_warm_up(samples: list[Sample]) -> list[Sample]:
    """Leave out the time in which tables fill."""
    end = samples[-1].seconds if samples else 0.0
    return [one for one in samples if one.seconds >= min(end * WARM_UP_SHARE, LONGEST_WARM_UP)]


def slope(samples: list[Sample]) -> float:
    """Give the KiB of RssAnon that an hour adds, by least squares."""
    if len(samples) < 2:
        return 0.0
    fitted = statistics.linear_regression([one.seconds for one in samples], [one.anonymous for one in samples])
    return fitted.slope * 3600


def growth(samples: list[Sample]) -> float:
    """Give the KiB of RssAnon from the median of the first quarter to that of the last."""
    if not samples:
        return 0.0
    quarter = max(1, len(samples) // 4)
    first, last = samples[:quarter], samples[-quarter:]
    return statistics.median(one.anonymous for one in last) - statistics.median(one.anonymous for one in first)


def faults(record: Record) -> list[str]:
    """Say all that is wrong with a run."""
    found = []
    if record.died:
        found.append("guardian ended by itself")
    if record.exit_code:
        found.append(f"guardian ended with exit code {record.exit_code}")
    if record.answered < LEAST_SHARE * record.wanted:
        found.append(f"only {record.answered:,} of {record.wanted:,} questions were answered: the run proves nothing")
    if record.lost:
        found.append(f"{record.lost:,} questions were never answered")
    if record.wrong_count:
        found.append(f"{record.wrong_count:,} wrong answers, such as: " + "; ".join(record.wrong[:SHOWN]))
    found += _faults_of_memory(after_warm_up(record.samples))
    before, after = record.rest
    if after > before:
        found.append(f"{after - before} descriptors more at rest than at the start")
    said = [line for line in record.log.splitlines() if "answering on" not in line]
    if said:
        found.append(f"the log says {len(said)} lines more than it should, such as: " + " / ".join(said[-SHOWN:]))
    return found


def _faults_of_memory(samples: list[Sample]) -> list[str]:
    if not samples:
        return ["no sample of its memory: the run proves nothing"]
    if samples[-1].seconds - samples[0].seconds >= SLOPE_SECONDS:
        steep = slope(samples)
        return [f"RssAnon grows by {steep:,.0f} KiB an hour; {STEEPEST:,} may"] if steep > STEEPEST else []
    grown = growth(samples)
    return [f"RssAnon grew by {grown:,.0f} KiB; {MOST_GROWTH:,} may"] if grown > MOST_GROWTH else []
