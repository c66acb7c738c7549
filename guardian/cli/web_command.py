"""Run `guardian web`: serve the family's API until told to stop.

Law 1: it is never root: what `sudo` started goes on as the person who typed it, once the ports are open.
Law 2: names are answered by `guardian dns` whether this runs or not.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.config.values import read_web_endpoint
from guardian.errors import StoreError
from guardian.family.adults import read_adults
from guardian.store.writer import Writer
from guardian.system.clock import clock_is_known
from guardian.system.inherited import inherited_sockets
from guardian.system.memory import forbid_dumps
from guardian.system.ports import tcp_socket
from guardian.system.privileges import become, behind_sudo
from guardian.web.app import App
from guardian.web.auth import Auth
from guardian.web.guard import Guard
from guardian.web.home import Home
from guardian.web.server import serve
from guardian.web.table import whole_table
from guardian.web.upkeep import keep_tidy

if TYPE_CHECKING:
    import socket
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from guardian.cli.house import House
    from guardian.config.values import Endpoint

LOG = logging.getLogger("guardian")
OWN_NAME = "guardian.home.arpa"
_READ = 4096


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument(
        "--listen", action="append", default=[], metavar="ADDRESS:PORT", help="listen here instead of web.listen"
    )
    # `guardian run` holds the other end of standard input as long as it lives
    parser.add_argument("--beside", action="store_true", help=argparse.SUPPRESS)


def run(arguments: Namespace) -> int:
    """Serve until SIGTERM."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="guardian: %(message)s")
    forbid_dumps()
    house = open_house(arguments.config)
    listeners = _handed() or _opened([*map(read_web_endpoint, arguments.listen)] or house.settings.web.listen)
    person = behind_sudo()
    if person is not None:
        become(person, low_ports=False)
    asyncio.run(_serve(house, listeners, beside=arguments.beside))
    return 0


def _handed() -> Sequence[socket.socket]:
    """Give the sockets that systemd holds for the web; none where it holds none."""
    handed = inherited_sockets()
    if handed.udp or handed.tls:
        raise StoreError("guardian web takes plain stream sockets alone; mend its .socket unit")
    return handed.tcp


def _opened(endpoints: Sequence[Endpoint]) -> Sequence[socket.socket]:
    if not endpoints:
        raise StoreError("web.listen names no address, so there is nowhere to serve; or give --listen 127.0.0.1:8080")
    return [tcp_socket(one.address, one.port, "web.listen") for one in endpoints]


async def _serve(house: House, listeners: Sequence[socket.socket], *, beside: bool) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if beside:
        loop.add_reader(sys.stdin.fileno(), partial(_end_with, stopped))
    store = Writer(house.state.family)
    await store.open()
    try:
        home = Home(store, house.state.control, time.time)
        table = whole_table(version("guardian-dns"))
        guard = Guard([OWN_NAME, *house.settings.web.names])
        app = App(table, guard, Auth(home, time.monotonic), home)
        for listener in listeners:
            LOG.info("the family's web is at %s", _address(listener))
        if not await home.read(read_adults):
            LOG.info("nobody can sign in there yet: `guardian setup-code` makes a parent")
        upkeep = asyncio.create_task(keep_tidy(home, partial(clock_is_known, floor=0), stopped))
        await serve(app, listeners, stopped)
        await upkeep
    finally:
        await store.close()


def _end_with(stopped: asyncio.Event) -> None:
    """Stop when `guardian run` has ended, which closes its end."""
    if not os.read(sys.stdin.fileno(), _READ):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopped.set()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
