"""Keep guardian's ears where the settings want them.

Law 1: each address has a socket of its own, so that a reply leaves from where it was asked.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.config.values import Endpoint
from guardian.daemon.faults import tell_fault
from guardian.server.udp import UdpListener
from guardian.system.interfaces import own_interfaces
from guardian.system.ports import udp_socket

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Sequence

    from guardian.config.values import Address
    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder

LOG = logging.getLogger("guardian")


class Listening:
    """Every socket that guardian answers on."""

    def __init__(self, wanted: Sequence[Endpoint]) -> None:
        """Open the sockets; StoreError where one can't be opened."""
        self._sockets = [udp_socket(address, one.port) for one in wanted for address in _addresses(one)]
        self._listeners: list[UdpListener] = []

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where it listens, in the order of the settings."""
        names = (one.getsockname() for one in self._sockets)
        return [Endpoint(ip_address(name[0]), name[1]) for name in names]

    def start(self, engine: Engine, forwarder: Forwarder, loop: asyncio.AbstractEventLoop) -> None:
        """Serve from now on."""
        self._listeners = [UdpListener(one, engine, forwarder, loop, tell_fault) for one in self._sockets]
        for listener in self._listeners:
            listener.start()

    def refer(self, forwarder: Forwarder) -> None:
        """Ask this one from now on; what is on its way comes to its end where it was asked."""
        for listener in self._listeners:
            listener.forwarder = forwarder

    def close(self) -> None:
        """Serve no longer."""
        for listener in self._listeners:
            listener.close()
        for one in self._sockets:
            one.close()


def _addresses(endpoint: Endpoint) -> list[Address]:
    """Give the addresses to listen on; "all" is each one of this machine, so that replies leave from there."""
    if not endpoint.address.is_unspecified:
        return [endpoint.address]
    own = [
        one.ip for one in own_interfaces() if one.ip.version == endpoint.address.version and not one.ip.is_link_local
    ]
    if all(address.is_loopback for address in own):
        LOG.warning("this machine has no address on a network yet: guardian answers only itself until it starts again")
    return own or [endpoint.address]
