"""Say who asks: a client's address becomes the profile whose policy it gets.

Law 1: the longest prefix wins; a device that none names has the profile UNKNOWN.
Law 2: an address outside the house's networks that names no device of the house is nobody's.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""The profile of a device that nobody has named."""


class Household:
    """The networks of a house and the profiles of its devices."""

    def __init__(self, *, inside: Sequence[Network], profiles: Mapping[Network, str]) -> None:
        """`inside` may ask at all; `profiles` names devices by prefix."""
        self._inside = tuple(inside)
        self._profiles = sorted(profiles.items(), key=lambda item: -item[0].prefixlen)

    def profile_of(self, client: str) -> str | None:
        """Give the profile of the device at `client`, None for an address outside the house."""
        address = ip_address(client.partition("%")[0])
        for network, profile in self._profiles:
            if address in network:
                return profile
        if any(address in network for network in self._inside):
            return UNKNOWN
        return None
