"""Run `guardian resume`: filtering is on again, for the whole house and each child, or for one child."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.measure import end, end_all
from guardian.cli.told import told
from guardian.control.messages import Resume, Resumed

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--child", metavar="NAME", help="for this child; without it, for every device of the house")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """End the pause."""
    house = open_house(arguments.config)
    if arguments.child is not None:
        return end(house, arguments, "pause")
    ended = end_all(house, "pause")
    resumed = told(house, Resume(), Resumed)
    if ended:
        resumed = replace(resumed, was_paused=True)
    if arguments.json:
        print(json.dumps(asdict(resumed)))
    else:
        print("filtering is on again" if resumed.was_paused else "no pause was on: filtering is on")
    return 0
