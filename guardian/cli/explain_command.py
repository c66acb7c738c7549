"""Run `guardian explain NAME`: the stages that a name meets, the verdict and its reason. Nothing is remembered."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from guardian.cli.asked import ending_missed, wire_asked
from guardian.cli.house import add_config, open_house
from guardian.config.settings import Lists
from guardian.daemon.generation import household_of
from guardian.daemon.sets import open_set
from guardian.engine.household import UNKNOWN
from guardian.errors import GuardianError, ListError, StoreError
from guardian.lists.domain_set import DomainSet
from guardian.lists.record_types import type_number
from guardian.model import Asker, Band, BlockMode, ListKind, Reason
from guardian.policy.bands import rules_of
from guardian.policy.explanation import explain
from guardian.policy.policy import Policy
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import label_offsets

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House
    from guardian.policy.bands import BandRules
    from guardian.policy.explanation import Explanation

APPEAL = (
    "at home: put the name in a list of your own with kind: allow (docs/configuration.md, lists), then"
    " `guardian lists compile`; for everybody: blocklists/PROVENANCE.md says how to have an entry removed"
)
THREAT_APPEAL = (
    "a list with kind: allow does not open it; if it is listed by mistake, blocklists/PROVENANCE.md says how to have"
    " the entry removed; at home, only a list with kind: protected opens it (docs/configuration.md, lists)"
)


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("name", metavar="NAME", help="the domain name")
    parser.add_argument("--type", default="A", metavar="TYPE", help="the record type asked for (default: A)")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--band", choices=[band.value for band in Band], help="the age band that asks")
    who.add_argument("--client", metavar="ADDRESS", help="the address of the device that asks")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Explain one name."""
    name = wire_asked(arguments.name)
    house = open_house(arguments.config)
    rules = _rules(house, arguments)
    band = rules.band
    domains, lists = _set(house)
    policy = Policy(rules, domains.lists, domains.rows())
    qtype = type_number(arguments.type)
    if qtype is None:
        raise GuardianError(f"{arguments.type!r} is no record type; write A, AAAA, HTTPS or TYPE65")
    asker = Asker(arguments.client or "")
    why = explain(name, domains, policy, rules, qtype, asker)
    told = _told(why, arguments.name.strip(), arguments.type, band, lists, house.settings.dns.block_mode)
    if arguments.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    kept_open = _kept_open(why, domains, rules, name, qtype, asker)
    print(f"{told['name']} for band {band}: {_sentence(why, rules, kept_open)}")
    if hint := ending_missed(arguments.name):
        print(f"  {hint}")
    _print_details(why, told)
    return 0


def _print_details(why: Explanation, told: dict[str, object]) -> None:
    print(f"  lists     {told['lists']}")
    for stage in why.stages:
        print(f"  {stage.stage}: {stage.finding}")
    if why.decided_by:
        since = f", since {why.decided_by.since}" if why.decided_by.since else ""
        print(f"  decided by {why.decided_by.id} ({why.decided_by.title}){since}, from {why.decided_by.origin}")
    print(f"  answer: {told['answer']}")
    if why.verdict.blocked:
        print(f"  not right? {told['appeal']}")


def _kept_open(
    why: Explanation, domains: DomainSet, rules: BandRules, name: bytes, qtype: int, asker: Asker
) -> list[str]:
    """Give the lists that name an open name for nothing, because the band leaves their category open."""
    if why.verdict.blocked or why.verdict.reason is not Reason.DEFAULT:
        return []
    labels = label_offsets(name)
    heard = domains.hear(domains.find(name, labels), name, labels, qtype, asker)
    bits = heard.stored.union(heard.shaped).blocking
    return [
        f"{info.id} ({info.category})"
        for number, info in enumerate(domains.lists)
        if bits >> number & 1 and info.kind is ListKind.BLOCK and info.category not in rules.closed
    ]


def _sentence(why: Explanation, rules: BandRules, kept_open: list[str]) -> str:
    if kept_open:
        return f"open: on {' and '.join(kept_open)}, which band {rules.band} does not close"
    return f"{'closed' if why.verdict.blocked else 'open'}, {why.verdict.reason.value}"


def _rules(house: House, arguments: Namespace) -> BandRules:
    if arguments.band:
        return rules_of(Band(arguments.band), house.categories)
    profile = _profile(house, arguments.client) if arguments.client else UNKNOWN
    if profile == UNKNOWN:
        return rules_of(house.settings.family.unknown_devices, house.categories, known=False)
    return rules_of(Band(profile), house.categories)


def _profile(house: House, client: str) -> str:
    try:
        profile = household_of(house.settings).profile_of(client)
    except ValueError as error:
        raise GuardianError(f"{client!r} is not an address; write 192.168.1.20 or fd00::20") from error
    if profile is None:
        raise GuardianError(f"{client} is on none of dns.allow_from's networks: guardian refuses its questions")
    return profile


def _set(house: House) -> tuple[DomainSet, str]:
    try:
        return open_set(house.state.current), f"the published set, {house.state.current}"
    except (ListError, StoreError) as error:
        logging.getLogger("guardian").warning("the published set can't be used: %s", error)
        embedded = compile_in_memory(Workshop(house.folder, Lists()))
        return DomainSet(embedded), "those that ship with guardian (nothing is published yet)"


def _told(why: Explanation, name: str, qtype: str, band: Band, lists: str, mode: BlockMode) -> dict[str, object]:
    return {
        "name": name,
        "type": qtype,
        "band": band.value,
        "verdict": "block" if why.verdict.blocked else "allow",
        "reason": why.verdict.reason.name.lower(),
        "reason_text": why.verdict.reason.value,
        "stored": why.stored,
        "list": why.decided_by.id if why.decided_by else None,
        "category": (why.decided_by.category or None) if why.decided_by else None,
        "since": (why.decided_by.since or None) if why.decided_by else None,
        "answer": _answer(why, mode),
        "lists": lists,
        "stages": [stage._asdict() for stage in why.stages],
        "appeal": _appeal(why),
    }


def _appeal(why: Explanation) -> str | None:
    if not why.verdict.blocked:
        return None
    return THREAT_APPEAL if why.verdict.reason is Reason.THREAT else APPEAL


def _answer(why: Explanation, mode: BlockMode) -> str:
    if not why.verdict.blocked:
        return "the upstream's"
    if mode is BlockMode.NULL:
        return "0.0.0.0 and ::"
    return "NXDOMAIN" if why.verdict.covers_below and mode is BlockMode.NXDOMAIN else "NODATA"
