"""Run `guardian lists compile` and `guardian lists show`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.progress import Progress
from guardian.cli.unread import unread
from guardian.daemon.sets import open_set
from guardian.errors import StoreError
from guardian.update.compilation import Workshop, publish

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.lists.set_file import ListInfo
    from guardian.update.compilation import Compilation


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, sentence in (("compile", "read every list and publish a new set"), ("show", "show the published set")):
        one = verbs.add_parser(verb, help=sentence, description=sentence)
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")
        one.add_argument("--starting", action="store_true", help=argparse.SUPPRESS)  # `guardian run` starts next


def run(arguments: Namespace) -> int:
    """Compile or show."""
    return {"compile": _compile, "show": _show}[arguments.verb](arguments)


def _compile(arguments: Namespace) -> int:
    house = open_house(arguments.config)
    progress = Progress("reading")
    done = publish(Workshop(house.folder, house.settings.lists), house.state, progress)
    if arguments.json:
        print(json.dumps(_as_json(done), indent=2, ensure_ascii=False))
        return 0
    print(f"{done.summary.names} names of {len(done.lists)} lists in {house.state.current}")
    for one in done.lists:
        for line, why in unread(one):
            print(f"{one.report.name}:{line}: {why}" if line else f"{one.report.name}: {why}", file=sys.stderr)
    if not arguments.starting:
        print("a running guardian takes this in on `kill -HUP PID` or at its next start")
    return 0


def _as_json(done: Compilation) -> dict[str, object]:
    lists = [
        {
            "id": one.info.id,
            "rules": one.report.rules,
            "refused": one.report.refused,
            "ignored": one.report.ignored,
            "conditional": one.info.conditional,
            "patterns": one.info.patterns,
            "left_out": one.info.left_out,
            "refusals": [{"line": line, "why": why} for line, why in one.report.refusals],
        }
        for one in done.lists
    ]
    return {**done.summary._asdict(), "lists": lists}


def _show(arguments: Namespace) -> int:
    house = open_house(arguments.config)
    if not house.state.current.exists():
        raise StoreError(f"{house.state.current}: no set is published yet; run `guardian lists compile`")
    domains = open_set(house.state.current)
    if arguments.json:
        shown = {"names": len(domains), "checksum": domains.checksum, "lists": [one._asdict() for one in domains.lists]}
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return 0
    print(f"{len(domains)} names, checksum {domains.checksum[:12]}")
    for one in domains.lists:
        print(f"{one.id:28} {one.kind:10} {one.category or '-':14} {one.rules:9} rules{_aside(one)}  {one.origin}")
    return 0


def _aside(one: ListInfo) -> str:
    """Say how many rules of a list are no plain names, and how many are not in the set."""
    counts = ((one.conditional, "with conditions"), (one.patterns, "patterns"), (one.left_out, "left out"))
    return "".join(f", {count} {what}" for count, what in counts if count)
