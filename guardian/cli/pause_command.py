"""Run `guardian pause`: filtering pauses for the whole house or for one child, and comes back by itself."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.measure import begin
from guardian.cli.told import told
from guardian.control.messages import LONGEST_PAUSE, SHORTEST_PAUSE, Pause, Paused

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

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
    length.add_argument("--until", type=_minutes_until, metavar="HH:MM", help="until this time of day instead")
    parser.add_argument("--child", metavar="NAME", help="for this child; without it, for every device of the house")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Pause."""
    minutes = arguments.until or arguments.minutes or USUAL
    house = open_house(arguments.config)
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


def _minutes_until(text: str) -> int:
    """Give how many minutes are left until the next time that the clock shows this."""
    now = datetime.now().astimezone()
    return minutes_until(text, now)


def minutes_until(text: str, now: datetime) -> int:
    """Give how many minutes, begun ones counted, are left from `now` until the clock shows `text`, HH:MM."""
    try:
        hour, minute = (int(part) for part in text.split(":"))
        end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    except ValueError:
        message = f"{text!r} is no time of day; write 21:30"
        raise argparse.ArgumentTypeError(message) from None
    if end <= now:
        end += timedelta(days=1)
    minutes = -int((now - end).total_seconds() // 60)
    if minutes < SHORTEST_PAUSE:
        message = f"{text} is in less than {SHORTEST_PAUSE} minutes"
        raise argparse.ArgumentTypeError(message)
    return minutes
