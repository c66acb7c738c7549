"""Run `guardian bonus`: for a while, hours and minutes of the day close nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.measure import add_length, decide_for_a_while

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    add_length(parser, only="open only this: games, tiktok, category:social")


def run(arguments: Namespace) -> int:
    """Give a bonus, or end it."""
    return decide_for_a_while(arguments, "bonus")
