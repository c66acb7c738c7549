"""Hold what a sound file may still do that nobody wants: each is told, and none stops guardian.

Law 1: a concern is a Fault that warns; whether it is one is judged by the settings and this machine's networks alone.
"""

from __future__ import annotations

from ipaddress import IPv6Network, ip_network
from typing import TYPE_CHECKING

from guardian.config.values import LOCAL, Transport
from guardian.model import Band, ListKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from guardian.config.document import Document
    from guardian.config.places import Path
    from guardian.config.settings import Settings
    from guardian.config.values import Network
    from guardian.errors import Fault

INSIDE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""What the world can't reach: RFC 1918, 6598, 1122, 3927, 4291 and 4193."""
SITE = 48
"""The widest prefix that a house is given (RFC 6177)."""
WIDEST = {4: 8, 6: 16}
"""No network that is wider is a house's own, whatever an interface says."""
BANDS = tuple(Band)
"""From the strictest on."""


def concerns(document: Document, settings: Settings, own: Callable[[], Iterable[Network]]) -> list[Fault]:
    """Give every concern; `own` gives the networks of this machine and is called only where one matters."""
    return [
        *_loose_strangers(document, settings),
        *_open_to_the_world(document, settings, own),
        *_far_routers(document, settings, own),
        *_loose_routers(document, settings),
        *_no_list(document, settings),
        *_plain_beside_encrypted(document, settings),
        *_plain_across_the_internet(document, settings),
    ]


def _loose_strangers(document: Document, settings: Settings) -> Iterator[Fault]:
    """Warn where a child's device is freer without its name, as by its IPv6 address or a changed one."""
    unknown = settings.family.unknown_devices
    strictest = min((client.band for client in settings.clients), key=BANDS.index, default=Band.ADULT)
    if BANDS.index(unknown) > BANDS.index(strictest):
        message = f"{unknown} is looser than {strictest} at clients: by an address not named there a child gets more"
        hint = f'write unknown_devices: "{strictest}"'
        yield document.fault(("family", "unknown_devices"), message, hint)


def _open_to_the_world(document: Document, settings: Settings, own: Callable[[], Iterable[Network]]) -> Iterator[Fault]:
    """Warn of an open resolver: others use it to flood a third."""
    for path, network in _admitted(settings):
        if not (_is_inside(network) or _is_own(network, own())):
            message = f"{network} is open to the internet, for others to use against a third"
            yield document.fault(path, message, "name the networks of this house alone, or write local")


def _far_routers(document: Document, settings: Settings, own: Callable[[], Iterable[Network]]) -> Iterator[Fault]:
    """Warn of a trusted router that is not of this house: whoever forges its address is taken for any device."""
    for number, address in enumerate(settings.dns.trusted_routers):
        network = ip_network(address)
        if not (_is_inside(network) or _is_own(network, own())):
            message = f"{address} is no router of this house: who forges its address is taken for any device"
            yield document.fault(("dns", "trusted_routers", number), message, "name the router's address in the house")


def _loose_routers(document: Document, settings: Settings) -> Iterator[Fault]:
    """Warn of a trusted router that is freer than unknown devices: one that it can't tell asks as the router does."""
    unknown, routers = settings.family.unknown_devices, {ip_network(one) for one in settings.dns.trusted_routers}
    for number, client in enumerate(settings.clients):
        if client.network in routers and BANDS.index(client.band) > BANDS.index(unknown):
            message = f"a device that this router can't tell gets {client.band}, which is looser than {unknown}"
            yield document.fault(("clients", number, "band"), message, "take the router out of clients")


def _no_list(document: Document, settings: Settings) -> Iterator[Fault]:
    lists = settings.lists
    if not lists.embedded and all(source.kind is not ListKind.BLOCK for source in lists.sources):
        message = "no list is left that blocks: every name is open but to the youngest"
        yield document.fault(("lists", "embedded"), message, "write embedded: true, or add a list at lists.sources")


def _plain_beside_encrypted(document: Document, settings: Settings) -> Iterator[Fault]:
    """Warn of an upstream that is never asked: to ask it would show in the clear what the others hide."""
    encrypted = any(one.url.transport is Transport.TLS for one in settings.upstreams)
    for number, one in enumerate(settings.upstreams):
        if encrypted and one.url.transport is not Transport.TLS:
            message = f"{one.url} is never asked: beside it stands an encrypted upstream"
            yield document.fault(("upstreams", number, "url"), message, "write tls:// here, too, or take it out")


def _plain_across_the_internet(document: Document, settings: Settings) -> Iterator[Fault]:
    """Warn of names that leave the house in the clear; a router or a resolver inside it is asked as one likes."""
    if any(server.encrypted for server in settings.servers):
        return
    for number, one in enumerate(settings.upstreams):
        if not all(_is_inside(ip_network(server.address)) for server in one.servers):
            message = f"{one.url} is asked in plain text: your provider, and all on the way, can read every name"
            yield document.fault(("upstreams", number, "url"), message, "name a resolver by tls://, with its addresses")


def _admitted(settings: Settings) -> Iterator[tuple[Path, Network]]:
    for number, allowed in enumerate(settings.dns.allow_from):
        if allowed != LOCAL:
            yield ("dns", "allow_from", number), allowed
    for number, client in enumerate(settings.clients):
        if client.network is not None:
            yield ("clients", number, "network"), client.network


def _is_inside(network: Network) -> bool:
    return any(_holds(inside, network) for inside in INSIDE)


def _is_own(network: Network, own: Iterable[Network]) -> bool:
    if network.prefixlen < WIDEST[network.version]:
        return False
    whole_site = isinstance(network, IPv6Network) and network.prefixlen >= SITE
    return any(_holds(one, network) or (whole_site and _holds(network, one)) for one in own)


def _holds(wide: Network, narrow: Network) -> bool:
    if wide.version != narrow.version or wide.prefixlen > narrow.prefixlen:
        return False
    return narrow.network_address in wide
