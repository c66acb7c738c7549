"""Listen on a port, or say who holds it.

Law 1: an IPv6 socket is IPv6 only, so that an address is never written in two ways.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
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
        holder = port_holder(address, port)
        who = f"{holder} holds it" if holder else "another program holds it (run as root to see which)"
        return f"{place}: {who}; stop that program, or set another port at dns.listen"
    if error.errno == errno.EACCES:
        return f"{place}: ports below 1024 need root; start as root, or set a higher port at dns.listen"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{place}: this machine has no such address; set one of its own at dns.listen"
    return f"{place}: {error.strerror}"


def port_holder(address: IPv4Address | IPv6Address, port: int) -> str | None:
    """Name the process in whose way a UDP listener is, as `name (process 123)`; None where this user may not see it."""
    tables = ("udp6",) if address.version == 6 else ("udp", "udp6")
    inodes: frozenset[str] = frozenset()
    for table in tables:
        with contextlib.suppress(OSError):
            inodes |= sockets_in_the_way(Path("/proc/net", table).read_text(encoding="ascii"), address, port)
    if not inodes:
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for handle in (folder / "fd").iterdir():
                if str(handle.readlink()) in inodes:
                    return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return None


def sockets_in_the_way(table: str, address: IPv4Address | IPv6Address, port: int) -> frozenset[str]:
    """Give the sockets of a table of /proc/net that hold this port at this address or at every address."""
    own = _as_in_table(address)
    found = set()
    for line in table.splitlines()[1:]:
        fields = line.split()
        held, _, number = fields[1].partition(":")
        if int(number, 16) == port and (held == own or not held.strip("0") or address.is_unspecified):
            found.add(f"socket:[{fields[9]}]")
    return frozenset(found)


def _as_in_table(address: IPv4Address | IPv6Address) -> str:
    """Write an address as the kernel does there: words of 32 bits, each in this machine's byte order."""
    words = (address.packed[at : at + 4] for at in range(0, len(address.packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
