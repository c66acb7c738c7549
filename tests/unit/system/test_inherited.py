"""What systemd hands over is taken once, and what is no socket for DNS is named."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.system.inherited import inherited_sockets

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST = 200
"""Far from every descriptor that a test run has open."""
DATAGRAM = (socket.AF_INET, socket.SOCK_DGRAM)
STREAM = (socket.AF_INET, socket.SOCK_STREAM)


def handed(kinds: Sequence[tuple[socket.AddressFamily, socket.SocketKind]]) -> int:
    """Put sockets where systemd would, from FIRST on; streams listen. How many."""
    for place, (family, kind) in enumerate(kinds):
        with socket.socket(family, kind) as made:
            if family == socket.AF_INET:
                made.bind(("127.0.0.1", 0))
            if kind is socket.SOCK_STREAM:
                made.listen()
            os.dup2(made.fileno(), FIRST + place)
    return len(kinds)


def told(count: int | str, names: str = "", pid: int | None = None) -> dict[str, str]:
    return {"LISTEN_PID": str(pid or os.getpid()), "LISTEN_FDS": str(count), "LISTEN_FDNAMES": names, "HOME": "/"}


def test_each_socket_is_taken_by_its_kind_and_name() -> None:
    count = handed([DATAGRAM, STREAM, STREAM, DATAGRAM])
    taken = inherited_sockets(told(count, "dns:dns:tls:dns"), first=FIRST)
    try:
        numbers = [[one.fileno() - FIRST for one in kind] for kind in taken]
        assert numbers == [[0, 3], [1], [2]]
        assert taken
        for one in (*taken.udp, *taken.tcp, *taken.tls):
            assert not one.getblocking()
            assert not one.get_inheritable()
    finally:
        for one in (*taken.udp, *taken.tcp, *taken.tls):
            one.close()


def test_they_are_taken_once() -> None:
    environment = told(handed([DATAGRAM]))
    (taken,) = inherited_sockets(environment, first=FIRST).udp
    taken.close()
    assert environment == {"HOME": "/"}
    assert not inherited_sockets(environment, first=FIRST)


def test_what_is_meant_for_another_process_is_left_alone() -> None:
    assert not inherited_sockets(told(1, pid=os.getpid() + 1), first=FIRST)
    assert not inherited_sockets({}, first=FIRST)


@pytest.mark.parametrize("count", ["0", "65", "-1", "many", ""])
def test_a_count_that_systemd_never_gives_is_refused(count: str) -> None:
    with pytest.raises(StoreError, match="1 to 64 sockets"):
        inherited_sockets(told(count), first=FIRST)


def test_a_descriptor_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match=rf"descriptor {FIRST} \(dns\) of those handed over is no socket"):
        inherited_sockets(told(1, "dns"), first=FIRST)


def test_a_socket_of_another_family_is_named() -> None:
    handed([(socket.AF_UNIX, socket.SOCK_DGRAM)])
    with pytest.raises(StoreError, match=rf"descriptor {FIRST} \(without a name\) .* is neither"):
        inherited_sockets(told(1), first=FIRST)
