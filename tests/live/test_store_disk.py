"""A disk that is full or read-only is told in words, and the family store stays as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.family.reading import read_family
from guardian.family.rules import add_rule
from guardian.store.database import DamagedStoreError, open_store, read_store, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 24, tzinfo=UTC)
REASON = "x" * 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of half a mebibyte."""
    if os.geteuid() or shutil.which("mount") is None:
        pytest.skip("only root mounts a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], capture_output=True, check=False, timeout=10
    )
    if mounted.returncode:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True, timeout=10)


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            return


def test_a_full_disk_is_told_and_what_was_decided_before_stays(small_disk: Path) -> None:
    store = open_store(small_disk / "family.sqlite3")

    def add_until_full() -> None:
        for start in range(0, 5000, 20):
            with transaction(store):
                for number in range(start, start + 20):
                    add_rule(store, None, f"s{number}.example", opens=True, reason=REASON, who="M", now=NOW)

    with pytest.raises(StoreError, match=r"full.*nothing was changed"):
        add_until_full()
    added = len(read_family(store).rules)
    assert added > 100
    assert not added % 20
    assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    store.close()
    with read_store(small_disk / "family.sqlite3") as again:
        assert len(read_family(again).rules) == added
    again.close()


def test_a_family_can_still_take_something_back_on_a_disk_that_is_full_of_other_things(small_disk: Path) -> None:
    store = open_store(small_disk / "family.sqlite3")
    with transaction(store):
        for number in range(50):
            add_rule(store, None, f"s{number}.example", opens=True, reason=REASON, who="M", now=NOW)
    fill(small_disk)
    with pytest.raises(StoreError, match="full"), transaction(store):
        store.execute("DELETE FROM rule")
    assert len(read_family(store).rules) == 50
    (small_disk / "filler").unlink()
    with transaction(store):
        store.execute("DELETE FROM rule")
    assert read_family(store).rules == ()
    store.close()


def test_a_store_that_can_not_be_made_on_a_full_disk_is_not_called_damaged(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(StoreError, match="full") as told:
        open_store(small_disk / "family.sqlite3")
    assert not isinstance(told.value, DamagedStoreError)
    (small_disk / "filler").unlink()
    open_store(small_disk / "family.sqlite3").close()


def test_a_family_is_read_on_a_disk_that_is_full(small_disk: Path) -> None:
    path = small_disk / "family.sqlite3"
    store = open_store(path)
    with transaction(store):
        add_rule(store, None, "chess.com", opens=True, who="Mira", now=NOW)
    store.close()
    fill(small_disk)
    for _ in range(2):
        reader = read_store(path)
        assert [rule.name for rule in read_family(reader).rules] == ["chess.com"]
        reader.close()


def test_a_read_only_disk_is_told_and_read_all_the_same(small_disk: Path) -> None:
    path = small_disk / "family.sqlite3"
    store = open_store(path)
    with transaction(store):
        add_rule(store, None, "chess.com", opens=True, who="Mira", now=NOW)
    store.close()
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True, timeout=10)
    with pytest.raises(StoreError, match=r"read-only|readonly"):
        open_store(path)
    reader = read_store(path)
    assert [rule.name for rule in read_family(reader).rules] == ["chess.com"]
    reader.close()
