"""Run `guardian check`: read the configuration and every list, and say every fault at once."""

from __future__ import annotations

import json
import sys
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house, unserved_upstreams
from guardian.cli.progress import Progress
from guardian.errors import EXIT_CONFIG, EXIT_FAULT, ConfigError, ListError
from guardian.lists.compiler import Compiler
from guardian.update.compilation import Workshop, compile_lists

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House
    from guardian.errors import Fault


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Check; exit 78 where the configuration is wrong, 1 where a list is."""
    wrong: list[Fault] = []
    broken: list[str] = []
    try:
        house = open_house(arguments.config)
        wrong += unserved_upstreams(house)
        broken += _broken_lists(house)
    except ConfigError as error:
        wrong += error.faults
    if arguments.json:
        faults = [*map(_as_json, wrong), *({"file": one.partition(":")[0], "message": one} for one in broken)]
        print(json.dumps({"ok": not faults, "faults": faults}, ensure_ascii=False))
    elif wrong or broken:
        print("\n".join([*map(str, wrong), *broken]), file=sys.stderr)
    else:
        print(f"{house.document.file}: no fault found")
    return EXIT_CONFIG if wrong else EXIT_FAULT if broken else 0


def _broken_lists(house: House) -> list[str]:
    """Compile everything to nowhere."""
    workshop = Workshop(house.folder, house.settings.lists)
    try:
        with TemporaryFile() as rules, TemporaryFile() as names, TemporaryFile() as output:
            compile_lists(workshop, Compiler(rules, names), output, Progress("reading"))
    except ListError as error:
        return str(error).splitlines()
    return []


def _as_json(fault: Fault) -> dict[str, object]:
    return {name: getattr(fault, name) for name in ("file", "line", "column", "key", "message", "hint")}
