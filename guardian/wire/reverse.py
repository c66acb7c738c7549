"""Hold the names under which addresses are asked for (RFC 1035 section 3.5, RFC 3596 section 2.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


def reverse_name(address: IPv4Address | IPv6Address) -> str:
    """Give the name of one address, whatever link it is of."""
    return type(address)(int(address)).reverse_pointer


def reverse_zone(network: IPv4Network | IPv6Network) -> str | None:
    """Give the zone that holds the names of a network; None where its prefix ends inside a label.

    Such a network has several zones (a /23 has two), or shares one with others (RFC 2317).
    """
    bits = 8 if network.version == 4 else 4
    labels, rest = divmod(network.prefixlen, bits)
    if rest or not labels:
        return None
    name = network.network_address.reverse_pointer.split(".")
    return ".".join(name[-2 - labels :])
