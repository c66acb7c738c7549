"""Follow this machine's networks while guardian answers: its own addresses, its neighbours, its gateways.

Law 1: a neighbour's change is told to the engine at once, one by one; changes of our own addresses are joined for
       JOINED_SECONDS, and make a new household only where they change it.
Law 2: a kernel that does not tell costs no answer: guardian goes on by what it knew at the start, and says so.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.daemon.gateway_watch import GatewayWatch
from guardian.daemon.holding import Holding
from guardian.errors import StoreError
from guardian.system.gateways import changes_default, own_gateways
from guardian.system.interfaces import changes_addresses, own_links
from guardian.system.neighbours import Neighbours, neighbour_table
from guardian.system.netlink import ADDRESSES, NEIGHBOURS, ROUTES, Netlink
from guardian.system.provoker import Provoker

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterable

    from guardian.engine.engine import Engine
    from guardian.engine.generation import Generation
    from guardian.engine.household import Household
    from guardian.system.interfaces import OwnAddress
    from guardian.system.neighbours import Change
    from guardian.system.netlink import Message

LOG = logging.getLogger("guardian")
JOINED_SECONDS = 0.05


class Networks:
    """What the kernel says of the networks around guardian."""

    def __init__(
        self,
        engine: Engine,
        household: Callable[[frozenset[OwnAddress]], Household],
        moved: Callable[[], None],
        watch: GatewayWatch | None = None,
    ) -> None:
        """Wait for `start`; `household` makes a household by our own addresses, `moved` hears that those changed."""
        self._engine = engine
        self._household = household
        self._moved = moved
        self._watch = watch or GatewayWatch()
        self._neighbours = Neighbours()
        self._provoker: Provoker | None = None
        self._netlink: Netlink | None = None
        self._holding: Holding | None = None
        self._own: frozenset[OwnAddress] = frozenset()
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_told = False
        self.gateways: frozenset[str] = frozenset()
        """Through whom this machine reaches the world."""
        self.gateway_only = False
        """Nobody but a gateway has asked for a while: the router forwards the questions of every device."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Follow from now on."""
        self._loop = loop
        try:
            # first the ear, then the tables: nothing is missed in between
            self._netlink = Netlink(ADDRESSES | NEIGHBOURS | ROUTES)
            self._read_neighbours()
            self._read_own()
        except StoreError as error:
            LOG.warning("%s; guardian goes on by the networks it has read, and knows no device by its mac", error)
            self.close()
            return
        self._provoker = Provoker()
        self._holding = Holding(self._provoke, loop)
        loop.add_reader(self._netlink.fileno(), self._hear)

    def hold(self, client: str, again: Callable[[], None]) -> None:
        """Call `again` once it is known who `client` is, or can't be."""
        if self._holding is None:
            again()
        else:
            self._holding.hold(client, again)

    def applied(self, generation: Generation) -> Generation:
        """Give what a new generation is on the networks as they are now."""
        return generation if self._netlink is None else replace(generation, household=self._household(self._own))

    def forget(self, now: float) -> None:
        """Look who has asked since the last time, and drop what is over."""
        by_gateways, by_others = 0, self._engine.stated()
        ours = {one.interface.ip for one in self._own}
        hardware = {self._neighbours.hardware_of(one) for one in self.gateways} - {""}
        for client, count in self._engine.askers().items():
            address = ip_address(client)
            if address.is_loopback or address in ours:
                continue
            if client in self.gateways or self._neighbours.hardware_of(client) in hardware:
                by_gateways += count
            else:
                by_others += count
        self.gateway_only = self._watch.look(by_gateways=by_gateways, by_others=by_others, now=now)
        if self.gateway_only and not self._is_told:
            self._is_told = True
            LOG.warning(
                "every question comes from the router: it asks for all devices, so guardian can't tell them apart;"
                " docs/configuration.md says what to do (clients)"
            )
        if self._holding is not None:
            self._holding.forget(now)

    def close(self) -> None:
        """Follow no longer; what is held goes on."""
        if self._holding is not None:
            self._holding.close()
            self._holding = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._netlink is not None:
            if self._loop is not None:
                self._loop.remove_reader(self._netlink.fileno())
            self._netlink.close()
            self._netlink = None
        if self._provoker is not None:
            self._provoker.close()
            self._provoker = None

    def _provoke(self, client: str) -> bool:
        wires = {one.link.name for one in self._own if one.link.is_wire}
        return self._provoker is not None and self._provoker.provoke(client, wires)

    def _hear(self) -> None:
        if self._netlink is None:
            return
        heard = self._netlink.hear()
        try:
            if heard is None:
                self._read_neighbours()
            else:
                self._tell(self._neighbours.take(heard))
        except StoreError as error:
            LOG.error("%s", error)  # noqa: TRY400 - its words are for people
        if self._timer is None and self._loop is not None and (heard is None or any(map(_moves, heard))):
            self._timer = self._loop.call_later(JOINED_SECONDS, self._follow)

    def _follow(self) -> None:
        self._timer = None
        try:
            self._read_own()
        except StoreError as error:
            LOG.error("%s", error)  # noqa: TRY400 - its words are for people
            return
        self._moved()

    def _read_neighbours(self) -> None:
        self._tell(self._neighbours.replace(neighbour_table()))

    def _read_own(self) -> None:
        own = own_links()
        try:
            self.gateways = own_gateways()
        except StoreError:
            # a machine with thousands of routes is no home's
            self.gateways = frozenset()
        if own != self._own:
            self._own = own
            self._engine.replace(self.applied(self._engine.generation))

    def _tell(self, changes: Iterable[Change]) -> None:
        for address, hardware in changes:
            if hardware:
                self._engine.meet(address, hardware)
                if self._holding is not None:
                    self._holding.find(address)
            else:
                self._engine.part(address)


def _moves(message: Message) -> bool:
    return changes_addresses(message) or changes_default(message)
