"""Ask the real program for a long time and judge what it did: `python -m tests.soak`.

Law 1: it stops by itself, and its exit code says whether anything was wrong.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from tests.live.conftest import Guardian
from tests.soak.house import build_house
from tests.soak.run import Soak
from tests.soak.upstream import Upstream
from tests.soak.verdict import Record, after_warm_up, faults, growth, slope

RATE = 1_000
"""Questions a second, over all devices; each keeps within the share that guardian gives it."""
LONGEST = 48 * 60
"""Minutes."""


def soak(seconds: float, *, seed: int, rate: int = RATE) -> Record:
    """Run for so long in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="guardian-soak-") as folder, Upstream() as upstream:
        house = build_house(Path(folder), upstream.url)
        with Guardian(house.config) as guardian, Soak(house, guardian.ready(), upstream, seed=seed, rate=rate) as run:
            return run.run(seconds)


def report(record: Record, seed: int) -> str:
    """Write what was counted and what is wrong."""
    steady = after_warm_up(record.samples)
    anonymous = [one.anonymous for one in steady] or [0]
    descriptors = [one.descriptors for one in steady] or [0]
    counts = (record.answered, record.wanted, record.lost, record.wrong_count)
    memory = (max(anonymous), min(anonymous), growth(steady), slope(steady))
    lines = [
        "{:>10,} answers ({:,} wanted), {:,} lost, {:,} wrong".format(*counts),
        f"{record.failures:>10,} told that no upstream answers, in {record.silences:,} silences",
        f"{record.reloads:>10,} sets taken in",
        "{:>10,} KiB of RssAnon at most after warm-up; {:,} at least, grew by {:,.0f}, by the hour {:,.0f}".format(
            *memory
        ),
        f"{max(descriptors):>10,} descriptors at most; at rest {record.rest[0]} before, {record.rest[1]} after",
        f"           seed {seed}",
        *(f"WRONG: {fault}" for fault in faults(record)),
    ]
    return "\n".join(lines)


def main(words: list[str] | None = None) -> int:
    """Run, print what was found, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=10.0, help=f"how long (10; at most {LONGEST})")
    length.add_argument("--seconds", type=float, help="how long, for a short run")
    parser.add_argument("--rate", type=int, default=RATE, help=f"questions a second ({RATE})")
    parser.add_argument("--seed", type=int, default=None, help="ask what the run asked that printed this seed")
    options = parser.parse_args(words)
    seconds = min(options.minutes * 60 if options.seconds is None else options.seconds, LONGEST * 60.0)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    record = soak(seconds, seed=seed, rate=options.rate)
    print(report(record, seed))
    return 1 if faults(record) else 0


if __name__ == "__main__":
    sys.exit(main())
