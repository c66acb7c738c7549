"""What the kernel says of this machine's addresses and the links that they are on."""

from __future__ import annotations

import errno
import socket
from ipaddress import ip_interface
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.system import interfaces
from guardian.system.interfaces import Link, OwnAddress, own_interfaces, own_links
from guardian.system.netlink import messages
from tests.unit.system import rtnetlink

if TYPE_CHECKING:
    from guardian.system.netlink import Message

LOOPBACK, ETHERNET, TUNNEL = 0x49, 0x1043, 0x10D1
"""What `ip link` calls LOOPBACK,UP / BROADCAST,MULTICAST,UP / POINTOPOINT,MULTICAST,NOARP,UP."""


def kernel_says(monkeypatch: pytest.MonkeyPatch, *, links: bytes = b"", addresses: bytes = b"") -> None:
    def dump(kind: int, _: bytes) -> list[Message]:
        return messages({18: links, 22: addresses}[kind])[0]

    monkeypatch.setattr(interfaces, "dump", dump)


def test_every_address_comes_with_its_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_says(monkeypatch, addresses=rtnetlink.address("192.168.1.2", 24) + rtnetlink.address("fd00::2", 64))
    assert own_interfaces() == (ip_interface("192.168.1.2/24"), ip_interface("fd00::2/64"))


def test_of_a_point_to_point_link_our_own_end_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_says(monkeypatch, addresses=rtnetlink.address("10.0.0.1", 32, peer="10.0.0.2"))
    assert own_interfaces() == (ip_interface("10.0.0.1/32"),)


def test_devices_are_met_on_wires_and_neither_on_loopback_nor_in_tunnels(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel_says(
        monkeypatch,
        links=rtnetlink.link(1, "lo", LOOPBACK) + rtnetlink.link(2, "br0", ETHERNET) + rtnetlink.link(3, "wg0", TUNNEL),
        addresses=rtnetlink.address("127.0.0.1", 8, index=1)
        + rtnetlink.address("192.168.1.2", 24, index=2)
        + rtnetlink.address("10.9.0.1", 24, index=3)
        + rtnetlink.address("192.168.7.1", 24, index=4),
    )
    wire = Link("br0", is_wire=True)
    assert own_links() == {
        OwnAddress(ip_interface("127.0.0.1/8"), Link("lo", is_wire=False)),
        OwnAddress(ip_interface("192.168.1.2/24"), wire),
        OwnAddress(ip_interface("10.9.0.1/24"), Link("wg0", is_wire=False)),
        # the link of the last one went in between
    }


def test_this_machine_has_its_loopback_whoever_asks() -> None:
    assert ip_interface("127.0.0.1/8") in own_interfaces()
    assert OwnAddress(ip_interface("127.0.0.1/8"), Link("lo", is_wire=False)) in own_links()


def test_what_the_kernel_refuses_is_told_as_a_fault_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, kernel = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    kernel.send(rtnetlink.refusal(errno.EPERM))
    monkeypatch.setattr(socket, "socket", lambda *_: ours)
    with kernel, pytest.raises(StoreError, match="addresses can't be read: Operation not permitted"):
        own_interfaces()
