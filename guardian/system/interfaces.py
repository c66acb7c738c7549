"""Read this machine's own network interfaces from the kernel.

Law 1: an interface is asked for, never remembered here: it may be gone in a second.
"""

from __future__ import annotations

import struct
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import StoreError
from guardian.system.netlink import attributes, dump

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

    from guardian.system.netlink import Message

_LINK = struct.Struct("=BBHiII")
_ADDRESS = struct.Struct("=BBBBI")
_NEW_LINK, _GET_LINK = 16, 18
_NEW_ADDRESS, _DELETED_ADDRESS, _GET_ADDRESS = 20, 21, 22
_IFLA_IFNAME = 3
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_NO_NEIGHBOURS = 0x08 | 0x10 | 0x80
"""IFF_LOOPBACK, IFF_POINTOPOINT and IFF_NOARP: nobody is met there by a hardware address."""

Interface = IPv4Interface | IPv6Interface


class Link(NamedTuple):
    """What carries addresses: a network card, a bridge, a tunnel."""

    name: str
    is_wire: bool
    """Others on it are met by their hardware addresses."""


class OwnAddress(NamedTuple):
    """An address of this machine with its prefix, and the link that it is on."""

    interface: Interface
    link: Link


def own_interfaces() -> tuple[Interface, ...]:
    """Give each address of this machine with its prefix; StoreError where the kernel does not tell."""
    return tuple(interface for _, interface in _addresses(_asked(_GET_ADDRESS, bytes(_ADDRESS.size))))


def own_addresses() -> list[IPv4Address | IPv6Address]:
    """Give each address of this machine; StoreError as above."""
    return [one.ip for one in own_interfaces()]


def own_networks() -> list[IPv4Network | IPv6Network]:
    """Give each network that this machine is part of; StoreError as above."""
    return [one.network for one in own_interfaces()]


def own_links() -> frozenset[OwnAddress]:
    """Give each address of this machine with its link; StoreError as above."""
    links = dict(_links(_asked(_GET_LINK, bytes(_LINK.size))))
    addresses = _addresses(_asked(_GET_ADDRESS, bytes(_ADDRESS.size)))
    # an address whose link came or went in between is told of by the next event
    return frozenset(OwnAddress(interface, links[index]) for index, interface in addresses if index in links)


def changes_addresses(message: Message) -> bool:
    """Say whether a message of the kernel is about an address of this machine."""
    return message.kind in {_NEW_ADDRESS, _DELETED_ADDRESS}


def _asked(kind: int, head: bytes) -> list[Message]:
    try:
        return dump(kind, head)
    except OSError as error:
        raise StoreError(f"this machine's addresses can't be read: {error.strerror or error}") from error


def _links(messages: Iterable[Message]) -> Iterable[tuple[int, Link]]:
    for kind, body in messages:
        if kind == _NEW_LINK and len(body) >= _LINK.size:
            _, _, _, index, flags, _ = _LINK.unpack_from(body)
            name = attributes(body, _LINK.size).get(_IFLA_IFNAME, b"").rstrip(b"\0").decode("utf-8", "replace")
            yield index, Link(name, is_wire=not flags & _NO_NEIGHBOURS)


def _addresses(messages: Iterable[Message]) -> Iterable[tuple[int, Interface]]:
    for kind, body in messages:
        if kind == _NEW_ADDRESS and len(body) >= _ADDRESS.size:
            _, prefix, _, _, index = _ADDRESS.unpack_from(body)
            found = attributes(body, _ADDRESS.size)
            # of a point-to-point link, our own end counts
            packed = found.get(_IFA_LOCAL) or found.get(_IFA_ADDRESS)
            if packed and len(packed) in {4, 16}:
                yield index, ip_interface(f"{ip_address(packed)}/{prefix}")
