"""Read this machine's own network interfaces from the kernel (rtnetlink, RFC 3549).

Law 1: one dump, at most `max_bytes`; nothing is sent to the network.
"""

from __future__ import annotations

import os
import socket
import struct
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import TYPE_CHECKING

from guardian.errors import StoreError

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_NLMSG = struct.Struct("=IHHII")
_IFADDR = struct.Struct("=BBBBI")
_ATTRIBUTE = struct.Struct("=HH")
_ERRNO = struct.Struct("=i")
_RTM_NEWADDR, _RTM_GETADDR = 20, 22
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_REQUEST_DUMP = 0x301
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_CHUNK = 65_536

Interface = IPv4Interface | IPv6Interface


def own_interfaces(*, max_bytes: int = 1 << 20) -> tuple[Interface, ...]:
    """Give each address of this machine with its prefix.

    Raises StoreError where the kernel does not tell.
    """
    found: list[Interface] = []
    try:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
            kernel.settimeout(2)
            size = _NLMSG.size + _IFADDR.size
            kernel.send(_NLMSG.pack(size, _RTM_GETADDR, _REQUEST_DUMP, 1, 0) + bytes(_IFADDR.size))
            for _ in range(max_bytes // _CHUNK):
                if _read(kernel.recv(_CHUNK), found):
                    return tuple(found)
    except OSError as error:
        raise StoreError(f"this machine's addresses can't be read: {error.strerror or error}") from error
    raise StoreError("this machine has more addresses than guardian is willing to read")


def own_addresses() -> list[IPv4Address | IPv6Address]:
    """Give each address of this machine; StoreError as above."""
    return [one.ip for one in own_interfaces()]


def own_networks() -> list[IPv4Network | IPv6Network]:
    """Give each network that this machine is part of; StoreError as above."""
    return [one.network for one in own_interfaces()]


def _read(data: bytes, found: list[Interface]) -> bool:
    """Take the addresses out of one datagram; True after the last one. OSError where the kernel says that it can't."""
    position = 0
    while position + _NLMSG.size <= len(data):
        size, kind, *_ = _NLMSG.unpack_from(data, position)
        if kind == _NLMSG_ERROR:
            raise _refusal(data[position + _NLMSG.size : position + size])
        if kind == _NLMSG_DONE or size < _NLMSG.size:
            return True
        if kind == _RTM_NEWADDR:
            interface = _interface(data[position + _NLMSG.size : position + size])
            if interface is not None:
                found.append(interface)
        position += (size + 3) & ~3
    return False


def _refusal(message: bytes) -> OSError:
    """Read a struct nlmsgerr, which begins with a negative errno."""
    number = -_ERRNO.unpack_from(message)[0] if len(message) >= _ERRNO.size else 0
    return OSError(number, os.strerror(number) if number > 0 else "the kernel refuses without a reason")


def _interface(message: bytes) -> Interface | None:
    _, prefix, *_ = _IFADDR.unpack_from(message)
    attributes: dict[int, bytes] = {}
    position = _IFADDR.size
    while position + _ATTRIBUTE.size <= len(message):
        size, kind = _ATTRIBUTE.unpack_from(message, position)
        if size < _ATTRIBUTE.size:
            break
        attributes[kind] = message[position + _ATTRIBUTE.size : position + size]
        position += (size + 3) & ~3
    packed = attributes.get(_IFA_LOCAL) or attributes.get(_IFA_ADDRESS)
    return ip_interface(f"{ip_address(packed)}/{prefix}") if packed else None
