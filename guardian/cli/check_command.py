"""Run `guardian check`: read the configuration, the family and every list, and say every fault at once."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.idle import idle_sources
from guardian.cli.progress import Progress
from guardian.cli.unread import unread
from guardian.cli.unsound import idle_decisions, unsound_family
from guardian.cli.unwritable import unwritable_state
from guardian.config.concerns import concerns
from guardian.config.loops import loops
from guardian.errors import EXIT_CONFIG, EXIT_FAULT, ConfigError, Fault, ListError, StoreError
from guardian.lists.compiler import Compiler
from guardian.system.interfaces import own_addresses, own_networks
from guardian.update.compilation import Workshop, compile_lists

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Check; exit 78 where the configuration is wrong, 1 where a list or the family is. A warning leaves it at 0."""
    wrong: list[Fault] = []
    broken: list[str] = []
    warnings: list[Fault] = []
    try:
        house = open_house(arguments.config)
        wrong += loops(house.document, house.settings, own_addresses)
        warnings += concerns(house.document, house.settings, own_networks)
        warnings += idle_sources(house)
        warnings += unwritable_state(house)
        broken += unsound_family(house)
        warnings += idle_decisions(house)
        unusable, passed_over = _tried_lists(house)
        broken += unusable
        warnings += passed_over
    except ConfigError as error:
        wrong += error.faults
    if arguments.json:
        faults = [*map(_as_json, wrong), *({"file": one.partition(":")[0], "message": one} for one in broken)]
        told = {"ok": not faults, "faults": faults, "warnings": [*map(_as_json, warnings)]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for line in (*wrong, *broken, *map(_as_warning, warnings)):
            print(line, file=sys.stderr)
        if not (wrong or broken):
            print(f"{house.document.file}: no fault found")
    return EXIT_CONFIG if wrong else EXIT_FAULT if broken else 0


def _tried_lists(house: House) -> tuple[list[str], list[Fault]]:
    """Compile everything to nowhere: what can't be used, and what of the rest was not understood.

    StoreError where there is no room for that.
    """
    workshop = Workshop(house.folder, house.settings.lists)
    try:
        with TemporaryFile() as rules, TemporaryFile() as names, TemporaryFile() as output:
            done = compile_lists(workshop, Compiler(rules, names), output, Progress("reading"))
    except ListError as error:
        return str(error).splitlines(), []
    except OSError as error:
        hint = "make room there, or let TMPDIR name a folder with room"
        raise StoreError(f"the lists can't be tried: temporary files: {error.strerror}; {hint}") from error
    met = ((one.report.name, line, why) for one in done.lists for line, why in unread(one))
    return [], [Fault(file, line, min(line, 1), "", why) for file, line, why in met]


def _as_warning(fault: Fault) -> Fault:
    return replace(fault, message=f"warning: {fault.message}")


def _as_json(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "column", "key", "message", "hint")}
