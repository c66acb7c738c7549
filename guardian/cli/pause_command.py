"""Run `guardian pause`: filtering pauses for the whole house or for one child, and comes back by itself."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from guardian.cli.deciding import wall_clock
from guardian.cli.house import add_config, open_house
from guardian.cli.measure import begin
from guardian.cli.told import told
from guardian.cli.when import clock_in_words, next_clock, read_clock
from guardian.control.messages import LONGEST_PAUSE, SHORTEST_PAUSE, Pause, Paused
from guardian.errors import DecisionError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from datetime import datetime

USUAL = 15
"""Minutes."""
STAYS = (
    "what stays: malicious software and scams are closed, safe search is on, names that lead a device past guardian"
    " stay closed, and band 0-5 still opens only its allow list"
)


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "minutes",
        nargs="?",
        type=_minutes,
        metavar="MINUTES",
        help=f"for how long, {SHORTEST_PAUSE} to {LONGEST_PAUSE} (default: {USUAL})",
    )
    length.add_argument("--until", type=read_clock, metavar="HH:MM", help="until this time of day instead")
    parser.add_argument("--child", metavar="NAME", help="for this child; without it, for every device of the house")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Pause."""
    house = open_house(arguments.config)
    minutes = arguments.minutes or USUAL
    if arguments.until is not None:
        minutes = minutes_until(arguments.until, wall_clock(house))
    if arguments.child is not None:
        return begin(house, arguments, "pause", minutes)
    paused = told(house, Pause(minutes), Paused)
    if arguments.json:
        print(json.dumps(asdict(paused)))
        return 0
    print(f"filtering pauses for every device until {paused.until}, then it comes back by itself")
    print(STAYS)
    print("to end it now: guardian resume")
    return 0


def _minutes(text: str) -> int:
    if text.isdecimal() and SHORTEST_PAUSE <= int(text) <= LONGEST_PAUSE:
        return int(text)
    message = f"{text!r}: write minutes, {SHORTEST_PAUSE} to {LONGEST_PAUSE}"
    raise argparse.ArgumentTypeError(message)


def minutes_until(clock: int, now: datetime) -> int:
    """Give how many minutes, begun ones counted, are left from `now` until the wall shows `clock` (minutes)."""
    minutes = -int((now.timestamp() - next_clock(clock, now)) // 60)
    if minutes < SHORTEST_PAUSE:
        raise DecisionError(f"{clock_in_words(clock)} is in less than {SHORTEST_PAUSE} minutes")
    return minutes
