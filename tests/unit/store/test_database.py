"""The family store: made once, brought up to date, and refused where it is not what it should be."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.store.database import VERSION, DamagedStoreError, open_store, read_store, transaction

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "family.sqlite3"


def test_a_store_is_made_for_its_owner_alone_and_opens_again(path: Path) -> None:
    open_store(path).close()
    assert path.stat().st_mode & 0o777 == 0o600
    with read_store(path) as reading:
        assert reading.execute("SELECT count(*) FROM child").fetchone() == (0,)
    reading.close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_a_store_that_root_makes_belongs_to_who_owns_the_folder(path: Path) -> None:
    path.parent.mkdir()
    os.chown(path.parent, 65534, 65534)
    store = open_store(path)
    owners = {file.stat().st_uid for file in path.parent.iterdir()}
    store.close()
    assert owners == {65534}


def test_what_is_read_can_not_be_written(path: Path) -> None:
    open_store(path).close()
    reading = read_store(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reading.execute("DELETE FROM child")
    reading.close()


def test_a_store_that_is_not_there_is_no_empty_family(path: Path) -> None:
    with pytest.raises(StoreError, match="can't be read"):
        read_store(path)


def test_a_store_of_a_newer_guardian_is_left_alone(path: Path) -> None:
    store = open_store(path)
    store.execute(f"PRAGMA user_version = {VERSION + 1}")
    store.close()
    with pytest.raises(StoreError, match="newer guardian"):
        open_store(path)
    with pytest.raises(StoreError, match="has version"):
        read_store(path)


def test_a_damaged_store_is_told_with_what_helps(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database at all" * 100)
    for opening in (open_store, read_store):
        with pytest.raises(DamagedStoreError, match="guardian restore"):
            opening(path)


def test_a_change_that_fails_half_way_leaves_nothing(path: Path) -> None:
    store = open_store(path)

    def add_two() -> None:
        with transaction(store):
            store.execute("INSERT INTO setting VALUES ('zone', 'Europe/Tirane')")
            store.execute("INSERT INTO setting VALUES ('an unknown key', '')")

    with pytest.raises(sqlite3.IntegrityError):
        add_two()
    assert store.execute("SELECT * FROM setting").fetchall() == []
    store.close()


def test_what_is_deleted_leaves_the_disk(path: Path) -> None:
    marker = "shenja-qe-nuk-mbetet"
    store = open_store(path)
    with transaction(store):
        store.execute("INSERT INTO rule (name, action) VALUES (?, 'allow')", (marker,))
    with transaction(store):
        store.execute("DELETE FROM rule")
    kept = b"".join(one.read_bytes() for one in path.parent.iterdir())
    store.close()
    assert marker.encode() not in kept
