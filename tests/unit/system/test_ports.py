"""Who holds a port, read from the kernel's tables."""

from __future__ import annotations

import sys
from ipaddress import ip_address

import pytest

from guardian.system.ports import sockets_in_the_way

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


def row(address: str, port: int, inode: int) -> str:
    packed = ip_address(address).packed
    words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
    text = "".join((word[::-1] if sys.byteorder == "little" else word).hex().upper() for word in words)
    return f"  1: {text}:{port:04X} 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 {inode} 2 0000 0\n"


TABLE = HEAD + row("127.0.0.53", 53, 1) + row("192.168.1.2", 53, 2) + row("0.0.0.0", 5353, 3) + row("127.0.0.1", 54, 4)
TABLE_6 = HEAD + row("::1", 53, 5) + row("::", 5353, 6) + row("fe80::1", 53, 7)


@pytest.mark.parametrize(
    ("address", "port", "inodes"),
    [
        ("192.168.1.2", 53, {2}),
        ("127.0.0.53", 53, {1}),
        ("127.0.0.1", 53, set()),
        ("127.0.0.1", 5353, {3}),
        ("0.0.0.0", 53, {1, 2}),
        ("127.0.0.1", 55, set()),
    ],
)
def test_only_the_sockets_that_are_in_the_way_are_blamed(address: str, port: int, inodes: set[int]) -> None:
    expected = {f"socket:[{inode}]" for inode in inodes}
    assert sockets_in_the_way(TABLE, ip_address(address), port) == expected


@pytest.mark.parametrize(
    ("address", "port", "inodes"),
    [("::1", 53, {5}), ("fd00::1", 5353, {6}), ("::", 53, {5, 7}), ("fd00::1", 53, set())],
)
def test_the_same_holds_for_ipv6(address: str, port: int, inodes: set[int]) -> None:
    expected = {f"socket:[{inode}]" for inode in inodes}
    assert sockets_in_the_way(TABLE_6, ip_address(address), port) == expected


def test_a_dual_stack_socket_is_in_the_way_of_ipv4() -> None:
    assert sockets_in_the_way(TABLE_6, ip_address("127.0.0.1"), 5353) == {"socket:[6]"}


def test_an_empty_table_blames_nobody() -> None:
    assert sockets_in_the_way("", ip_address("127.0.0.1"), 53) == frozenset()
