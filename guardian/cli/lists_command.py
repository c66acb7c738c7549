"""Run `guardian lists compile`, `guardian lists show` and `guardian lists catalog`."""

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
from guardian.lists.public import read_public
from guardian.model import Band
from guardian.system.files import read_text
from guardian.system.paths import blocklists
from guardian.update.compilation import Workshop, publish

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.lists.public import PublicList
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
    sentence = "name the well-known public lists, for whom each is right, and which were left out"
    catalog = verbs.add_parser("catalog", help=sentence, description=sentence)
    catalog.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Compile, show, or name what others publish."""
    return {"compile": _compile, "show": _show, "catalog": _catalog}[arguments.verb](arguments)


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
        print("a running guardian takes this in on `guardian reload` or at its next start")
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


def _catalog(arguments: Namespace) -> int:
    file = blocklists() / "public.yaml"
    public = read_public(read_text(file), str(file))
    if arguments.json:
        print(json.dumps(public.model_dump(mode="json", by_alias=True), indent=2, ensure_ascii=False))
        return 0
    for one in public.lists:
        names = one.size.names if one.size else "?"
        print(f"{one.id:30} {one.category:16} {names:>7} names  {_advice(one):14} {one.title.en}")
        print(f"{'':30} {one.urls[0]}")
    print(
        f"none of these is fetched by itself; {len(public.left_out)} more were left out: docs/public-lists.md says why"
    )
    return 0


def _advice(one: PublicList) -> str:
    """Say for whom a list is recommended, in few words; its bands are always the youngest ones."""
    if not one.bands:
        return "by choice"
    return "everyone" if Band.ADULT in one.bands else f"up to {one.bands[-1].partition('-')[2]} years"
