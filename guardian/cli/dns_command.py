"""Run `guardian dns`: answer DNS by the published set until told to stop."""

from __future__ import annotations

import gc
import logging
import resource
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house, unserved_upstreams
from guardian.config.overrides import overridden
from guardian.config.settings import Lists
from guardian.daemon import Parts
from guardian.daemon import run as serve
from guardian.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House


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
    # a core dump would hold names and addresses of queries
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    house = open_house(arguments.config)
    house = replace(house, settings=overridden(house.settings, listen=arguments.listen, upstream=arguments.upstream))
    faults = unserved_upstreams(house)
    if faults:
        raise ConfigError(faults)
    parts = Parts(house.settings, house.state, house.categories, lambda: _embedded(house))
    # what is loaded by now lives until the end: the collector need not walk it again
    gc.collect()
    gc.freeze()
    serve(parts)
    return 0


def _embedded(house: House) -> memoryview:
    from guardian.update.compilation import Workshop, compile_in_memory  # noqa: PLC0415 - the compiler costs memory

    return compile_in_memory(Workshop(house.folder, Lists()))
