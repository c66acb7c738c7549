"""Run `guardian dns`: its sockets, its engine and its resolver, until it is told to stop.

Law 1: a task that ends before its time ends the program with an error; nothing dies unseen.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from functools import partial
from typing import TYPE_CHECKING

from guardian.control.messages import (
    LONGEST_PAUSE,
    SHORTEST_PAUSE,
    Explain,
    FamilyChanged,
    HowAreYou,
    Newcomers,
    Pause,
    Paused,
    Refused,
    Reload,
    Reloaded,
    Resume,
    Resumed,
    Standings,
    Troubleshoot,
    WhoAsks,
)
from guardian.control.status import Status
from guardian.daemon.control import Control
from guardian.daemon.deciding import Deciding
from guardian.daemon.family import HouseFamily
from guardian.daemon.faults import tell_fault
from guardian.daemon.generation import Judged, generation_of, policies_of
from guardian.daemon.house_names import LOOK_SECONDS, HouseNames
from guardian.daemon.listening import Listening
from guardian.daemon.networks import Networks
from guardian.daemon.newcomers import named_newcomers, who_asks
from guardian.daemon.pausing import Pausing
from guardian.daemon.sets import last_good_set, open_set
from guardian.daemon.status import network_status, program, set_status
from guardian.daemon.ticker import tick_forever
from guardian.daemon.troubleshooting import Troubleshooting
from guardian.daemon.upstreams import groups_of, status_of, tell_change
from guardian.daemon.watchdog import feed_forever
from guardian.engine.engine import Engine
from guardian.errors import ConfigError, ListError, StoreError
from guardian.resolver.forwarder import QUESTION_SECONDS, Forwarder
from guardian.resolver.stream import renew_authorities
from guardian.system.footprint import own_memory
from guardian.system.inherited import inherited_sockets
from guardian.system.notify import Notify
from guardian.system.privileges import become, behind_sudo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from guardian.config.settings import Dns, Settings
    from guardian.config.values import Endpoint
    from guardian.control.messages import Answer, Request
    from guardian.daemon.parts import Parts
    from guardian.engine.generation import Generation
    from guardian.policy.policy import Policy

LOG = logging.getLogger("guardian")
SWITCH_SECONDS = 0.0001
"""How long the thread that judges a new set may hold the interpreter: each packet read and sent waits for that long."""
FORGET_SECONDS = 30
"""How often what is over is dropped from memory."""
_SHOWN = 12
"""Digits of a set's checksum that tell it from another."""


class Daemon:
    """`guardian dns`: sockets, engine and resolver, until it is told to stop."""

    def __init__(
        self, parts: Parts, reread: Callable[[], Parts] | None = None, family: HouseFamily | None = None
    ) -> None:
        """Open the set and the sockets; ListError or StoreError where that can't be done.

        `reread` gives the parts anew at a reload, or raises ConfigError or StoreError; without it they stay. `family`
        reads the family store; without it, the one of this state by this machine's clock.
        """
        family = family or HouseFamily(parts.state.family)
        family.read()
        parts = family.applied(parts)
        judged = Judged(last_good_set(parts))
        self._reread = reread or (lambda: parts)
        self._stopping = asyncio.Event()
        self._failed = False
        dns = parts.settings.dns
        self._names = HouseNames(parts.settings)
        self.engine = Engine(
            self._names.applied(generation_of(parts, judged.domains, judged)),
            cache_entries=dns.cache_entries,
            rate_limit=dns.rate_limit,
        )
        self._listening = Listening(dns.listen, dns.tls, inherited_sockets())
        self._troubleshooting = Troubleshooting(self.engine, self._many)
        self._forwarder: Forwarder | None = None
        self._pausing = Pausing(self.engine)
        self._deciding = Deciding(parts, family, judged, self.engine, self._pausing)
        self._networks = Networks(self.engine, self._deciding.household, self._move)
        self._control = Control(parts.state.control, self._answer)
        self._notify = Notify.from_environment()
        # read once: it lies on the disk
        self._program = program()
        self._began = 0.0
        self._reload_trouble = ""

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens first."""
        return self._listening.endpoints[0]

    @property
    def needs_low_ports(self) -> bool:
        """Whether it may have to listen below port 1024 later on."""
        return self._listening.needs_low_ports

    def stop(self) -> None:
        """End `serve`."""
        self._stopping.set()

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until SIGTERM or SIGINT; SIGHUP takes in the settings and the published set anew.

        Raises StoreError where a part of it ended before its time.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: tell_fault(context.get("exception")))
        self._began = loop.time()
        self._forwarder = _forwarder(self._deciding.parts.settings, loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        reloads = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, reloads.set)
        lasting = [self._reload_forever(reloads), self._forget_forever(loop), self._look_at_names_forever()]
        look = partial(self._deciding.look, self._networks.applied)
        lasting.append(tick_forever(look, self._deciding.family.clock))
        if self._notify.watchdog:
            lasting.append(feed_forever(self._notify, lambda: self._listening.datagram_endpoint))
        tasks = [asyncio.create_task(one) for one in lasting]
        for task in tasks:
            task.add_done_callback(self._ended)
        self._networks.start(loop)
        self._listening.start(self.engine, self._forwarder, loop, self._networks.hold)
        await self._control.open()
        self._say_ready()
        ready()
        try:
            await self._stopping.wait()
        finally:
            self._notify.stopping()
            await self._control.close()
            self._pausing.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._networks.close()
            self._forwarder.close()
            self._listening.close()
        if self._failed:
            raise StoreError("a part of guardian ended before its time; what is above says where")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            tell_fault(task.exception())
            self._failed = True
            self.stop()

    async def _forget_forever(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            await asyncio.sleep(FORGET_SECONDS)
            now = loop.time()
            self._networks.forget(now)
            self.engine.forget(now)

    async def _look_at_names_forever(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            async with self._deciding.turn:
                # in a thread: a house of a thousand devices takes longer than an answer may wait
                if await asyncio.to_thread(self._names.look):
                    self.engine.replace(self._names.applied(self.engine.generation))

    def _many(self) -> list[str]:
        """Give the addresses through which several devices may ask."""
        return [*self._networks.gateways, *map(str, self._deciding.parts.settings.dns.trusted_routers)]

    def _move(self) -> None:
        """Take in that this machine's addresses have changed."""
        self._listening.follow()
        moved = self._names.applied(self.engine.generation)
        if moved.own_zones != self.engine.generation.own_zones:
            self.engine.replace(moved)

    async def _reload_forever(self, reloads: asyncio.Event) -> None:
        while True:
            await reloads.wait()
            reloads.clear()
            await self.reload()

    async def reload(self) -> str:
        """Take in the settings and the published set anew; why that can't be, empty where it can."""
        self._notify.reloading()
        async with self._deciding.turn:
            try:
                # in a thread: judging thousands of classes takes longer than an answer may wait
                self._take_in(*await asyncio.to_thread(self._published))
            except MemoryError:
                trouble = "too little memory to take in the published set, the last good one goes on answering"
            except ConfigError as error:
                trouble = f"the configuration can't be used, the last good one stays in force: {error}"
            except (ListError, StoreError) as error:
                trouble = f"the published set can't be used, the last good one goes on answering: {error}"
            else:
                trouble = ""
        self._reload_trouble = trouble
        if trouble:
            LOG.error("%s", trouble)
            self._notify.ready(trouble.partition("\n")[0])
        else:
            self._say_ready()
        return trouble

    def _published(self) -> tuple[Parts, HouseNames, Judged, Generation, Mapping[str, Policy] | None]:
        renew_authorities()
        parts = self._deciding.family.applied(self._reread())
        judged = Judged(open_set(parts.state.current))
        generation = generation_of(parts, judged.domains, judged)
        loose = policies_of(parts, judged.domains, judged, paused=True) if self._pausing.on else None
        return parts, HouseNames(parts.settings), judged, generation, loose

    def _take_in(
        self,
        parts: Parts,
        names: HouseNames,
        judged: Judged,
        generation: Generation,
        loose: Mapping[str, Policy] | None,
    ) -> None:
        """Decide by new parts from now on; what is on its way upstream comes to its end there."""
        old, new = self._deciding.parts.settings, parts.settings
        self._names = names
        self._deciding.take_in(parts, judged)
        moved = (old.upstreams, old.forward, old.dns.ports) != (new.upstreams, new.forward, new.dns.ports)
        now = self._networks.applied(names.applied(self._pausing.applied(generation, loose)))
        self.engine.replace(now, other_upstreams=moved)
        if moved:
            loop = asyncio.get_running_loop()
            before, self._forwarder = self._forwarder, _forwarder(new, loop)
            self._listening.refer(self._forwarder)
            if before is not None:
                loop.call_later(QUESTION_SECONDS + 1, before.close)
        if new.dns.tls is not None:
            self._listening.renew(new.dns.tls)
        if _at_start(old.dns) != _at_start(new.dns):
            LOG.warning("dns.listen, dns.tls.listen and dns.cache_entries are taken in at the next start")

    def _say_ready(self) -> None:
        domains = self.engine.generation.domains
        places = ", ".join(f"{one.address} port {one.port}" for one in self._listening.endpoints)
        places += "".join(f", {one.address} port {one.port} (TLS)" for one in self._listening.tls_endpoints)
        known = (len(domains), len(domains.lists), domains.checksum[:_SHOWN])
        sentence = "answering on {} by {} names in {} lists ({})".format(places, *known)
        LOG.info("%s", sentence)
        self._notify.ready(sentence)

    async def _answer(self, request: Request) -> Answer:
        """Do what was asked for over the control socket; GuardianError where it can't be done."""
        match request:
            case HowAreYou():
                return await self.status()
            case Explain() | Newcomers() | WhoAsks() | Troubleshoot():
                return await self._look_up(request)
            case Reload():
                trouble = await self.reload()
                domains = self.engine.generation.domains
                return Refused(trouble) if trouble else Reloaded(len(domains), len(domains.lists))
            case Pause(minutes):
                return await self._pause(minutes)
            case FamilyChanged() | Standings():
                return await self._deciding.answer(request, self._networks.applied)
            case Resume():
                async with self._deciding.turn:
                    return Resumed(self._pausing.end())

    async def _look_up(self, request: Explain | Newcomers | WhoAsks | Troubleshoot) -> Answer:
        match request:
            case Explain():
                return await self._deciding.explain(request)
            case Newcomers():
                return await named_newcomers(self.engine, self._names.called, self._networks.gateways)
            case WhoAsks(address):
                return who_asks(self.engine, address, self._networks.gateways)
            case Troubleshoot():
                return self._troubleshooting.answer(request)

    async def _pause(self, minutes: int) -> Answer:
        if not SHORTEST_PAUSE <= minutes <= LONGEST_PAUSE:
            return Refused(f"a pause lasts {SHORTEST_PAUSE} to {LONGEST_PAUSE} minutes")
        async with self._deciding.turn:
            try:
                return Paused(minutes, await self._pausing.begin(minutes, self._deciding.parts))
            except MemoryError:
                return Refused("too little memory to judge the set anew; filtering stays on")

    async def status(self) -> Status:
        """Say how guardian is doing."""
        made, form = self._program
        parts, pausing = self._deciding.parts, self._pausing
        return Status(
            version=made,
            form=form,
            minutes=int((asyncio.get_running_loop().time() - self._began) // 60),
            listening=(
                *map(str, self._listening.endpoints),
                *(f"tls://{one}" for one in self._listening.tls_endpoints),
            ),
            set=await asyncio.to_thread(set_status, parts, self.engine.generation.domains),
            upstreams=tuple(map(status_of, self._forwarder.states())) if self._forwarder else (),
            networks=await asyncio.to_thread(
                network_status,
                parts,
                gateway_only=self._networks.gateway_only,
                named=self.engine.generation.household.named,
            ),
            paused_minutes=pausing.minutes_left(),
            paused_until=pausing.until,
            reload_trouble=self._reload_trouble,
            family_trouble=self._deciding.family.trouble,
            clock_known=self._deciding.family.tells_time(),
            memory=own_memory(),
        )


def _at_start(dns: Dns) -> tuple[object, ...]:
    """Give what is taken in at the start alone."""
    return dns.listen, dns.tls.listen if dns.tls else (), dns.cache_entries


def _forwarder(settings: Settings, loop: asyncio.AbstractEventLoop) -> Forwarder:
    forwarder = Forwarder(groups_of(settings), settings.dns.ports, loop, on_change=partial(tell_change, settings))
    forwarder.greet()
    return forwarder


def run(parts: Parts, reread: Callable[[], Parts]) -> None:
    """Run `guardian dns` until it is told to stop; `reread` reads the configuration anew at a reload."""

    async def main() -> None:
        daemon = Daemon(parts, reread)
        person = behind_sudo()
        if person is not None:
            # the ports are open: nothing else needs root
            become(person, low_ports=daemon.needs_low_ports)
        sys.setswitchinterval(SWITCH_SECONDS)
        # Python's own way prints what it stumbled on, as the name by which a client called guardian over TLS
        sys.unraisablehook = lambda stumbled: tell_fault(stumbled.exc_value)
        await daemon.serve()

    asyncio.run(main())
