"""Build a home's network out of network namespaces: guardian's machine with a bridge, and devices on its wire.

Law 1: every namespace is made here, under a name of this process, and goes with the test; nothing leaves them.
Law 2: a socket is of the namespace in which its thread was when it was made, so one test speaks for all devices.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import dns.edns
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)
FOUR, SIX, GLOBAL = "192.168.77", "fd77:7::", "2001:db8:77::"
"""Where the home's addresses begin: IPv4, ULA, and what stands for the provider's prefix."""
LENGTHS = {FOUR: 24, SIX: 64, GLOBAL: 64}
BRIDGE = "02:00:00:00:00:01"
SECONDS = 10


def why_not() -> str:
    """Say what this machine lacks for a town; empty where there is nothing."""
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if shutil.which("ip") is None:
        return "no ip (iproute2)"
    name = f"probe-{os.getpid()}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, timeout=SECONDS, check=False)
    if made.returncode:
        return "this machine lets nobody make network namespaces"
    link = ["ip", "-n", name, "link", "add", "br0", "type", "bridge"]
    bridged = subprocess.run(link, capture_output=True, timeout=SECONDS, check=False)
    subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=SECONDS, check=False)
    return "this machine's kernel has no bridges" if bridged.returncode else ""


class Told(NamedTuple):
    """What a device was told."""

    rcode: str
    addresses: tuple[str, ...]
    ttls: tuple[int, ...]
    """Of every record."""


class Device:
    """A namespace with one wire, `eth0`."""

    def __init__(self, name: str) -> None:
        """Make it, with loopback alone."""
        self.name = name
        run("ip", "netns", "add", name)
        # else an address can't be used for a second or two
        run("ip", "netns", "exec", name, "sh", "-c", "echo 0 | tee /proc/sys/net/ipv6/conf/*/accept_dad")
        self.ip("link", "set", "lo", "up")

    def ip(self, *words: str) -> None:
        """Run `ip` in it."""
        run("ip", "-n", self.name, *words)

    def running(self, *words: str) -> tuple[str, ...]:
        """Give the command that runs another one in it."""
        return ("ip", "netns", "exec", self.name, *words)

    def take(self, address: str, *, instead_of: str = "", length: int = 0) -> None:
        """Take an address, and let another one go; it can be used and found from then on."""
        if instead_of:
            self.drop(instead_of)
        self.ip("address", "add", _with_length(address, length), "dev", "eth0")
        self._wait_for(address)

    def drop(self, address: str) -> None:
        """Let an address go."""
        self.ip("address", "del", _with_length(address), "dev", "eth0")

    def link_local(self) -> str:
        """Give the address that it has given itself."""
        told = run("ip", "-n", self.name, "-6", "-oneline", "address", "show", "dev", "eth0", "scope", "link")
        return told.partition("inet6 ")[2].partition("/")[0]

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread make its sockets there."""
        with Path("/proc/thread-self/ns/net").open() as here, Path("/run/netns", self.name).open() as there:
            _enter(there.fileno())
            try:
                yield
            finally:
                _enter(here.fileno())

    def ask(
        self,
        name: str,
        server: str,
        *,
        source: str = "",
        over: socket.SocketKind = socket.SOCK_DGRAM,
        options: Sequence[dns.edns.Option] = (),
    ) -> Told:
        """Ask one question, from one of its addresses; TimeoutError where nobody answers."""
        query = dns.message.make_query(name, "A", use_edns=0, options=list(options))
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with self.inside(), socket.socket(family, over) as asking:
            asking.settimeout(SECONDS)
            scope = socket.if_nametoindex("eth0") if source.startswith("fe80:") else 0
            if source:
                asking.bind((source, 0, 0, scope) if family == socket.AF_INET6 else (source, 0))
            asking.connect((server, 53))
            if over is socket.SOCK_STREAM:
                dns.query.send_tcp(asking, query)
                answer, _ = dns.query.receive_tcp(asking, time.time() + SECONDS)
            else:
                asking.send(query.to_wire())
                answer = dns.message.from_wire(asking.recv(4096))
        assert answer.id == query.id
        records = [record for section in (answer.answer, answer.authority) for record in section]
        found = [item.to_text() for record in answer.answer for item in record]
        return Told(dns.rcode.to_text(answer.rcode()), tuple(found), tuple(record.ttl for record in records))

    def _wait_for(self, address: str) -> None:
        """Try until the kernel lets one ask from an address: a moment after it has joined the group that answers."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        end = time.monotonic() + SECONDS
        with self.inside(), socket.socket(family, socket.SOCK_DGRAM) as trying:
            while True:
                try:
                    trying.bind((address, 0))
                except OSError:
                    assert time.monotonic() < end, f"{self.name} never had {address}"
                    os.sched_yield()
                else:
                    return

    def close(self) -> None:
        """Take it down."""
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, timeout=SECONDS, check=False)


class Town:
    """Guardian's machine `home` with a bridge `br0`, and devices that are plugged in."""

    def __init__(self) -> None:
        """Build the home, whose own addresses end in 1."""
        self._devices: list[Device] = []
        try:
            self.home = self._made("home")
            # an address of its own: else it has that of a device, and another one when that is unplugged
            self.home.ip("link", "add", "br0", "address", BRIDGE, "type", "bridge")
            self.home.ip("link", "set", "br0", "up")
            # a bridge without a plug is down, and has no link-local address
            self.home.ip("link", "add", "plug", "type", "veth", "peer", "name", "other-end")
            self.home.ip("link", "set", "other-end", "up")
            self.home.ip("link", "set", "plug", "master", "br0", "up")
            for prefix in LENGTHS:
                self.home.ip("address", "add", _with_length(at(prefix, 1)), "dev", "br0")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def plug_in(self, name: str, hardware: str = "", *, number: int = 0) -> Device:
        """Give a new device a wire to the bridge, with this hardware address and addresses that end in `number`."""
        device = self._made(name)
        ours = f"to-{name}"
        peer = ["peer", "name", "eth0", "netns", device.name, *(["address", hardware] if hardware else [])]
        self.home.ip("link", "add", ours, "type", "veth", *peer)
        self.home.ip("link", "set", ours, "master", "br0", "up")
        device.ip("link", "set", "eth0", "up")
        for prefix in LENGTHS if number else ():
            device.take(at(prefix, number))
        return device

    def close(self) -> None:
        """Take all of it down."""
        for device in self._devices:
            device.close()

    def _made(self, name: str) -> Device:
        device = Device(f"town-{os.getpid()}-{name}")
        self._devices.append(device)
        return device


def at(prefix: str, number: int) -> str:
    """Give the address of a prefix that ends in `number`."""
    return f"{prefix}{'' if ':' in prefix else '.'}{number}"


def run(*words: str) -> str:
    """Run a command to its end and give what it says; AssertionError where it fails."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout


def _with_length(address: str, length: int = 0) -> str:
    known = next((length for prefix, length in LENGTHS.items() if address.startswith(prefix)), length)
    return f"{address}/{known}"


def _enter(namespace: int) -> None:
    if _LIBC.setns(namespace, _CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
