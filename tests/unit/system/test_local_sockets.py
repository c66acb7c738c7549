"""A socket at a path: for its owner alone, over what a crash left, never over somebody else's."""

from __future__ import annotations

import os
import socket
import stat
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.system.local_sockets import MAX_PATH, local_listener, reachable

if TYPE_CHECKING:
    from pathlib import Path


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as caller:
        try:
            with reachable(path) as place:
                caller.connect(place)
        except OSError:
            return False
        return True


def test_it_lets_in_the_owner_and_the_group_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with local_listener(tmp_path / "sub" / "one.sock"):
            assert stat.S_IMODE((tmp_path / "sub" / "one.sock").stat().st_mode) == 0o660
        assert os.umask(0) == 0
    finally:
        os.umask(before)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give a socket away")
def test_it_belongs_to_who_owns_the_folder(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65533)
    with local_listener(tmp_path / "one.sock"):
        found = (tmp_path / "one.sock").stat()
        assert (found.st_uid, found.st_gid) == (65534, 65533)


def test_what_a_crash_left_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "one.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with local_listener(path) as listener:
        listener.listen()
        assert answers(path)


def test_a_socket_that_answers_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.sock"
    with local_listener(path) as listener:
        listener.listen()
        with pytest.raises(StoreError, match="another guardian answers there"):
            local_listener(path)
        assert answers(path)


def test_what_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "one.sock"
    path.write_text("mine")
    with pytest.raises(StoreError, match="something that is no socket lies there"):
        local_listener(path)
    assert path.read_text() == "mine"
    link = tmp_path / "two.sock"
    link.symlink_to(path)
    with pytest.raises(StoreError, match="no socket"):
        local_listener(link)


def test_a_folder_that_can_not_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="can't be made: "):
        local_listener(tmp_path / "file" / "one.sock")


@pytest.mark.parametrize("length", [MAX_PATH - 1, MAX_PATH, MAX_PATH + 1, 240])
def test_a_path_of_any_length_is_reached(tmp_path: Path, length: int) -> None:
    folder = tmp_path / ("f" * (length - len(str(tmp_path)) - len("//one.sock")))
    path = folder / "one.sock"
    assert len(str(path)) == length
    with local_listener(path) as listener:
        listener.listen()
        assert answers(path)
