"""Put `guardian dns` together: the clock, the files and the tasks meet here and nowhere below.

Law 1: the last good set goes on answering, whatever happens to the file; a missing one is never a silent "filter off".
Law 2: nothing that is logged comes from a query: a fault is told by its kind and its place in the code.
Law 3: a task that ends before its time ends the program with an error; nothing dies unseen.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import traceback
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from guardian.config.values import LOCAL, Endpoint
from guardian.engine.engine import Engine
from guardian.engine.generation import Generation
from guardian.engine.household import UNKNOWN, Household
from guardian.errors import ConfigError, ListError, StoreError
from guardian.lists import regexes
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import verify
from guardian.model import Band, ListKind
from guardian.policy.bands import rules_of
from guardian.policy.policy import Policy
from guardian.resolver.forwarder import QUESTION_SECONDS, Forwarder
from guardian.server.udp import UdpListener
from guardian.system.files import map_file
from guardian.system.interfaces import own_interfaces
from guardian.system.ports import udp_socket
from guardian.system.privileges import become, behind_sudo
from guardian.wire.answers import Scribe
from guardian.wire.names import to_wire
from guardian.wire.own import own_answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardian.config.settings import Settings
    from guardian.config.values import Address
    from guardian.engine.household import Network
    from guardian.lists.catalog import Categories
    from guardian.lists.safe_search import SafeSearch
    from guardian.system.paths import State

LOG = logging.getLogger("guardian")
SWITCH_SECONDS = 0.0001
"""How long the thread that judges a new set may hold the interpreter: each packet read and sent waits for that long."""
FORGET_SECONDS = 30
"""How often what is over is dropped from memory."""
MAX_TOLD = 64
"""Places of faults that are logged, once each, before guardian falls silent about more."""
_TOLD: set[str] = set()
_SHOWN = 12
"""Digits of a set's checksum that tell it from another."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the daemon is given: settings, and what ships with guardian."""

    settings: Settings
    state: State
    categories: Categories
    safe_search: SafeSearch
    embedded: Callable[[], memoryview]
    """Compiles the lists that ship with guardian, in memory: the last resort where no set can be read."""


def upstream_groups(settings: Settings) -> list[list[Endpoint]]:
    """Give the endpoints to ask: the default ones, then each forward zone's."""
    default = [endpoint for upstream in settings.upstreams for endpoint in upstream.endpoints]
    return [default, *([forward.endpoint] for forward in settings.forward)]


def open_set(path: Path) -> DomainSet:
    """Map a compiled set and verify it; ListError or StoreError where it can't be used."""
    buffer = map_file(path)
    try:
        verify(buffer)
        return DomainSet(buffer)
    except ListError as error:
        raise ListError(f"{path}: {error}") from error


def last_good_set(parts: Parts) -> DomainSet:
    """Open the published set, else the one before it, else the lists that ship with guardian."""
    for path, word in ((parts.state.current, "published set"), (parts.state.previous, "set before it")):
        try:
            return open_set(path)
        except (ListError, StoreError) as error:
            LOG.warning("the %s can't be used: %s", word, error)
    LOG.warning("answering by the lists that ship with guardian alone; run `guardian lists compile` to use your own")
    return DomainSet(parts.embedded())


def generation_of(parts: Parts, domains: DomainSet) -> Generation:
    """Make all that decisions depend on."""
    settings = parts.settings
    rows = domains.rows()
    rules = {band.value: rules_of(band, parts.categories) for band in Band}
    rules[UNKNOWN] = rules_of(settings.family.unknown_devices, parts.categories, known=False)
    strange = _strange_categories(domains, parts.categories)
    if domains.patterns is not None and domains.patterns.has_regexes and regexes.engine() is None:
        LOG.warning("the set's regular expressions are not in force: install guardian-dns[regex] where guardian runs")
    policies = {profile: Policy(one.closing(strange), domains.lists, rows) for profile, one in rules.items()}
    rewrites = {band: parts.safe_search.rewrites(band) for band in Band}
    addresses: dict[bytes, list[Address]] = {}
    for record in settings.records:
        addresses.setdefault(to_wire(record.name), []).append(record.address)
    return Generation(
        domains=domains,
        policies=policies,
        household=household_of(settings),
        scribe=Scribe(
            mode=settings.dns.block_mode,
            block_ttl=settings.dns.block_ttl,
            topics=[info.category for info in domains.lists],
            never_null=[name for name, category in parts.categories.categories.items() if category.never_null],
        ),
        records={name: own_answers(name, of_name) for name, of_name in addresses.items()},
        zones={to_wire(forward.zone): number for number, forward in enumerate(settings.forward, start=1)},
        rewrites={profile: rewrites[one.band] for profile, one in rules.items()},
        inside_names=frozenset(map(to_wire, settings.dns.inside_names)),
    )


def _strange_categories(domains: DomainSet, table: Categories) -> frozenset[str]:
    """Find the categories that the set has and the table has not: renamed since, and never silently open."""
    strange = (
        frozenset(info.category for info in domains.lists if info.kind is ListKind.BLOCK) - table.categories.keys()
    )
    if strange:
        words = ", ".join(sorted(strange))
        LOG.warning("categories without a rule are closed to every child: %s; run `guardian lists compile`", words)
    return strange


def household_of(settings: Settings) -> Household:
    """Say which networks may ask and which bands their devices have; `local` is read from the kernel now."""
    inside: list[Network] = []
    for allowed in settings.dns.allow_from:
        if allowed == LOCAL:
            inside += [ip_network("127.0.0.0/8"), ip_network("::1/128"), *(one.network for one in own_interfaces())]
        else:
            inside.append(allowed)
    return Household(inside=inside, profiles={client.network: client.band.value for client in settings.clients})


class Daemon:
    """`guardian dns`: sockets, engine and resolver, until it is told to stop."""

    def __init__(self, parts: Parts, reread: Callable[[], Parts] | None = None) -> None:
        """Open the set and the sockets; ListError or StoreError where that can't be done.

        `reread` gives the parts anew at a reload, or raises ConfigError or StoreError; without it they stay.
        """
        self._parts = parts
        self._reread = reread or (lambda: parts)
        self._listeners: list[UdpListener] = []
        self._stopping = asyncio.Event()
        self._failed = False
        dns = parts.settings.dns
        self.engine = Engine(
            generation_of(parts, last_good_set(parts)), cache_entries=dns.cache_entries, rate_limit=dns.rate_limit
        )
        self.sockets = [udp_socket(address, one.port) for one in dns.listen for address in _addresses(one)]

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens first."""
        host, port, *_ = self.sockets[0].getsockname()
        return Endpoint(ip_address(host), port)

    def stop(self) -> None:
        """End `serve`."""
        self._stopping.set()

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until SIGTERM or SIGINT; SIGHUP takes in the settings and the published set anew.

        Raises StoreError where a part of it ended before its time.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: _tell_fault(context.get("exception")))
        forwarder = _forwarder(self._parts.settings, loop)
        listeners = [UdpListener(one, self.engine, forwarder, loop, _tell_fault) for one in self.sockets]
        self._listeners = listeners
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        reloads = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, reloads.set)
        tasks = [asyncio.create_task(one) for one in (self._reload_forever(reloads), self._forget_forever(loop))]
        for task in tasks:
            task.add_done_callback(self._ended)
        for listener in listeners:
            listener.start()
        self._say_ready()
        ready()
        try:
            await self._stopping.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            listeners[0].forwarder.close()
            for listener in listeners:
                listener.close()
        if self._failed:
            raise StoreError("a part of guardian ended before its time; what is above says where")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            _tell_fault(task.exception())
            self._failed = True
            self.stop()

    async def _forget_forever(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            self.engine.forget(loop.time())

    async def _reload_forever(self, reloads: asyncio.Event) -> None:
        while True:
            await reloads.wait()
            reloads.clear()
            try:
                # in a thread: judging thousands of classes takes longer than an answer may wait
                self._take_in(*await asyncio.to_thread(self._published))
            except MemoryError:
                LOG.error("too little memory to take in the published set, the last good one goes on answering")  # noqa: TRY400
            except ConfigError as error:
                LOG.error("the configuration can't be used, the last good one stays in force: %s", error)  # noqa: TRY400
            except (ListError, StoreError) as error:
                LOG.error("the published set can't be used, the last good one goes on answering: %s", error)  # noqa: TRY400
            else:
                self._say_ready()

    def _published(self) -> tuple[Parts, Generation]:
        parts = self._reread()
        return parts, generation_of(parts, open_set(parts.state.current))

    def _take_in(self, parts: Parts, generation: Generation) -> None:
        """Decide by new parts from now on; what is on its way upstream comes to its end there."""
        old, new = self._parts.settings, parts.settings
        self._parts = parts
        moved = (old.upstreams, old.forward, old.dns.ports) != (new.upstreams, new.forward, new.dns.ports)
        self.engine.replace(generation, other_upstreams=moved)
        if moved:
            loop = asyncio.get_running_loop()
            before, after = self._listeners[0].forwarder, _forwarder(new, loop)
            for listener in self._listeners:
                listener.forwarder = after
            loop.call_later(QUESTION_SECONDS + 1, before.close)
        if old.dns.listen != new.dns.listen or old.dns.cache_entries != new.dns.cache_entries:
            LOG.warning("dns.listen and dns.cache_entries are taken in at the next start")

    def _say_ready(self) -> None:
        domains = self.engine.generation.domains
        places = ", ".join(f"{name[0]} port {name[1]}" for name in (one.getsockname() for one in self.sockets))
        known = (len(domains), len(domains.lists), domains.checksum[:_SHOWN])
        LOG.info("answering on %s by %d names in %d lists (%s)", places, *known)


def _forwarder(settings: Settings, loop: asyncio.AbstractEventLoop) -> Forwarder:
    return Forwarder(upstream_groups(settings), settings.dns.ports, loop)


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


def _tell_fault(fault: BaseException | None) -> None:
    """Log what should not have happened by its kind and place: its words may hold a name or an address."""
    if fault is None:
        LOG.error("a fault of an unknown kind")
        return
    last = traceback.extract_tb(fault.__traceback__)[-1:]
    place = f"{last[0].filename.rpartition('/')[2]}:{last[0].lineno}" if last else "an unknown place"
    told = f"{type(fault).__name__} at {place}"
    # once each: a line for every packet would hold the times of questions, and fill a disk
    if told not in _TOLD and len(_TOLD) < MAX_TOLD:
        _TOLD.add(told)
        LOG.error("%s: please report this", told)


def run(parts: Parts, reread: Callable[[], Parts]) -> None:
    """Run `guardian dns` until it is told to stop; `reread` reads the configuration anew at a reload."""

    async def main() -> None:
        daemon = Daemon(parts, reread)
        person = behind_sudo()
        if person is not None:
            # the ports are open: nothing else needs root
            become(person)
        sys.setswitchinterval(SWITCH_SECONDS)
        await daemon.serve()

    asyncio.run(main())
