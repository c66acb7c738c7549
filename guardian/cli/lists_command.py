"""Run `guardian lists compile` and `guardian lists show`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.cli.progress import Progress
from guardian.daemon import open_set
from guardian.errors import StoreError
from guardian.update.compilation import Workshop, publish

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.lists.set_file import ListInfo
    from guardian.update.compilation import Compilation, ListReport


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its verbs."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    for verb, sentence in (("compile", "read every list and publish a new set"), ("show", "show the published set")):
        one = verbs.add_parser(verb, help=sentence, description=sentence)
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


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
        _warn(one)
    return 0


def _warn(one: ListReport) -> None:
    """Show what of a list was not understood."""
    if one.report.refused:
        print(f"{one.report.name}: {one.report.refused} lines refused", file=sys.stderr)
    for line, why in one.report.refusals:
        print(f"{one.report.name}:{line}: {why}", file=sys.stderr)
    if one.report.ignored:
        print(
            f"{one.report.name}: {one.report.ignored} rules are for browsers alone and were passed over",
            file=sys.stderr,
        )
    if one.info.left_out:
        why = "too dear to answer by, or regular expressions without the extra guardian-dns[regex]"
        print(f"{one.report.name}: {one.info.left_out} rules left out: {why}", file=sys.stderr)


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
