"""Run `guardian status`: how the running guardian is doing, in plain words. No device and no question is in it."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.told import told
from guardian.control.messages import HowAreYou
from guardian.control.status import Status, needs
from guardian.errors import EXIT_FAULT

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from guardian.control.status import NetworkStatus, SetStatus, UpstreamStatus

_CHECKSUM = 12
"""Digits that tell one set from another."""


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Tell; exit 1 where something needs a person."""
    status = told(open_house(arguments.config), HowAreYou(), Status)
    wanting = needs(status)
    if arguments.json:
        print(json.dumps({**asdict(status), "ok": not wanting, "needs": wanting}, indent=2, ensure_ascii=False))
    else:
        for line in lines(status):
            print(line)
        for sentence in wanting:
            print(_marked(f"to do       {sentence}"))
        if not wanting:
            print("all is well")
    return EXIT_FAULT if wanting else 0


def lines(status: Status) -> Iterator[str]:
    """Give what a person reads, a fact a line."""
    yield f"guardian {status.version} ({status.form}), running for {_span(status.minutes)}"
    yield from _rows("answers on", status.listening)
    yield from _rows("lists", _set(status.set))
    yield from _rows("upstreams", map(_upstream, status.upstreams))
    yield from _rows("networks", [_networks(status.networks)])
    if status.paused_minutes is None:
        yield from _rows("filtering", ["on"])
    else:
        yield from _rows("filtering", [f"paused until {status.paused_until} (`guardian resume` ends it)"])
    yield from _rows("memory", [f"{status.memory} MiB"])


def _rows(title: str, values: Iterator[str] | list[str] | tuple[str, ...]) -> Iterator[str]:
    for number, value in enumerate(values):
        yield f"{'' if number else title:12}{value}"


def _span(minutes: int) -> str:
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _set(one: SetStatus) -> list[str]:
    age = "compiled in memory" if one.days is None else f"{one.days} days old" if one.days else "of today"
    told_set = [f"{one.names} names of {one.lists} lists ({one.checksum[:_CHECKSUM]}), {age}"]
    return [*told_set, *([f"your oldest: {'; '.join(one.oldest)}"] if one.oldest else [])]


def _upstream(one: UpstreamStatus) -> str:
    way = "encrypted" if one.encrypted else "plain: who carries it can read every name"
    return f"{one.server}: {one.state}, {way}"


def _networks(one: NetworkStatus) -> str:
    shared = ", all questions come from the router" if one.gateway_only else ""
    count = f"{one.local} networks of this machine" if one.local else "those in dns.allow_from and clients"
    return f"{count} may ask{shared}"


def _marked(line: str) -> str:
    """Make a line stand out at a terminal, where that is wanted (no-color.org)."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        return f"\x1b[1m{line}\x1b[0m"
    return line
