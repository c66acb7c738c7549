"""Several processes make the family store at once and write to it; each waits its turn, and nothing is lost."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from guardian.family.reading import read_family
from guardian.store.database import read_store

if TYPE_CHECKING:
    from pathlib import Path

PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from guardian.family.rules import add_rule
from guardian.store.database import open_store, transaction

print("ready", flush=True)
sys.stdin.readline()
store = open_store(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    with transaction(store):
        name = f"s{number}.w{sys.argv[2]}.example"
        add_rule(store, None, name, opens=True, who="Mira", now=datetime(2026, 11, 24, tzinfo=UTC))
store.close()
"""
WRITERS, CHANGES, SECONDS = 4, 15, 60


def test_several_who_write_at_once_wait_for_each_other(tmp_path: Path) -> None:
    path = tmp_path / "family.sqlite3"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, path, str(number), str(CHANGES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    told = [writer.communicate(timeout=SECONDS)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * WRITERS, told
    with closing(read_store(path)) as store:
        names = {rule.name for rule in read_family(store).rules}
    assert names == {f"s{number}.w{writer}.example" for writer in range(WRITERS) for number in range(CHANGES)}
