"""Say who asks: a client's address becomes the band whose rules it gets.

Law 1: the longest prefix wins; a device that none names gets the band for unknown devices.
Law 2: an address outside the house's networks is nobody's.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from guardian.model import Band

Network = IPv4Network | IPv6Network


class Household:
    """The networks of a house and the bands of its devices."""

    def __init__(self, *, inside: Sequence[Network], bands: Mapping[Network, Band], unknown: Band) -> None:
        """`inside` may ask at all; `bands` names devices by prefix; `unknown` is everybody else's band."""
        self._inside = tuple(inside)
        self._bands = sorted(bands.items(), key=lambda item: -item[0].prefixlen)
        self._unknown = unknown

    def band_of(self, client: str) -> Band | None:
        """Give the band of the device at `client`, None for an address outside the house."""
        address = ip_address(client.partition("%")[0])
        for network, band in self._bands:
            if address in network:
                return band
        if any(address in network for network in self._inside):
            return self._unknown
        return None
