"""Run `guardian resume`: filtering is on again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.told import told
from guardian.control.messages import Resume, Resumed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """End the pause."""
    resumed = told(open_house(arguments.config), Resume(), Resumed)
    if arguments.json:
        print(json.dumps(asdict(resumed)))
    else:
        print("filtering is on again" if resumed.was_paused else "no pause was on: filtering is on")
    return 0
