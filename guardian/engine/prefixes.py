"""Find the longest of many prefixes that holds an address.

Law 1: finding costs one look-up for each length that occurs, however many prefixes there are: a stranger who asks again
       and again costs no more than a device of the house.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Address, IPv6Address

Network = IPv4Network | IPv6Network


class Prefixes:
    """Networks, each with the profile of its devices."""

    def __init__(self, entries: Iterable[tuple[Network, str]]) -> None:
        """Of two equal networks the later one counts."""
        lengths: dict[int, dict[int, dict[int, str]]] = {4: {}, 6: {}}
        for network, profile in entries:
            shift = network.max_prefixlen - network.prefixlen
            lengths[network.version].setdefault(shift, {})[int(network.network_address) >> shift] = profile
        self._lengths = {version: sorted(of_version.items()) for version, of_version in lengths.items()}

    def find(self, address: IPv4Address | IPv6Address) -> tuple[str, bool] | None:
        """Give the profile of the longest prefix that holds `address`, and whether it is that address alone."""
        number = int(address)
        for shift, networks in self._lengths[address.version]:
            profile = networks.get(number >> shift)
            if profile is not None:
                return profile, shift == 0
        return None
