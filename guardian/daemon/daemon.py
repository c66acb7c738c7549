"""Run `guardian dns`: its sockets, its engine and its resolver, until it is told to stop.

Law 1: a task that ends before its time ends the program with an error; nothing dies unseen.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from typing import TYPE_CHECKING

from guardian.daemon.faults import tell_fault
from guardian.daemon.generation import generation_of
from guardian.daemon.listening import Listening
from guardian.daemon.sets import last_good_set, open_set
from guardian.engine.engine import Engine
from guardian.errors import ConfigError, ListError, StoreError
from guardian.resolver.forwarder import QUESTION_SECONDS, Forwarder
from guardian.system.inherited import inherited_sockets
from guardian.system.privileges import become, behind_sudo

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.config.settings import Settings
    from guardian.config.values import Endpoint, Server
    from guardian.daemon.parts import Parts
    from guardian.engine.generation import Generation

LOG = logging.getLogger("guardian")
SWITCH_SECONDS = 0.0001
"""How long the thread that judges a new set may hold the interpreter: each packet read and sent waits for that long."""
FORGET_SECONDS = 30
"""How often what is over is dropped from memory."""
_SHOWN = 12
"""Digits of a set's checksum that tell it from another."""


class Daemon:
    """`guardian dns`: sockets, engine and resolver, until it is told to stop."""

    def __init__(self, parts: Parts, reread: Callable[[], Parts] | None = None) -> None:
        """Open the set and the sockets; ListError or StoreError where that can't be done.

        `reread` gives the parts anew at a reload, or raises ConfigError or StoreError; without it they stay.
        """
        self._parts = parts
        self._reread = reread or (lambda: parts)
        self._stopping = asyncio.Event()
        self._failed = False
        dns = parts.settings.dns
        self.engine = Engine(
            generation_of(parts, last_good_set(parts)), cache_entries=dns.cache_entries, rate_limit=dns.rate_limit
        )
        self._listening = Listening(dns.listen, inherited_sockets())
        self._forwarder: Forwarder | None = None

    @property
    def endpoint(self) -> Endpoint:
        """Where it listens first."""
        return self._listening.endpoints[0]

    def stop(self) -> None:
        """End `serve`."""
        self._stopping.set()

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until SIGTERM or SIGINT; SIGHUP takes in the settings and the published set anew.

        Raises StoreError where a part of it ended before its time.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: tell_fault(context.get("exception")))
        self._forwarder = _forwarder(self._parts.settings, loop)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        reloads = asyncio.Event()
        loop.add_signal_handler(signal.SIGHUP, reloads.set)
        tasks = [asyncio.create_task(one) for one in (self._reload_forever(reloads), self._forget_forever(loop))]
        for task in tasks:
            task.add_done_callback(self._ended)
        self._listening.start(self.engine, self._forwarder, loop)
        self._say_ready()
        ready()
        try:
            await self._stopping.wait()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._forwarder.close()
            self._listening.close()
        if self._failed:
    @property
    def needs_low_ports(self) -> bool:
        """Whether it may have to listen below port 1024 later on."""
        return self._listening.needs_low_ports

            raise StoreError("a part of guardian ended before its time; what is above says where")

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            tell_fault(task.exception())
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
            before, self._forwarder = self._forwarder, _forwarder(new, loop)
            self._listening.refer(self._forwarder)
            if before is not None:
                loop.call_later(QUESTION_SECONDS + 1, before.close)
        if old.dns.listen != new.dns.listen or old.dns.cache_entries != new.dns.cache_entries:
            LOG.warning("dns.listen and dns.cache_entries are taken in at the next start")

    def _say_ready(self) -> None:
        domains = self.engine.generation.domains
        places = ", ".join(f"{one.address} port {one.port}" for one in self._listening.endpoints)
        known = (len(domains), len(domains.lists), domains.checksum[:_SHOWN])
        LOG.info("answering on %s by %d names in %d lists (%s)", places, *known)


def _forwarder(settings: Settings, loop: asyncio.AbstractEventLoop) -> Forwarder:
    return Forwarder(_upstream_groups(settings), settings.dns.ports, loop)


def _upstream_groups(settings: Settings) -> list[list[Server]]:
    """Give the resolvers to ask: the default ones, then each forward zone's."""
    default = [server for upstream in settings.upstreams for server in upstream.servers]
    return [default, *([forward.server] for forward in settings.forward)]


def run(parts: Parts, reread: Callable[[], Parts]) -> None:
    """Run `guardian dns` until it is told to stop; `reread` reads the configuration anew at a reload."""

    async def main() -> None:
        daemon = Daemon(parts, reread)
        person = behind_sudo()
        if person is not None:
            # the ports are open: nothing else needs root
            become(person, low_ports=daemon.needs_low_ports)
        sys.setswitchinterval(SWITCH_SECONDS)
        await daemon.serve()

    asyncio.run(main())
