"""Keep guardian's ears where the settings want them, as this machine's addresses come and go.

Law 1: each address has sockets of its own, so that a reply leaves from where it was asked.
Law 2: at the start every address must be had; later on one that can't be had is told once, and costs no other.
"""

from __future__ import annotations

import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.config.values import Endpoint
from guardian.daemon.faults import tell_fault
from guardian.errors import StoreError
from guardian.server.udp import UdpListener
from guardian.system.interfaces import own_interfaces
from guardian.system.ports import udp_socket

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Sequence

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder

LOG = logging.getLogger("guardian")
MAX_PLACES = 1024
"""Addresses with a port, at most: a machine with more is told so."""


class Listening:
    """Every socket that guardian answers on."""

    def __init__(self, wanted: Sequence[Endpoint]) -> None:
        """Open the sockets; StoreError where one can't be opened."""
        self._wanted = tuple(wanted)
        self._follows = any(one.address.is_unspecified for one in wanted)
        self._sockets: dict[Endpoint, socket.socket] = {}
        self._listeners: dict[Endpoint, UdpListener] = {}
        self._failed: frozenset[Endpoint] = frozenset()
        self._served: tuple[Engine, Forwarder, asyncio.AbstractEventLoop] | None = None
        try:
            for place in _places(self._wanted):
                self._sockets[place] = udp_socket(*place)
        except StoreError:
            self.close()
            raise
        if not self._sockets:
            raise StoreError("this machine has no address of those at dns.listen; is its network up?")
        if self._follows and all(one.address.is_loopback for one in self._sockets):
            LOG.warning("this machine has no address on a network yet: guardian answers only itself until it has one")

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where it listens, in the order of the settings."""
        names = (one.getsockname() for one in self._sockets.values())
        return [Endpoint(ip_address(name[0]), name[1]) for name in names]

    def start(self, engine: Engine, forwarder: Forwarder, loop: asyncio.AbstractEventLoop) -> None:
        """Serve from now on."""
        self._served = (engine, forwarder, loop)
        for place in self._sockets:
            self._serve(place)

    def follow(self) -> None:
        """Listen on what this machine's addresses are by now; nothing happens where all are written in the settings."""
        if not self._follows:
            return
        places = _places(self._wanted)
        gone = [place for place in self._sockets if place not in places]
        for place in gone:
            self._close(place)
        came, failed = [], set()
        for place in places:
            if place in self._sockets:
                continue
            try:
                self._sockets[place] = udp_socket(*place)
            except StoreError as error:
                failed.add(place)
                if place not in self._failed:
                    LOG.error("%s", error)  # noqa: TRY400 - its words are for people
                continue
            came.append(place)
            self._serve(place)
        self._failed = frozenset(failed)
        if came or gone:
            LOG.info("this machine's addresses have changed: %s", _told(came, gone))

    def refer(self, forwarder: Forwarder) -> None:
        """Ask this one from now on; what is on its way comes to its end where it was asked."""
        if self._served is not None:
            engine, _, loop = self._served
            self._served = (engine, forwarder, loop)
        for listener in self._listeners.values():
            listener.forwarder = forwarder

    def close(self) -> None:
        """Serve no longer."""
        for place in list(self._sockets):
            self._close(place)

    def _serve(self, place: Endpoint) -> None:
        if self._served is not None:
            listener = UdpListener(self._sockets[place], *self._served, tell_fault)
            self._listeners[place] = listener
            listener.start()

    def _close(self, place: Endpoint) -> None:
        listener = self._listeners.pop(place, None)
        if listener is not None:
            listener.close()
        self._sockets.pop(place).close()


def _places(wanted: Sequence[Endpoint]) -> list[Endpoint]:
    """Give where to listen; "all addresses" is each one of this machine, so that replies leave from there."""
    places: dict[Endpoint, None] = {}
    for one in wanted:
        if not one.address.is_unspecified:
            places[one] = None
            continue
        own = (interface.ip for interface in own_interfaces())
        same = (ip for ip in own if ip.version == one.address.version and not ip.is_link_local)
        places |= dict.fromkeys(Endpoint(ip, one.port) for ip in same)
    if len(places) > MAX_PLACES:
        LOG.warning("this machine has more than %d addresses to listen on: the rest is left out", MAX_PLACES)
    return list(places)[:MAX_PLACES]


def _told(came: Sequence[Endpoint], gone: Sequence[Endpoint]) -> str:
    words = [("also answering on", came), ("no longer on", gone)]
    return ", ".join(f"{word} {', '.join(str(one.address) for one in which)}" for word, which in words if which)
