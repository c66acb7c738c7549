"""Kill whoever writes the family store, again and again, and look whether anything that was acknowledged is gone.

Run as `store_kills.py FOLDER ROUNDS SEED`; prints one line of JSON, or what was lost.
Law 1: change N leaves the rules s(N-KEPT+1).example to sN.example and the number N: half a change would be seen.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.family.reading import read_family
from guardian.family.rules import add_rule
from guardian.family.settings import keep, kept
from guardian.store.database import open_store, read_store
from guardian.store.writer import Writer

if TYPE_CHECKING:
    import sqlite3

KEPT = 20
FRESH = 25
"""Rounds after which it begins with a store that is not there."""
LONGEST = 0.06
"""Seconds before somebody is killed: opening, some changes, and packing the file after each."""
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def change(store: sqlite3.Connection) -> int:
    """Make the next change, and give its number."""
    number = int(kept(store, "clock_floor") or 0) + 1
    add_rule(store, None, f"s{number}.example", opens=True, reason="x" * (number % 150), who="Mira", now=NOW)
    store.execute("DELETE FROM rule WHERE name = ?", (f"s{number - KEPT}.example",))
    keep(store, "clock_floor", str(number))
    return number


async def write(path: Path, acknowledged: int) -> None:
    """Write without end; after each change its number goes down the pipe."""
    writer = Writer(path)
    await writer.open()
    while True:
        number = await writer.write(change)
        os.write(acknowledged, b"%d\n" % number)


def write_and_die(path: Path, seconds: float) -> int:
    """Let a child write for so long, kill it, and give the number of the last change that it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        asyncio.run(write(path, writing))
    os.close(writing)
    heard, end = b"", time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if select.select([reading], [], [], left)[0]:
            heard += os.read(reading, 65536)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reading, 65536):
        heard += more
    os.close(reading)
    return int(heard.split()[-1]) if heard else 0


def look(path: Path, acknowledged: int) -> tuple[int, float]:
    """Read the store as `guardian dns` does, then open it anew; give its last change, and the seconds of opening."""
    if acknowledged:
        check(read_store(path), acknowledged)
    start = time.perf_counter()
    store = open_store(path)
    taken = time.perf_counter() - start
    return check(store, acknowledged), taken


def check(store: sqlite3.Connection, acknowledged: int) -> int:
    """Give the number of the last change; stop where one is lost or only half there."""
    number = int(kept(store, "clock_floor") or 0)
    rules = [rule.name for rule in read_family(store).rules]
    sound = store.execute("PRAGMA integrity_check").fetchone()
    store.close()
    wanted = [f"s{one}.example" for one in range(max(1, number - KEPT + 1), number + 1)]
    if sound != ("ok",) or rules != wanted or not 0 <= number - acknowledged <= 1:
        sys.exit(f"lost: acknowledged {acknowledged}, found {number}: {sound} {rules}")
    return number


def main(folder: Path, rounds: int, seed: int) -> None:
    """Kill so many times."""
    chance = random.Random(seed)
    changes = last = 0
    slowest, path = 0.0, folder / "0.sqlite3"
    for one in range(rounds):
        if not one % FRESH:
            path, last = folder / f"{one}.sqlite3", 0
        before = last
        last, taken = look(path, max(last, write_and_die(path, chance.uniform(0, LONGEST))))
        changes += last - before
        slowest = max(slowest, taken)
    print(json.dumps({"rounds": rounds, "changes": changes, "slowest": slowest}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
