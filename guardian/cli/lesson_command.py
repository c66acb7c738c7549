"""Run `guardian lesson`: for a while exactly these sites are open, then all is as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.measure import add_length, decide_for_a_while

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    add_length(parser, only="")
    parser.add_argument(
        "--site", action="append", default=[], metavar="NAME", help="a site that is open; may be given several times"
    )


def run(arguments: Namespace) -> int:
    """Begin a lesson, or end it."""
    return decide_for_a_while(arguments, "lesson", arguments.site)
