"""What the kernel says of this machine's addresses."""

from __future__ import annotations

import errno
import socket
import struct
from ipaddress import ip_address, ip_interface

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import StoreError
from guardian.system.interfaces import Interface, _read, own_interfaces

LOCAL, ADDRESS, LABEL = 2, 1, 3


def attribute(kind: int, data: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def message(kind: int, body: bytes) -> bytes:
    return struct.pack("=IHHII", 16 + len(body), kind, 2, 1, 0) + body + bytes(-len(body) % 4)


def address(text: str, prefix: int, *kinds: int) -> bytes:
    packed = ip_address(text).packed
    head = struct.pack("=BBBBI", 2 if len(packed) == 4 else 10, prefix, 0, 0, 1)
    return message(20, head + attribute(LABEL, b"eth0\0") + b"".join(attribute(kind, packed) for kind in kinds))


DONE = message(3, bytes(4))


def test_every_address_comes_with_its_prefix_and_the_last_message_ends_it() -> None:
    found: list[Interface] = []
    assert not _read(address("192.168.1.2", 24, ADDRESS, LOCAL) + address("fd00::2", 64, ADDRESS), found)
    assert _read(DONE, found)
    assert found == [ip_interface("192.168.1.2/24"), ip_interface("fd00::2/64")]


def test_of_a_point_to_point_link_our_own_end_counts() -> None:
    found: list[Interface] = []
    head = struct.pack("=BBBBI", 2, 32, 0, 0, 1)
    ours, theirs = ip_address("10.0.0.1").packed, ip_address("10.0.0.2").packed
    _read(message(20, head + attribute(ADDRESS, theirs) + attribute(LOCAL, ours)), found)
    assert found == [ip_interface("10.0.0.1/32")]


def test_a_kernel_that_refuses_is_not_a_machine_without_addresses() -> None:
    refusal = message(2, struct.pack("=i", -errno.EPERM) + bytes(16))
    with pytest.raises(OSError, match="Operation not permitted"):
        _read(address("192.168.1.2", 24, LOCAL) + refusal, [])
    with pytest.raises(OSError, match="without a reason"):
        _read(message(2, b""), [])


def test_what_the_kernel_refuses_is_told_as_a_fault_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, kernel = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    kernel.send(message(2, struct.pack("=i", -errno.EPERM) + bytes(16)))
    monkeypatch.setattr(socket, "socket", lambda *_: ours)
    with kernel, pytest.raises(StoreError, match="addresses can't be read: Operation not permitted"):
        own_interfaces()


@given(st.binary(max_size=200))
def test_whatever_stands_in_a_datagram_its_reading_ends(data: bytes) -> None:
    found: list[Interface] = []
    _read(struct.pack("=IHHII", len(data) + 16, 99, 0, 0, 0) + data, found)
    assert found == []
