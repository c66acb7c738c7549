"""Who holds a port, read from the kernel's tables, and what to do about it."""

from __future__ import annotations

import os
import socket
import sys
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.system import ports
from guardian.system.ports import both_sockets, port_holder, sockets_in_the_way, tcp_socket, udp_socket

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"


LOOPBACK = ip_address("127.0.0.1")


def row(address: str, port: int, inode: int, state: str = "07") -> str:
    packed = ip_address(address).packed
    words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
    text = "".join((word[::-1] if sys.byteorder == "little" else word).hex().upper() for word in words)
    return f"  1: {text}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 0 0 {inode} 2 0000 0\n"


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


def test_of_tcp_only_who_listens_is_in_the_way() -> None:
    table = HEAD + row("127.0.0.1", 53, 1, "01") + row("127.0.0.1", 53, 2, "0A") + row("127.0.0.1", 53, 3, "06")
    assert sockets_in_the_way(table, LOOPBACK, 53, socket.SOCK_STREAM) == {"socket:[2]"}
    assert sockets_in_the_way(table, LOOPBACK, 53) == {"socket:[1]", "socket:[2]", "socket:[3]"}


@pytest.mark.parametrize("kind", [socket.SOCK_DGRAM, socket.SOCK_STREAM])
def test_who_holds_a_port_is_found_by_name(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as holder:
        holder.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            holder.listen()
        found = port_holder(LOOPBACK, holder.getsockname()[1], kind)
    assert found is not None
    assert f"(process {os.getpid()})" in found


@pytest.mark.parametrize(
    ("holder", "words"),
    [
        (
            "systemd-resolve (process 7)",
            ["DNSStubListener=no", "/etc/systemd/resolved.conf.d/guardian.conf", "restart systemd-resolved"],
        ),
        ("systemd-resolve (process 7)", ["ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf"]),
        ("dnsmasq (process 7)", ["port=0", "/etc/dnsmasq.conf", "restart dnsmasq"]),
        ("unbound (process 7)", ["port: 5335", "udp://127.0.0.1:5335 at upstreams"]),
        ("named (process 7)", ["listen-on port 5335", "udp://127.0.0.1:5335 at upstreams"]),
        ("python3 (process 7)", ["holds it; stop that program, or set another port at dns.listen"]),
        (None, ["another program holds it (run as root to see which); stop that program, or set"]),
    ],
)
@pytest.mark.parametrize("open_one", [udp_socket, tcp_socket])
def test_what_to_do_about_who_holds_port_53_is_told_word_by_word(
    monkeypatch: pytest.MonkeyPatch, holder: str | None, words: list[str], open_one: object
) -> None:
    class Taken(socket.socket):
        def bind(self, _: object, /) -> None:
            raise OSError(98, "Address already in use")

    monkeypatch.setattr(socket, "socket", Taken)
    monkeypatch.setattr(ports, "port_holder", lambda *_: holder)
    assert callable(open_one)
    with pytest.raises(StoreError) as told:
        open_one(ip_address("192.168.1.2"), 53)
    sentence = str(told.value)
    assert sentence.startswith("can't listen on 192.168.1.2 port 53: ")
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_on_another_port_nobody_is_told_to_change_their_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "port_holder", lambda *_: "dnsmasq (process 7)")
    with udp_socket(LOOPBACK, 0) as held, pytest.raises(StoreError, match="stop that program, or set another port"):
        udp_socket(LOOPBACK, held.getsockname()[1])


def test_a_drawn_port_is_the_same_over_udp_and_tcp() -> None:
    for _ in range(20):
        udp, tcp = both_sockets(LOOPBACK, 0)
        with udp, tcp:
            assert udp.getsockname() == tcp.getsockname()


def test_a_drawn_port_that_is_taken_over_tcp_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    left = [2]

    def taken_twice(address: IPv4Address | IPv6Address, port: int) -> socket.socket:
        if left[0]:
            left[0] -= 1
            raise StoreError("taken")
        return tcp_socket(address, port)

    monkeypatch.setattr(ports, "tcp_socket", taken_twice)
    udp, tcp = both_sockets(LOOPBACK, 0)
    with udp, tcp:
        assert udp.getsockname() == tcp.getsockname()


def test_a_written_port_that_is_taken_over_tcp_is_a_fault() -> None:
    with tcp_socket(LOOPBACK, 0) as held, pytest.raises(StoreError, match=rf"{os.getpid()}\) holds it"):
        both_sockets(LOOPBACK, held.getsockname()[1])
