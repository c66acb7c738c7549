"""Run `guardian off`: the internet, or a part of it, is closed for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.measure import add_length, decide_for_a_while

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    add_length(parser, only="turn off only this: games, tiktok, category:social")


def run(arguments: Namespace) -> int:
    """Turn it off, or on again."""
    return decide_for_a_while(arguments, "off")
