"""Say who asks: a client's address, and what else is known of it, become a profile.

Law 1: what the family named comes before what the operator named; of each, an address by itself wins over a hardware
       address, and both win over a wider network. Of networks the longest prefix wins, the family's of two equal ones.
       A device that none of them names has the profile UNKNOWN.
Law 2: an address outside the house's networks that names no device of the house is nobody's.
Law 3: whose hardware address is not known yet, though it could be and would matter, is not judged in haste.
Law 4: a label means its child, by whatever address it comes; a hardware address that a packet states counts only where
       a trusted router sent it. What names nobody is as if it had not been stated.
"""

from __future__ import annotations

from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from guardian.engine.prefixes import Prefixes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Network = IPv4Network | IPv6Network
Interface = IPv4Interface | IPv6Interface

UNKNOWN = "unknown"
"""The profile of a device that nobody has named."""


class Named(NamedTuple):
    """Whom somebody has named, and the profiles of those."""

    networks: Mapping[Network, str] = {}
    """By an address alone, or by a network of such devices."""
    devices: Mapping[str, str] = {}
    """By hardware address, `aa:bb:cc:dd:ee:ff`."""
    labels: Mapping[str, str] = {}
    """By what a device calls itself over encrypted DNS."""


class Household:
    """The networks of a house and the profiles of its devices."""

    def __init__(
        self,
        *,
        inside: Iterable[Network],
        operator: Named = Named(),  # noqa: B008 - frozen
        family: Named = Named(),  # noqa: B008 - frozen
        wires: Iterable[Interface] = (),
        routers: Iterable[str] = (),
    ) -> None:
        """Take the house as it is now.

        `inside` may ask at all; `wires` are this machine's own addresses on networks where devices are met by hardware
        addresses; `routers` are addresses that may ask, and whose word is taken for which device asks.
        """
        self._routers = frozenset(routers)
        hosts = [ip_network(router) for router in self._routers]
        self._inside = Prefixes((network, UNKNOWN) for network in (*inside, *hosts))
        self._networks = Prefixes((*operator.networks.items(), *family.networks.items()))
        self._familiar = {one.network_address: name for one, name in family.networks.items() if _is_alone(one)}
        self._families = Prefixes(family.networks.items())
        self._operator, self._family = operator, family
        self._wires = tuple(wires)

    @property
    def knows_devices(self) -> bool:
        """Whether any device is named by its hardware address."""
        return bool(self._operator.devices or self._family.devices)

    @property
    def named(self) -> int:
        """How many devices and networks are named."""
        networks = self._operator.networks.keys() | self._family.networks.keys()
        return len(networks) + len(self._operator.devices.keys() | self._family.devices.keys())

    def names(self, hardware: str) -> bool:
        """Say whether somebody has named the device with this hardware address."""
        return hardware in self._family.devices or hardware in self._operator.devices

    def names_address(self, client: str) -> bool:
        """Say whether somebody has named the device at `client` by its address, or the family a network around it.

        A network of the operator's names nobody: a child's device that hides its identity is in it, too.
        """
        address = ip_address(client.partition("%")[0])
        _, is_alone = self._networks.find(address) or (None, False)
        return is_alone or self._families.find(address) is not None

    def profile_of(self, client: str, hardware: str = "") -> str | None:
        """Give the profile of the device at `client`, None for an address outside the house."""
        address = ip_address(client.partition("%")[0])
        profile = self._familiar.get(address) or self._family.devices.get(hardware)
        if profile is None:
            profile, is_alone = self._networks.find(address) or (None, False)
            if not is_alone:
                profile = self._operator.devices.get(hardware, profile)
        if profile is None and self._inside.find(address) is not None:
            profile = UNKNOWN
        return profile

    def profile_stated(self, stated: str, client: str) -> str | None:
        """Give the profile of who states a label, or a hardware address through a router; None where that says nothing.

        A device that a trusted router tells of is that device, though nobody may have named it: it is not the router.
        """
        label = self._family.labels.get(stated)
        if label is not None or client.partition("%")[0] not in self._routers or ":" not in stated:
            return label
        return self._family.devices.get(stated) or self._operator.devices.get(stated, UNKNOWN)

    def waits_for(self, client: str) -> bool:
        """Say whether the hardware address of `client` matters and can be learned: it is on a wire of this machine."""
        if not self.knows_devices:
            return False
        address = ip_address(client.partition("%")[0])
        _, is_alone = self._networks.find(address) or (None, False)
        # the family's word for a device goes before the operator's for its address
        if address in self._familiar or (is_alone and not self._family.devices):
            return False
        # not this machine itself: it has no neighbour of its own address
        own = [one.ip for one in self._wires if address in one.network]
        return bool(own) and address not in own


def _is_alone(network: Network) -> bool:
    return network.prefixlen == network.max_prefixlen
