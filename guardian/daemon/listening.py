"""Keep guardian's ears where the settings want them, as this machine's addresses come and go.

Law 1: each address has sockets of its own, so that a reply leaves from where it was asked.
Law 2: at the start every address must be had; later on one that can't be had is told once, and costs no other.
"""

from __future__ import annotations

import logging
from functools import partial
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, NamedTuple

from guardian.config.values import Endpoint
from guardian.daemon.faults import tell_fault
from guardian.errors import StoreError
from guardian.server.connections import Connections
from guardian.server.inherited import InheritedUdpListener
from guardian.server.listener import hold_nobody
from guardian.server.tcp import TcpListener
from guardian.server.udp import UdpListener
from guardian.system.inherited import Inherited
from guardian.system.interfaces import own_interfaces
from guardian.system.ports import both_sockets

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Sequence

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder
    from guardian.server.listener import Holder, Listener

    Made = Callable[
        [socket.socket, Engine, Forwarder, asyncio.AbstractEventLoop, Callable[[Exception], None]], Listener[Any]
    ]

LOG = logging.getLogger("guardian")
MAX_PLACES = 1024
"""Addresses with a port, at most: a machine with more is told so."""


class Ear(NamedTuple):
    """A socket, and what listens on it."""

    socket: socket.socket
    made: Made


class Listening:
    """Every socket that guardian answers on."""

    def __init__(self, wanted: Sequence[Endpoint], inherited: Inherited = Inherited()) -> None:  # noqa: B008 - frozen
        """Take the sockets that were handed over, else open one a local address; StoreError where one can't be had."""
        self._wanted = () if inherited else tuple(wanted)
        self._follows = any(one.address.is_unspecified for one in self._wanted)
        self._ears: dict[Endpoint | None, list[Ear]] = {}
        """By address and port; under None those that were handed over."""
        self._listeners: dict[Endpoint | None, list[Listener[Any]]] = {}
        self._failed: frozenset[Endpoint] = frozenset()
        self._served: tuple[Engine, Forwarder, asyncio.AbstractEventLoop] | None = None
        self._holder: Holder = hold_nobody
        self._tcp: Made = partial(TcpListener, table=Connections())
        if inherited:
            over_udp = [Ear(one, InheritedUdpListener) for one in inherited.udp]
            self._ears[None] = over_udp + [Ear(one, self._tcp) for one in inherited.tcp]
            return
        try:
            for place in _places(self._wanted):
                self._ears[place] = self._open(place)
        except StoreError:
            self.close()
            raise
        if not self._ears:
            raise StoreError("this machine has no address of those at dns.listen; is its network up?")
        if self._follows and all(one.address.is_loopback for one in self._places):
            LOG.warning("this machine has no address on a network yet: guardian answers only itself until it has one")

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where it listens, in the order of the settings."""
        names = (ear.socket.getsockname() for ears in self._ears.values() for ear in ears)
        return list(dict.fromkeys(Endpoint(ip_address(name[0]), name[1]) for name in names))

    @property
    def needs_low_ports(self) -> bool:
        """Whether an address that comes later is listened on below port 1024."""
        return self._follows and any(one.port < 1024 for one in self._wanted if one.address.is_unspecified)

    @property
    def _places(self) -> list[Endpoint]:
        return [place for place in self._ears if place is not None]

    def start(
        self,
        engine: Engine,
        forwarder: Forwarder,
        loop: asyncio.AbstractEventLoop,
        holder: Holder = hold_nobody,
    ) -> None:
        """Serve from now on; `holder` keeps the questions of devices that nobody knows yet."""
        self._served, self._holder = (engine, forwarder, loop), holder
        for place in self._ears:
            self._serve(place)

    def follow(self) -> None:
        """Listen on what this machine's addresses are by now; nothing happens where all are written in the settings."""
        if not self._follows:
            return
        try:
            places = _places(self._wanted)
        except StoreError as error:
            LOG.error("guardian listens where it did: %s", error)  # noqa: TRY400 - its words are for people
            return
        gone = [place for place in self._places if place not in places]
        for place in gone:
            self._close(place)
        came, failed = [], set()
        for place in places:
            if place in self._ears:
                continue
            try:
                self._ears[place] = self._open(place)
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
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.forwarder = forwarder

    def close(self) -> None:
        """Serve no longer."""
        for place in list(self._ears):
            self._close(place)

    def _open(self, place: Endpoint) -> list[Ear]:
        udp, tcp = both_sockets(*place)
        return [Ear(udp, UdpListener), Ear(tcp, self._tcp)]

    def _serve(self, place: Endpoint | None) -> None:
        if self._served is None:
            return
        self._listeners[place] = [ear.made(ear.socket, *self._served, tell_fault) for ear in self._ears[place]]
        for listener in self._listeners[place]:
            listener.holder = self._holder
            listener.start()

    def _close(self, place: Endpoint | None) -> None:
        for listener in self._listeners.pop(place, []):
            listener.close()
        for ear in self._ears.pop(place):
            ear.socket.close()


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
