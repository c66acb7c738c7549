"""Read this machine's own network interfaces from the kernel (rtnetlink, RFC 3549).

Law 1: one dump, at most `max_bytes`; nothing is sent to the network.
"""

from __future__ import annotations

import socket
import struct
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface

from guardian.errors import StoreError

_NLMSG = struct.Struct("=IHHII")
_IFADDR = struct.Struct("=BBBBI")
_ATTRIBUTE = struct.Struct("=HH")
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
        raise StoreError(f"this machine's addresses can't be read: {error.strerror}") from error
    raise StoreError("this machine has more addresses than guardian is willing to read")


def _read(data: bytes, found: list[Interface]) -> bool:
    """Take the addresses out of one datagram; True after the last one."""
    position = 0
    while position + _NLMSG.size <= len(data):
        size, kind, *_ = _NLMSG.unpack_from(data, position)
        if kind in {_NLMSG_DONE, _NLMSG_ERROR} or size < _NLMSG.size:
            return True
        if kind == _RTM_NEWADDR:
            interface = _interface(data[position + _NLMSG.size : position + size])
            if interface is not None:
                found.append(interface)
        position += (size + 3) & ~3
    return False


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
