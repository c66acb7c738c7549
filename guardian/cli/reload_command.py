"""Run `guardian reload`: a running guardian takes in its settings and the published set anew, or says why not."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.told import told
from guardian.control.messages import Reload, Reloaded

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Reload."""
    taken = told(open_house(arguments.config), Reload(), Reloaded)
    if arguments.json:
        print(json.dumps(asdict(taken)))
    else:
        print(f"in force: {taken.names} names in {taken.lists} lists")
    return 0
