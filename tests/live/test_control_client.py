"""Who asks a guardian waits no longer than a deadline, whatever sits at the other end."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from guardian.control.client import NobodyAnswersError, ask
from guardian.control.messages import Refused, Resume, Resumed, write_answer
from guardian.errors import StoreError
from guardian.system.local_sockets import local_listener

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 20


@pytest.fixture
def saying(tmp_path: Path) -> Iterator[Callable[[bytes], Path]]:
    """Return a maker of a socket whose other end says these octets to one caller, then waits for them to hang up."""
    opened: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def make(octets: bytes, *, hangs_up: bool = False) -> Path:
        path = tmp_path / "control.sock"
        listener = local_listener(path)
        listener.settimeout(SECONDS)
        listener.listen()
        opened.append(listener)

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(SECONDS)
                connection.recv(65536)
                connection.sendall(octets)
                if not hangs_up:
                    connection.recv(1)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return path

    yield make
    for thread in threads:
        thread.join(SECONDS)
    for one in opened:
        one.close()


def test_an_answer_is_given_as_it_came(saying: Callable[[bytes], Path]) -> None:
    assert ask(saying(write_answer(Resumed(was_paused=True))), Resume()) == Resumed(was_paused=True)


def test_a_refusal_is_a_fault_with_its_reason(saying: Callable[[bytes], Path]) -> None:
    with pytest.raises(StoreError, match="not today"):
        ask(saying(write_answer(Refused("not today"))), Resume())


@pytest.mark.parametrize("octets", [b"", b'{"is":"resumed"'])
def test_one_who_says_nothing_or_half_is_waited_for_no_longer_than_agreed(
    saying: Callable[[bytes], Path], octets: bytes
) -> None:
    path = saying(octets)
    began = time.monotonic()
    with pytest.raises(StoreError, match="does not answer within 1 s"):
        ask(path, Resume(), seconds=1)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("octets", [b"hello\n", b'{"is":"resumed"}\n', b"x" * 70_000])
def test_an_answer_that_is_none_is_told(saying: Callable[[bytes], Path], octets: bytes) -> None:
    with pytest.raises(StoreError, match="guardian's answer is not understood"):
        ask(saying(octets), Resume())


def test_one_who_hangs_up_is_told(saying: Callable[..., Path]) -> None:
    with pytest.raises(StoreError, match="hung up without an answer"):
        ask(saying(b"", hangs_up=True), Resume())


def test_where_nobody_is_it_is_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "control.sock", tmp_path / "no" / "control.sock", tmp_path / "file" / "control.sock"):
        with pytest.raises(NobodyAnswersError):
            ask(path, Resume())
    local_listener(tmp_path / "left.sock").close()
    with pytest.raises(NobodyAnswersError):
        ask(tmp_path / "left.sock", Resume())
    with pytest.raises(NobodyAnswersError):
        ask(tmp_path / ("f" * 150) / "control.sock", Resume())
