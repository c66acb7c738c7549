"""Say who asks: a client's address, and its hardware address where one is known, become a profile.

Law 1: an address that is named by itself wins over a hardware address, and that over a wider network; of networks the
       longest prefix wins. A device that none of them names has the profile UNKNOWN.
Law 2: an address outside the house's networks that names no device of the house is nobody's.
Law 3: whose hardware address is not known yet, though it could be and would matter, is not judged in haste.
"""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_address
from typing import TYPE_CHECKING

from guardian.engine.prefixes import Prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Network = IPv4Network | IPv6Network
Interface = IPv4Interface | IPv6Interface

UNKNOWN = "unknown"
"""The profile of a device that nobody has named."""


class Household:
    """The networks of a house and the profiles of its devices."""

    def __init__(
        self,
        *,
        inside: Iterable[Network],
        profiles: Mapping[Network, str],
        devices: Mapping[str, str] | None = None,
        wires: Iterable[Interface] = (),
    ) -> None:
        """Take the house as it is now.

        `inside` may ask at all; `profiles` names devices by prefix, `devices` by hardware address
        (`aa:bb:cc:dd:ee:ff`); `wires` are this machine's own addresses on networks where devices are met by hardware
        addresses.
        """
        self._inside = Prefixes((network, UNKNOWN) for network in inside)
        self._profiles = Prefixes(profiles.items())
        self._devices = dict(devices or {})
        self._wires = tuple(wires)

    @property
    def knows_devices(self) -> bool:
        """Whether any device is named by its hardware address."""
        return bool(self._devices)

    def profile_of(self, client: str, hardware: str = "") -> str | None:
        """Give the profile of the device at `client`, None for an address outside the house."""
        address = ip_address(client.partition("%")[0])
        profile, is_alone = self._profiles.find(address) or (None, False)
        if not is_alone:
            profile = self._devices.get(hardware, profile)
        if profile is None and self._inside.find(address) is not None:
            profile = UNKNOWN
        return profile

    def waits_for(self, client: str) -> bool:
        """Say whether the hardware address of `client` matters and can be learned: it is on a wire of this machine."""
        if not self._devices:
            return False
        address = ip_address(client.partition("%")[0])
        _, is_alone = self._profiles.find(address) or (None, False)
        if is_alone:
            return False
        # not this machine itself: it has no neighbour of its own address
        own = [one.ip for one in self._wires if address in one.network]
        return bool(own) and address not in own
