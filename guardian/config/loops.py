"""Hold the rule that guardian never asks itself: a question would go round until it is given up.

Law 1: a listener at all addresses (0.0.0.0, ::) listens at each of this machine's own, loopback included.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from guardian.config.document import Document
    from guardian.config.places import Path
    from guardian.config.settings import Settings
    from guardian.config.values import Address, Endpoint
    from guardian.errors import Fault

LOOPBACK = {4: ip_address("127.0.0.1"), 6: ip_address("::1")}
HINT = "write the resolver behind guardian, such as the router; for one on this machine, its own port"


def asks_itself(endpoint: Endpoint, listeners: Sequence[Endpoint], own: Callable[[], Iterable[Address]]) -> bool:
    """Say whether a question to `endpoint` comes back to one of the `listeners`.

    `own` gives this machine's addresses; it is called only where a listener takes them all.
    """
    asked = _plain(endpoint.address)
    if asked.is_unspecified:
        # the kernel sends there what is sent to "all"
        asked = LOOPBACK[asked.version]
    for listener in listeners:
        here = _plain(listener.address)
        if listener.port != endpoint.port or here.version != asked.version:
            continue
        if here == asked:
            return True
        if here.is_unspecified and (asked.is_loopback or asked in {_plain(one) for one in own()}):
            return True
    return False


def loops(document: Document, settings: Settings, own: Callable[[], Iterable[Address]]) -> list[Fault]:
    """Give a fault for each upstream that is guardian itself, at its place in the file."""
    return [
        document.fault(path, f"{endpoint} is where guardian itself listens: it would ask itself", HINT)
        for path, endpoint in _asked(settings)
        if asks_itself(endpoint, settings.dns.listen, own)
    ]


def _asked(settings: Settings) -> Iterator[tuple[Path, Endpoint]]:
    for number, upstream in enumerate(settings.upstreams):
        for place, server in enumerate(upstream.servers):
            key: Path = ("url",) if upstream.url.address is not None else ("addresses", place)
            yield ("upstreams", number, *key), server.endpoint
    for number, forward in enumerate(settings.forward):
        yield ("forward", number, "upstream"), forward.server.endpoint


def _plain(address: Address) -> Address:
    """Give an address as the kernel takes it: without its link, and IPv4 as IPv4."""
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address
