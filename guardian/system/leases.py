"""Read the names that devices gave when they asked for an address: the lease files of dnsmasq, ISC dhcpd and Kea.

Law 1: pure: over an open file, without a clock. Which leases hold is what the server says of them, not their date.
Law 2: a name is a device's own word: one plain label of it counts, and names that others trust are nobody's to take.
Law 3: at most MAX_BYTES and MAX_LEASES; of a larger file the end counts, where these servers write what is new.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Address = IPv4Address | IPv6Address

MAX_BYTES = 1 << 20
MAX_LEASES = 4096
_MAX_HEAD = 4096
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
TRUSTED = frozenset({"guardian", "localhost", "wpad", "isatap", "resolver", "dns", "gateway", "router"})
"""Names that programs look for by themselves or that a person takes for the house's own (VU#598349)."""
_ISC_LEASE = re.compile(r"lease ([0-9.]{7,15}) \{", re.ASCII)
_ISC_NAME = re.compile(r'client-hostname "([^"\\]{1,255})";', re.ASCII)

Told = tuple[str, str | None]
"""An address, and the name that is told of it; None where its lease is over."""


class Lease(NamedTuple):
    """A device's name, one label in lower case, and an address that it has."""

    name: str
    address: Address


def read_leases(file: BinaryIO) -> tuple[Lease, ...]:
    """Give the leases that hold and have a usable name, in the order in which their addresses were first given."""
    head = file.readline(_MAX_HEAD)
    size = file.seek(0, 2)
    start = max(len(head), size - MAX_BYTES)
    file.seek(start)
    text = file.read(MAX_BYTES)
    if start > len(head):
        # what is cut at its beginning is no line
        text = text.partition(b"\n")[2]
    # at nothing but line feeds: a name may hold what else Python takes for the end of a line
    lines = [line.rstrip("\r") for line in text.decode("ascii", "replace").split("\n")]
    first = head.decode("ascii", "replace").rstrip("\r\n")
    held: dict[Address, str] = {}
    for address, name in _reader(first, lines)(first, lines):
        _take(held, address, name)
    return tuple(Lease(name, address) for address, name in held.items())


def own_word(name: str) -> str:
    """Give what a device calls itself, one label in lower case; empty where it is none, or a name that others trust."""
    label = name.partition(".")[0].lower()
    return label if _LABEL.fullmatch(label) and label not in TRUSTED else ""


def _take(held: dict[Address, str], text: str, name: str | None) -> None:
    try:
        address = ip_address(text)
    except ValueError:
        return
    if address.is_loopback or address.is_multicast or address.is_unspecified or address.is_link_local:
        return
    label = own_word(name or "")
    if not label:
        held.pop(address, None)
    elif address in held or len(held) < MAX_LEASES:
        held[address] = label


def _reader(first: str, lines: Sequence[str]) -> Callable[[str, Sequence[str]], Iterator[Told]]:
    if first.startswith("address,"):
        return _kea
    return _isc if any(_ISC_LEASE.match(line) for line in (first, *lines)) else _dnsmasq


def _dnsmasq(first: str, lines: Sequence[str]) -> Iterator[Told]:
    """Read lines of expiry, hardware address (or identity of an IPv6 lease), address, name or `*`, and client."""
    for line in (first, *lines):
        fields = line.split(" ")
        if len(fields) >= 4:
            yield fields[2], fields[3]


def _isc(first: str, lines: Sequence[str]) -> Iterator[Told]:
    """Read dhcpd.leases(5): of one address the last block counts."""
    address, name, active = "", None, False
    for line in (first, *lines):
        words = line.strip()
        if begun := _ISC_LEASE.match(words):
            address, name, active = begun[1], None, False
        elif words.startswith("binding state "):
            active = words == "binding state active;"
        elif told := _ISC_NAME.fullmatch(words):
            name = told[1]
        elif words == "}":
            yield address, name if active else None


def _kea(first: str, lines: Sequence[str]) -> Iterator[Told]:
    """Read the file of Kea's memfile backend, IPv4 or IPv6: of one address the last row counts."""
    columns = first.split(",")
    for line in lines:
        row = dict(zip(columns, line.split(","), strict=False))
        # a declined or reclaimed lease, one that was released, a prefix for a router behind
        over = row.get("state") != "0" or row.get("valid_lifetime") == "0" or row.get("lease_type") == "2"
        yield row.get("address", ""), None if over else row.get("hostname")
