"""Run `guardian explain NAME`: the stages that a name meets, the verdict and its reason. Nothing is remembered."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.config.settings import Lists
from guardian.daemon import household_of, open_set
from guardian.engine.household import UNKNOWN
from guardian.errors import GuardianError, ListError, StoreError
from guardian.lists.domain_set import DomainSet
from guardian.lists.record_types import type_number
from guardian.model import Asker, Band, BlockMode
from guardian.policy.bands import rules_of
from guardian.policy.explanation import explain
from guardian.policy.policy import Policy
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House
    from guardian.policy.bands import BandRules
    from guardian.policy.explanation import Explanation

APPEAL = "blocklists/PROVENANCE.md says how to have an entry removed; a parent can allow a name at once"


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
    house = open_house(arguments.config)
    rules = _rules(house, arguments)
    band = rules.band
    domains, lists = _set(house)
    policy = Policy(rules, domains.lists, domains.rows())
    qtype = type_number(arguments.type)
    if qtype is None:
        raise GuardianError(f"{arguments.type!r} is no record type; write A, AAAA, HTTPS or TYPE65")
    name = to_wire(arguments.name.lower())
    why = explain(name, domains, policy, rules, qtype, Asker(arguments.client or ""))
    told = _told(why, arguments.name, arguments.type, band, lists, house.settings.dns.block_mode)
    if arguments.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    print(f"{told['name']} for band {band}: {told['verdict']}, {told['reason_text']}")
    print(f"  lists     {lists}")
    for stage in why.stages:
        print(f"  {stage.stage}: {stage.finding}")
    if why.decided_by:
        since = f", since {why.decided_by.since}" if why.decided_by.since else ""
        print(f"  decided by {why.decided_by.id} ({why.decided_by.title}){since}, from {why.decided_by.origin}")
    print(f"  answer: {told['answer']}")
    if why.verdict.blocked:
        print(f"  not right? {APPEAL}")
    return 0


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
        "appeal": APPEAL if why.verdict.blocked else None,
    }


def _answer(why: Explanation, mode: BlockMode) -> str:
    if not why.verdict.blocked:
        return "the upstream's"
    if mode is BlockMode.NULL:
        return "0.0.0.0 and ::"
    return "NXDOMAIN" if why.verdict.covers_below and mode is BlockMode.NXDOMAIN else "NODATA"
