"""Backups are files that take nobody's place, and a wipe finds them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.store.backup import (
    damaged_of,
    forget_backups,
    keep_store,
    open_sound,
    previous_of,
    read_sealed,
    write_sealed,
)
from guardian.store.database import open_store, read_store
from guardian.trust.sealed import MAGIC, MAX_SEALED

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

ADD = "INSERT INTO child (id, name, band, label) VALUES (1, 'Ana', '6-9', 'abcdefghijklmnop')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "family.sqlite3"


def add(store: sqlite3.Connection) -> None:
    store.execute(ADD)


def names(path: Path) -> list[str]:
    store = read_store(path)
    found = [name for (name,) in store.execute("SELECT name FROM child")]
    store.close()
    return found


def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    write_sealed(tmp_path / "ours", MAGIC + b"1")
    assert (tmp_path / "ours").stat().st_mode & 0o777 == 0o600
    assert read_sealed(tmp_path / "ours") == MAGIC + b"1"


def test_a_newer_backup_takes_the_place_of_an_older_one_only(tmp_path: Path) -> None:
    write_sealed(tmp_path / "ours", MAGIC + b"1")
    write_sealed(tmp_path / "ours", MAGIC + b"2")
    (tmp_path / "letter").write_text("dear grandmother")
    with pytest.raises(StoreError, match="is no backup of guardian; name another one"):
        write_sealed(tmp_path / "letter", MAGIC + b"2")
    assert read_sealed(tmp_path / "ours") == MAGIC + b"2"
    assert (tmp_path / "letter").read_text() == "dear grandmother"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["letter", "ours"]


@pytest.mark.parametrize("place", ["", "no/such/folder", "n" * 300])
def test_a_place_that_takes_no_file_is_told(tmp_path: Path, place: str) -> None:
    with pytest.raises(StoreError, match=r"can't be written|already"):
        write_sealed(tmp_path / place, MAGIC)
    assert not list(tmp_path.iterdir())


def test_a_file_larger_than_any_backup_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(StoreError, match=f"larger than {MAX_SEALED} bytes"):
        read_sealed(tmp_path / "large")


def test_the_previous_store_is_the_one_before_the_last_restore(path: Path) -> None:
    keep_store(previous_of(path), add)
    assert [file.name for file in path.parent.iterdir()] == ["family.previous.sqlite3"]
    assert previous_of(path).stat().st_mode & 0o777 == 0o600
    assert names(previous_of(path)) == ["Ana"]
    keep_store(previous_of(path), lambda _: None)
    assert names(previous_of(path)) == []


def test_a_previous_store_that_can_not_be_filled_leaves_the_one_before(path: Path) -> None:
    keep_store(previous_of(path), add)

    def fails(store: sqlite3.Connection) -> None:
        store.execute(ADD)
        raise KeyError

    with pytest.raises(KeyError):
        keep_store(previous_of(path), fails)
    assert names(previous_of(path)) == ["Ana"]


def test_what_a_power_cut_left_half_made_is_in_nobodys_way(path: Path) -> None:
    for ending in ("", "-wal"):
        previous_of(path).with_suffix(f".new{ending}").write_bytes(b"half")
    keep_store(previous_of(path), add)
    assert names(previous_of(path)) == ["Ana"]


def test_a_sound_store_is_opened_as_it_is(path: Path) -> None:
    with open_store(path) as store:
        store.execute(ADD)
    store.close()
    store, aside = open_sound(path)
    store.close()
    assert aside is None
    assert names(path) == ["Ana"]


@pytest.mark.parametrize("start", [0, 4096 * 3])
def test_a_damaged_store_is_put_aside_for_a_new_one(path: Path, start: int) -> None:
    open_store(path).close()
    damaged = bytearray(path.read_bytes())
    damaged[start : start + 4096] = b"\xa5" * 4096
    path.write_bytes(damaged)
    store, aside = open_sound(path)
    store.close()
    assert aside == damaged_of(path)
    assert aside.read_bytes() == bytes(damaged)
    assert names(path) == []


def test_a_wipe_finds_every_copy_beside_the_store_and_nothing_else(path: Path) -> None:
    open_store(path).close()
    keep_store(previous_of(path), add)
    damaged_of(path).write_bytes(b"damaged")
    previous_of(path).with_suffix(".new-wal").write_bytes(b"half made")
    write_sealed(path.with_name("monday"), MAGIC + b"sealed")
    path.with_name("control.note").write_text("not ours")
    assert forget_backups(path) == 4
    assert sorted(file.name for file in path.parent.iterdir()) == ["control.note", "family.sqlite3"]


def test_a_wiped_copy_leaves_the_disk_not_only_the_folder(path: Path) -> None:
    keep_store(previous_of(path), add)
    with previous_of(path).open("rb") as open_still:
        assert b"Ana" in open_still.read()
        forget_backups(path)
        open_still.seek(0)
        assert not open_still.read().strip(b"\0")


def test_a_link_to_elsewhere_is_removed_and_not_followed(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("not ours")
    previous_of(path).symlink_to(tmp_path / "elsewhere")
    forget_backups(path)
    assert not previous_of(path).is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "not ours"
