"""Keep guardian's ears where the settings want them, as this machine's addresses come and go.

Law 1: each address has sockets of its own, so that a reply leaves from where it was asked.
Law 2: at the start every address must be had; later on one that can't be had is told once, and costs no other.
Law 3: a certificate that can't be read anew leaves the one before it in force.
"""

from __future__ import annotations

import logging
from functools import partial
from ipaddress import ip_address
from socket import SOCK_DGRAM
from typing import TYPE_CHECKING, Any, NamedTuple

from guardian.config.values import Endpoint
from guardian.daemon.faults import tell_fault
from guardian.errors import StoreError
from guardian.server.connections import Connections
from guardian.server.inherited import InheritedUdpListener
from guardian.server.listener import hold_nobody
from guardian.server.tcp import TcpListener
from guardian.server.tls import TlsListener
from guardian.server.udp import UdpListener
from guardian.system.inherited import Inherited
from guardian.system.interfaces import own_interfaces
from guardian.system.ports import both_sockets, tcp_socket
from guardian.system.tls import server_context

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable, Iterator, Sequence

    from guardian.config.settings import Tls
    from guardian.config.values import Address
    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder
    from guardian.server.listener import Holder, Listener

    Made = Callable[
        [socket.socket, Engine, Forwarder, asyncio.AbstractEventLoop, Callable[[Exception], None]], Listener[Any]
    ]

LOG = logging.getLogger("guardian")
MAX_PLACES = 1024
"""Addresses with a port, at most: a machine with more is told so."""
LOW_PORTS = 1024


class Place(NamedTuple):
    """An address and a port, and whether questions come encrypted there."""

    address: Address
    port: int
    tls: bool = False


HANDED_OVER = None
"""In place of a Place, for the sockets that systemd holds."""


class Ear(NamedTuple):
    """A socket, and what listens on it."""

    socket: socket.socket
    made: Made
    tls: bool = False


class Listening:
    """Every socket that guardian answers on."""

    def __init__(
        self,
        wanted: Sequence[Endpoint],
        tls: Tls | None = None,
        inherited: Inherited = Inherited(),  # noqa: B008 - frozen
    ) -> None:
        """Take the sockets that were handed over, else open some at each local address that is wanted.

        Raises StoreError where one can't be had, or the certificate can't be read.
        """
        encrypted = [Place(*one, tls=True) for one in tls.listen] if tls else []
        self._wanted = [] if inherited else [Place(*one) for one in wanted] + encrypted
        self._follows = any(one.address.is_unspecified for one in self._wanted)
        self._ears: dict[Place | None, list[Ear]] = {}
        self._listeners: dict[Place | None, list[Listener[Any]]] = {}
        self._failed: frozenset[Place] = frozenset()
        self._served: tuple[Engine, Forwarder, asyncio.AbstractEventLoop] | None = None
        self._holder: Holder = hold_nobody
        self._table = Connections()
        self._context = server_context(tls.certificate, tls.key) if tls else None
        try:
            if inherited:
                self._ears[HANDED_OVER] = self._handed_over(inherited)
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
        """Where it listens in plain text, in the order of the settings."""
        return self._bound(tls=False)

    @property
    def tls_endpoints(self) -> list[Endpoint]:
        """Where it listens over TLS."""
        return self._bound(tls=True)

    @property
    def datagram_endpoint(self) -> Endpoint | None:
        """Where it listens first over UDP; None where streams alone were handed over, or no address is there."""
        ears = (ear for ears in self._ears.values() for ear in ears if ear.socket.type == SOCK_DGRAM)
        return next((_endpoint(ear.socket) for ear in ears), None)

    @property
    def needs_low_ports(self) -> bool:
        """Whether an address that comes later is listened on below port 1024."""
        return any(one.port < LOW_PORTS for one in self._wanted if one.address.is_unspecified)

    @property
    def _places(self) -> list[Place]:
        return [place for place in self._ears if place is not HANDED_OVER]

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

    def renew(self, tls: Tls) -> None:
        """Show new connections the certificate that is in its file by now."""
        try:
            context = server_context(tls.certificate, tls.key)
        except StoreError as error:
            LOG.error("the certificate before it stays in force: %s", error)  # noqa: TRY400 - its words are for people
            return
        self._context = context
        for listener in self._all_listeners():
            if isinstance(listener, TlsListener):
                listener.context = context

    def refer(self, forwarder: Forwarder) -> None:
        """Ask this one from now on; what is on its way comes to its end where it was asked."""
        if self._served is not None:
            engine, _, loop = self._served
            self._served = (engine, forwarder, loop)
        for listener in self._all_listeners():
            listener.forwarder = forwarder

    def close(self) -> None:
        """Serve no longer."""
        for place in list(self._ears):
            self._close(place)

    def _open(self, place: Place) -> list[Ear]:
        if place.tls:
            encrypted = tcp_socket(place.address, place.port, "dns.tls.listen")
            return [Ear(encrypted, self._encrypted(), tls=True)]
        udp, tcp = both_sockets(place.address, place.port)
        return [Ear(udp, UdpListener), Ear(tcp, partial(TcpListener, table=self._table))]

    def _handed_over(self, inherited: Inherited) -> list[Ear]:
        ears = [Ear(one, InheritedUdpListener) for one in inherited.udp]
        ears += [Ear(one, partial(TcpListener, table=self._table)) for one in inherited.tcp]
        return ears + [Ear(one, self._encrypted(), tls=True) for one in inherited.tls]

    def _encrypted(self) -> Made:
        if self._context is None:
            raise StoreError("a socket named tls was handed over, but dns.tls names no certificate; add it, or rename")
        return partial(TlsListener, table=self._table, context=self._context)

    def _bound(self, *, tls: bool) -> list[Endpoint]:
        sockets = (ear.socket for ears in self._ears.values() for ear in ears if ear.tls == tls)
        return list(dict.fromkeys(map(_endpoint, sockets)))

    def _all_listeners(self) -> Iterator[Listener[Any]]:
        return (listener for listeners in self._listeners.values() for listener in listeners)

    def _serve(self, place: Place | None) -> None:
        if self._served is None:
            return
        self._listeners[place] = [ear.made(ear.socket, *self._served, tell_fault) for ear in self._ears[place]]
        for listener in self._listeners[place]:
            listener.holder = self._holder
            listener.start()

    def _close(self, place: Place | None) -> None:
        for listener in self._listeners.pop(place, []):
            listener.close()
        for ear in self._ears.pop(place):
            ear.socket.close()


def _endpoint(listener: socket.socket) -> Endpoint:
    name = listener.getsockname()
    return Endpoint(ip_address(name[0]), name[1])


def _places(wanted: Sequence[Place]) -> list[Place]:
    """Give where to listen; "all addresses" is each one of this machine, so that replies leave from there."""
    everywhere = any(one.address.is_unspecified for one in wanted)
    own = [one.ip for one in own_interfaces() if not one.ip.is_link_local] if everywhere else []
    places: dict[Place, None] = {}
    for one in wanted:
        meant = [one.address]
        if one.address.is_unspecified:
            meant = [ip for ip in own if ip.version == one.address.version]
        places |= dict.fromkeys(one._replace(address=address) for address in meant)
    if len(places) > MAX_PLACES:
        LOG.warning("this machine has more than %d addresses to listen on: the rest is left out", MAX_PLACES)
    return list(places)[:MAX_PLACES]


def _told(came: Sequence[Place], gone: Sequence[Place]) -> str:
    words = [("also answering on", came), ("no longer on", gone)]
    addresses = {word: ", ".join(dict.fromkeys(str(one.address) for one in which)) for word, which in words if which}
    return ", ".join(f"{word} {which}" for word, which in addresses.items())
