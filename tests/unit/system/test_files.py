"""Files that power may leave at any instant."""

from __future__ import annotations

import filecmp
from typing import TYPE_CHECKING

import pytest

from guardian.errors import ListError, StoreError
from guardian.system.files import map_file, read_text, replacing

if TYPE_CHECKING:
    from pathlib import Path


def write(target: Path, previous: Path, data: bytes) -> None:
    with replacing(target, previous, sound=lambda _: True) as output:
        output.write(data)


def test_a_new_file_takes_the_old_ones_place_and_the_old_one_stays_as_previous(tmp_path: Path) -> None:
    target, previous = tmp_path / "sets" / "current", tmp_path / "sets" / "previous"
    write(target, previous, b"one")
    assert not previous.exists()
    write(target, previous, b"two")
    assert (target.read_bytes(), previous.read_bytes()) == (b"two", b"one")
    write(target, previous, b"three")
    assert (target.read_bytes(), previous.read_bytes()) == (b"three", b"two")
    assert sorted(path.name for path in target.parent.iterdir()) == ["current", "previous"]


def test_an_equal_file_changes_nothing_so_that_the_previous_one_stays_another(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    for data in (b"one", b"two", b"two"):
        with replacing(target, previous, sound=lambda _: True, equal=filecmp.cmp) as output:
            output.write(data)
    assert (target.read_bytes(), previous.read_bytes()) == (b"two", b"one")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "previous"]


def test_a_damaged_file_is_replaced_even_by_what_seems_equal(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    target.write_bytes(b"damaged")
    with replacing(target, previous, sound=lambda _: False, equal=lambda _, __: True) as output:
        output.write(b"whole")
    assert target.read_bytes() == b"whole"
    assert not previous.exists()


def test_a_reader_of_the_old_file_reads_on(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    write(target, previous, b"one")
    view = map_file(target)
    write(target, previous, b"two")
    write(target, previous, b"three")
    assert bytes(view) == b"one"


def test_a_writer_that_fails_changes_nothing_and_leaves_nothing_behind(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    write(target, previous, b"one")

    def fail() -> None:
        with replacing(target, previous, sound=lambda _: True) as output:
            output.write(b"half of tw")
            raise ListError("a list can't be used")

    with pytest.raises(ListError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["current"]
    assert target.read_bytes() == b"one"


def test_a_folder_that_can_not_be_made_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    target = tmp_path / "file" / "sets" / "current"
    with pytest.raises(StoreError, match="can't be written") as told:
        write(target, target, b"one")
    assert str(target) in str(told.value)
    assert "disk full or read-only" in str(told.value)


def test_a_full_disk_is_a_fault_of_this_machine_and_changes_nothing(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    write(target, previous, b"one")

    def fill() -> None:
        with replacing(target, previous, sound=lambda _: True):
            raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match="No space left on device"):
        fill()
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


def test_a_text_larger_than_its_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * 11)
    assert read_text(path, max_bytes=11) == b"x" * 11
    with pytest.raises(StoreError, match="larger than 10 bytes"):
        read_text(path, max_bytes=10)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for read in (read_text, map_file):
        with pytest.raises(StoreError, match=r"absent: can't be read: No such file"):
            read(tmp_path / "absent")


def test_a_folder_in_a_files_place_is_a_fault_and_not_a_crash(tmp_path: Path) -> None:
    for read in (read_text, map_file):
        with pytest.raises(StoreError, match="Is a directory"):
            read(tmp_path)


def test_an_empty_file_is_an_empty_view(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    assert bytes(map_file(tmp_path / "empty")) == b""


def test_a_damaged_file_does_not_become_the_previous_one(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    write(target, previous, b"good")
    write(target, previous, b"damaged")
    with replacing(target, previous, sound=lambda path: path.read_bytes() != b"damaged") as output:
        output.write(b"new")
    assert (target.read_bytes(), previous.read_bytes()) == (b"new", b"good")


def test_what_a_power_cut_left_half_made_is_removed_by_the_next_writer(tmp_path: Path) -> None:
    (tmp_path / ".new-abc").write_bytes(b"half")
    write(tmp_path / "current", tmp_path / "previous", b"one")
    assert [path.name for path in tmp_path.iterdir()] == ["current"]


def test_two_writers_never_write_at_once(tmp_path: Path) -> None:
    target, previous = tmp_path / "current", tmp_path / "previous"
    with replacing(target, previous, sound=lambda _: True) as output:
        output.write(b"first")
        with pytest.raises(StoreError, match="another guardian is writing there"):
            write(target, previous, b"second")
    assert target.read_bytes() == b"first"
