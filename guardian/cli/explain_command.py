"""Run `guardian explain NAME`: the stages that a name meets, the verdict and its reason. Nothing is remembered.

Law 1: a running guardian is asked, for it knows what is in force: its set, a pause, the devices that it has met. Where
       none runs, the same is worked out here from the settings and the published set.
"""

from __future__ import annotations

import argparse
import json
import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guardian.cli.asked import ending_missed, wire_asked
from guardian.cli.called import child_called
from guardian.cli.deciding import family_of
from guardian.cli.house import add_config, open_house
from guardian.cli.told import told_if_running
from guardian.config.settings import Lists
from guardian.control.messages import Explain, Explained
from guardian.daemon.explaining import explained
from guardian.daemon.family import HouseFamily
from guardian.daemon.generation import generation_of
from guardian.daemon.parts import Parts
from guardian.daemon.sets import open_set
from guardian.engine.household import UNKNOWN
from guardian.errors import GuardianError, ListError, StoreError, WireError
from guardian.lists.catalog import read_catalog, read_protected
from guardian.lists.domain_set import DomainSet
from guardian.lists.hostname import is_address
from guardian.lists.record_types import type_number
from guardian.model import Band, Reason
from guardian.system.files import read_text
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import to_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from guardian.cli.house import House
    from guardian.engine.explanation import Explanation
    from guardian.family.members import Child

APPEAL = (
    "at home: `guardian allow NAME`, for every child or with --child for one; for devices that guardian.yaml names by"
    " band, put it in a list of your own with kind: allow (docs/configuration.md, lists); for everybody:"
    " blocklists/PROVENANCE.md says how to have an entry removed"
)
THREAT_APPEAL = (
    "a list with kind: allow does not open it; if it is listed by mistake, blocklists/PROVENANCE.md says how to have"
    " the entry removed; at home, `guardian allow NAME --child CHILD` opens it for one child, and a list with"
    " kind: protected for everybody (docs/configuration.md, lists)"
)
FAMILY_APPEAL = "ask a parent: this family has decided it, and `guardian allow` opens a name for one child"
_DECIDED = {
    one.name.lower()
    for one in (Reason.PARENT_CLOSES, Reason.OFF, Reason.LESSON, Reason.HOURS, Reason.BUDGET, Reason.SERVICE)
}
_WORDS = {"allow": "open", "block": "closed", "house": "answered by this house", "refuse": "refused"}


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("name", metavar="NAME", help="the domain name")
    parser.add_argument(
        "--type", type=_type, default="A", metavar="TYPE", help="the record type asked for (default: A)"
    )
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--band", choices=[band.value for band in Band], help="the age band that asks")
    who.add_argument("--client", metavar="ADDRESS", help="the address of the device that asks")
    who.add_argument("--child", metavar="NAME", help="the child who asks")
    parser.add_argument(
        "--at", type=_moment, metavar="TIME", help="when it is asked, as 2026-11-24T21:40, by hours and by a pause"
    )
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Explain one name."""
    name, qtype = _name(arguments.name), type_number(arguments.type) or 0
    client = _client(arguments.client)
    house = open_house(arguments.config)
    child = child_called(family_of(house), arguments.child) if arguments.child else None
    at = int(arguments.at.timestamp()) if arguments.at else None
    request = Explain(name, qtype, arguments.band, client, child.id if child else None, at)
    answer = told_if_running(house, request, Explained)
    lists = "those in force in the running guardian"
    if answer is None:
        answer, lists = _worked_out(house, request)
    walk, usual = answer.walk, answer.usual
    if usual is not None and _is_over(answer, arguments.at):
        walk, usual = usual, None
    if walk.reason == Reason.OUTSIDER.name.lower():
        raise GuardianError(
            f"{arguments.client} is on none of dns.allow_from's networks: guardian refuses its questions"
        )
    typed = arguments.name.strip()
    told = _told(walk, typed, arguments.type, lists, house)
    told |= {"paused_until": answer.paused_until if usual else None, "usual_verdict": usual.verdict if usual else None}
    if arguments.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    if usual is None or usual.verdict == walk.verdict:
        print(f"{typed} for {_asker(walk, child)}: {_sentence(walk)}")
    else:
        print(f"{typed} for {_asker(walk, child)}: open, filtering pauses until {answer.paused_until}")
        print(f"  after that: {_sentence(usual)}")
    if hint := ending_missed(arguments.name):
        print(f"  {hint}")
    for line in _details(walk, told, house):
        print(f"  {line}")
    return 0


def _worked_out(house: House, request: Explain) -> tuple[Explained, str]:
    """Give what the published set and the family's decisions make of it, and which lists those are."""
    domains, lists = _set(house)
    family = HouseFamily(house.state.family)
    family.read()
    parts = Parts(house.settings, house.state, house.categories, house.safe_search, lambda: memoryview(b""))
    parts = family.applied(parts) if request.at is None else family.applied_at(parts, request.at)
    generation = generation_of(parts, domains)
    return explained(request, generation, generation.household.profile_of), lists


def _type(text: str) -> str:
    if type_number(text) is None:
        message = f"{text!r} is no record type; write A, AAAA, HTTPS or TYPE65"
        raise argparse.ArgumentTypeError(message)
    return text


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        message = f"{text!r} is no time; write 2026-11-24T21:40"
        raise argparse.ArgumentTypeError(message) from None


def _name(text: str) -> str:
    """Give the name as it is asked for on the wire."""
    if is_address(text.strip().encode("utf-8", "replace")):
        message = f"{text.strip()!r} is an address, not a name: devices open it without asking"
        raise WireError(f"{message}; ask for a name, such as wikipedia.org")
    return to_text(wire_asked(text))


def _client(text: str | None) -> str | None:
    if text is not None and not is_address(text.partition("%")[0].encode("utf-8", "replace")):
        raise GuardianError(f"{text!r} is not an address; write 192.168.1.20 or fd00::20")
    return text


def _is_over(answer: Explained, at: datetime | None) -> bool:
    """Say whether the pause that is on is over at this time, or had not begun."""
    if at is None or answer.paused_minutes is None:
        return False
    now = datetime.now().astimezone()
    return not now - timedelta(minutes=1) <= at <= now + timedelta(minutes=answer.paused_minutes)


def _set(house: House) -> tuple[DomainSet, str]:
    try:
        return open_set(house.state.current), f"the published set, {house.state.current}"
    except (ListError, StoreError) as error:
        logging.getLogger("guardian").warning("the published set can't be used: %s", error)
        embedded = compile_in_memory(Workshop(house.folder, Lists()))
        return DomainSet(embedded), "those that ship with guardian (nothing is published yet)"


def _asker(walk: Explanation, child: Child | None) -> str:
    if child is not None:
        return f"{child.name} (band {walk.band})"
    if walk.profile == UNKNOWN:
        return f"a device that nobody has named (band {walk.band})"
    return f"band {walk.band}" if walk.profile == walk.band else f"a child of band {walk.band}"


def _sentence(walk: Explanation) -> str:
    if walk.kept_open:
        return f"open: on {' and '.join(walk.kept_open)}, which band {walk.band} does not close"
    return f"{_WORDS[walk.verdict]}, {walk.reason_text}"


def _details(walk: Explanation, told: dict[str, object], house: House) -> Iterator[str]:
    category = house.categories.categories.get(walk.category or "")
    if category is not None:
        yield f"category: {walk.category} ({category.title.sq} · {category.title.en})"
    if why := _why(walk, house):
        yield from (f"why ({language}): {text}" for language, text in why.items())
    if walk.list is not None:
        since = f", since {walk.since}" if walk.since else ""
        licence = f", {told['licence']}" if told["licence"] else ""
        yield f"decided by {walk.list} ({walk.title}){since}, from {walk.origin}{licence}"
    yield f"answer: {walk.answer}"
    if told["appeal"]:
        yield f"not right? {told['appeal']}"
    yield f"lists: {told['lists']}"
    yield "what it met, in this order:"
    for stage in walk.stages:
        yield f"  {stage.stage}: {stage.finding}"


def _told(walk: Explanation, name: str, qtype: str, lists: str, house: House) -> dict[str, object]:
    return {
        "name": name,
        "type": qtype,
        "band": walk.band,
        "named": walk.profile != UNKNOWN,
        "verdict": walk.verdict,
        "reason": walk.reason,
        "reason_text": walk.reason_text,
        "kept_open": list(walk.kept_open),
        "stored": walk.stored,
        "list": walk.list,
        "title": walk.title,
        "origin": walk.origin,
        "licence": _licence(walk.list, house),
        "category": walk.category,
        "why": _why(walk, house),
        "since": walk.since,
        "answer": walk.answer,
        "target": walk.target,
        "lists": lists,
        "stages": [{"stage": one.stage, "finding": one.finding} for one in walk.stages],
        "appeal": _appeal(walk),
    }


def _why(walk: Explanation, house: House) -> dict[str, str] | None:
    """Give the reason why a name is closed, or protected, in both languages; None where there is none to give."""
    category = house.categories.categories.get(walk.category or "")
    if category is not None and walk.verdict == "block":
        return category.child.model_dump()
    if walk.reason != Reason.PROTECTED.name.lower():
        return None
    path = house.folder / "protected.yaml"
    entries = read_protected(read_text(path), str(path)).entries
    # an entry that needs a host protects it, too
    found = [one for one in entries if walk.stored in {one.name, *one.needs}]
    return found[0].reason.model_dump() if found else None


def _licence(identity: str | None, house: House) -> str | None:
    path = house.folder / "catalog.yaml"
    catalog = read_catalog(read_text(path), str(path)) if identity else None
    return next((one.licence for one in catalog.lists if one.id == identity), None) if catalog else None


def _appeal(walk: Explanation) -> str | None:
    if walk.verdict != "block":
        return None
    if walk.reason in _DECIDED:
        return FAMILY_APPEAL
    return THREAT_APPEAL if walk.reason == Reason.THREAT.name.lower() else APPEAL
