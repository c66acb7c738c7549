"""Listen on a port, or say who holds it.

Law 1: an IPv6 socket is IPv6 only, so that an address is never written in two ways.
"""

from __future__ import annotations

import contextlib
import errno
import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.errors import StoreError

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

RECEIVE_BUFFER = 4 * 2**20


def udp_socket(address: IPv4Address | IPv6Address, port: int) -> socket.socket:
    """Open a listening UDP socket.

    Raises StoreError that names the process which holds the port, or says what else is in the way.
    """
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        listener.setblocking(False)
        listener.bind((str(address), port))
    except OSError as error:
        listener.close()
        raise StoreError(_why(address, port, error)) from error
    return listener


def _why(address: IPv4Address | IPv6Address, port: int, error: OSError) -> str:
    place = f"can't listen on {address} port {port}"
    if error.errno == errno.EADDRINUSE:
        holder = port_holder(port)
        who = f"{holder} holds it" if holder else "another program holds it (run as root to see which)"
        return f"{place}: {who}; stop that program, or set another port at dns.listen"
    if error.errno == errno.EACCES:
        return f"{place}: ports below 1024 need root; start as root, or set a higher port at dns.listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{place}: this machine has no such address; set one of its own at dns.listen"
    return f"{place}: {error.strerror}"


def port_holder(port: int) -> str | None:
    """Name the process that holds a UDP port, as `name (process 123)`; None where this user may not see it."""
    inodes = _inodes(port)
    if not inodes:
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for handle in (folder / "fd").iterdir():
                if str(handle.readlink()) in inodes:
                    return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return None


def _inodes(port: int) -> frozenset[str]:
    found = set()
    for table in ("udp", "udp6"):
        with contextlib.suppress(OSError):
            for line in Path("/proc/net", table).read_text().splitlines()[1:]:
                fields = line.split()
                if re.fullmatch(rf"[0-9A-F]+:{port:04X}", fields[1]):
                    found.add(f"socket:[{fields[9]}]")
    return frozenset(found)
