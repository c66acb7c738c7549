"""Run `guardian allow`: open a site, a category or a service, for one child or for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.opening import add_what, decide_on

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    add_what(parser)


def run(arguments: Namespace) -> int:
    """Allow it."""
    return decide_on(arguments, opens=True)
