"""Listen on a port, or say who holds it and what to do about that.

Law 1: an IPv6 socket is IPv6 only, so that an address is never written in two ways.
Law 2: only an address of this machine is listened on; one whose duplicates are still looked for counts (RFC 4862).
"""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import StoreError
from guardian.system.interfaces import own_addresses

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

RECEIVE_BUFFER = 4 * 2**20
DNS_PORT = 53
BACKLOG = 512
"""Connections that wait to be taken."""
TRIES = 16
"""How often a port is drawn until it is free over UDP and TCP alike."""
_IPV6_FREEBIND = 78
"""ipv6(7) of Linux 4.15; Python has no name for it."""
_SO_RCVBUFFORCE = 33
_LISTENING = "0A"
"""The state of a TCP socket that listens, as /proc/net/tcp writes it."""

REMEDIES = {
    "systemd-resolve": "write `[Resolve]` and below it `DNSStubListener=no` into"
    " /etc/systemd/resolved.conf.d/guardian.conf, run `systemctl restart systemd-resolved` and"
    " `ln -sf /run/systemd/resolve/resolv.conf /etc/resolv.conf`",
    "dnsmasq": "write `port=0` into /etc/dnsmasq.conf, so that it only gives out addresses, and run"
    " `systemctl restart dnsmasq`; or stop it with `systemctl disable --now dnsmasq`",
    "unbound": "stop it with `systemctl disable --now unbound`; or write `port: 5335` below `server:` in"
    " /etc/unbound/unbound.conf, restart it, and name udp://127.0.0.1:5335 at upstreams",
    "named": "stop it with `systemctl disable --now named`; or write `listen-on port 5335 { 127.0.0.1; };` into its"
    " options, restart it, and name udp://127.0.0.1:5335 at upstreams",
}
"""What to do about a program that often holds port 53, by its name in /proc (15 characters at most)."""


class Ports(NamedTuple):
    """The two sockets of one address: questions come over both (RFC 7766 section 5)."""

    udp: socket.socket
    tcp: socket.socket


def both_sockets(address: IPv4Address | IPv6Address, port: int) -> Ports:
    """Open UDP and TCP at one port; 0 draws one that is free for both. StoreError as below."""
    for left in reversed(range(TRIES if port == 0 else 1)):
        udp = udp_socket(address, port)
        try:
            return Ports(udp, tcp_socket(address, udp.getsockname()[1]))
        except StoreError:
            udp.close()
            if not left:
                raise
    raise AssertionError("TRIES is at least 1")


def udp_socket(address: IPv4Address | IPv6Address, port: int) -> socket.socket:
    """Open a listening UDP socket.

    Raises StoreError that names the process which holds the port, or says what else is in the way.
    """
    listener = _bound(address, port, socket.SOCK_DGRAM)
    widen(listener)
    return listener


def tcp_socket(address: IPv4Address | IPv6Address, port: int, key: str = "dns.listen") -> socket.socket:
    """Open a listening TCP socket; StoreError as above. `key` is the setting that wants it."""
    listener = _bound(address, port, socket.SOCK_STREAM, key)
    listener.listen(BACKLOG)
    return listener


def widen(listener: socket.socket) -> None:
    """Give a UDP socket room for what comes while nobody reads: a burst, or a restart where systemd holds it."""
    try:
        # root may have more than net.core.rmem_max
        listener.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except OSError:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)


def _bound(
    address: IPv4Address | IPv6Address, port: int, kind: socket.SocketKind, key: str = "dns.listen"
) -> socket.socket:
    # the kernel refuses an IPv6 address that it is still trying out
    tentative = address.version == 6 and address in own_addresses()
    try:
        listener = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, kind)
    except OSError as error:
        raise StoreError(_why(address, port, kind, key, error)) from error
    try:
        if address.version == 6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listener.setsockopt(socket.IPPROTO_IPV6, _IPV6_FREEBIND, tentative)
        if kind is socket.SOCK_STREAM:
            # connections of before that are not quite over must not keep a restart off its port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setblocking(False)
        listener.bind((str(address), port))
    except OSError as error:
        listener.close()
        raise StoreError(_why(address, port, kind, key, error)) from error
    return listener


def _why(address: IPv4Address | IPv6Address, port: int, kind: socket.SocketKind, key: str, error: OSError) -> str:
    place = f"can't listen on {address} port {port}"
    if error.errno == errno.EADDRINUSE:
        return f"{place}: {_in_the_way(address, port, kind)}, or set another port at {key}"
    if error.errno == errno.EACCES:
        return f"{place}: ports below 1024 need root; start as root, or set a higher port at {key}"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{place}: this machine has no such address; set one of its own at {key}"
    return f"{place}: {error.strerror}"


def _in_the_way(address: IPv4Address | IPv6Address, port: int, kind: socket.SocketKind) -> str:
    holder = port_holder(address, port, kind)
    if holder is None:
        return "another program holds it (run as root to see which); stop that program"
    remedy = REMEDIES.get(holder.partition(" (")[0]) if port == DNS_PORT else None
    return f"{holder} holds it; {remedy or 'stop that program'}"


def port_holder(
    address: IPv4Address | IPv6Address, port: int, kind: socket.SocketKind = socket.SOCK_DGRAM
) -> str | None:
    """Name the process in whose way a listener is, as `name (process 123)`; None where this user may not see it."""
    name = "tcp" if kind is socket.SOCK_STREAM else "udp"
    tables = (f"{name}6",) if address.version == 6 else (name, f"{name}6")
    inodes: frozenset[str] = frozenset()
    for table in tables:
        with contextlib.suppress(OSError):
            inodes |= sockets_in_the_way(Path("/proc/net", table).read_text(encoding="ascii"), address, port, kind)
    if not inodes:
        return None
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            for handle in (folder / "fd").iterdir():
                if str(handle.readlink()) in inodes:
                    return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return None


def sockets_in_the_way(
    table: str,
    address: IPv4Address | IPv6Address,
    port: int,
    kind: socket.SocketKind = socket.SOCK_DGRAM,
) -> frozenset[str]:
    """Give the sockets of a table of /proc/net that hold this port at this address or at every address."""
    own = _as_in_table(address)
    found = set()
    for line in table.splitlines()[1:]:
        fields = line.split()
        held, _, number = fields[1].partition(":")
        if kind is socket.SOCK_STREAM and fields[3] != _LISTENING:
            continue
        if int(number, 16) == port and (held == own or not held.strip("0") or address.is_unspecified):
            found.add(f"socket:[{fields[9]}]")
    return frozenset(found)


def _as_in_table(address: IPv4Address | IPv6Address) -> str:
    """Write an address as the kernel does there: words of 32 bits, each in this machine's byte order."""
    words = (address.packed[at : at + 4] for at in range(0, len(address.packed), 4))
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
