"""Run `guardian dns`: answer DNS by the published set until told to stop."""

from __future__ import annotations

import gc
import logging
import resource
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.config.loops import loops
from guardian.config.overrides import overridden
from guardian.config.settings import Lists
from guardian.daemon.daemon import run as serve
from guardian.daemon.parts import Parts
from guardian.errors import ConfigError
from guardian.system.interfaces import own_addresses
from guardian.system.memory import forbid_dumps

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House
    from guardian.errors import Fault

WANTED_FILES = 4096
"""Room for as many upstream sockets as questions may be open, and for the rest."""


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument(
        "--listen", action="append", default=[], metavar="ADDRESS:PORT", help="listen here instead of dns.listen"
    )
    parser.add_argument("--upstream", metavar="URL", help="ask this upstream instead of those at upstreams")


def run(arguments: Namespace) -> int:
    """Serve until SIGTERM."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="guardian: %(message)s")
    _set_limits()
    # until the set is open there is nothing to take in anew, and the default would end us
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    parts = _parts(arguments)
    # what is loaded by now lives until the end: the collector need not walk it again
    gc.collect()
    gc.freeze()
    serve(parts, lambda: _parts(arguments))
    return 0


def _parts(arguments: Namespace) -> Parts:
    """Read the configuration, at the start and at each reload; ConfigError with every fault."""
    house = open_house(arguments.config)
    house = replace(house, settings=overridden(house.settings, listen=arguments.listen, upstream=arguments.upstream))
    faults = loops(house.document, house.settings, own_addresses)
    if arguments.upstream:
        faults = [_of_option(fault) if fault.key.startswith("upstreams") else fault for fault in faults]
    if faults:
        raise ConfigError(faults)
    return Parts(house.settings, house.state, house.categories, house.safe_search, lambda: _embedded(house))


def _of_option(fault: Fault) -> Fault:
    """Blame the option, not the line of the file that it took the place of."""
    return replace(fault, file="--upstream", line=0, column=0, key="")


def _set_limits() -> None:
    """Write no core dump, which would hold names and addresses of queries; allow a socket to each open question."""
    forbid_dumps()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED_FILES if hard == resource.RLIM_INFINITY else min(WANTED_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _embedded(house: House) -> memoryview:
    from guardian.update.compilation import Workshop, compile_in_memory  # noqa: PLC0415 - the compiler costs memory

    return compile_in_memory(Workshop(house.folder, Lists()))
