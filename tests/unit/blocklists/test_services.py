"""What the files of services/ promise: each closes one service, and nothing that belongs to anybody else.

Law 1: a failure prints names with their services, so that a volunteer can mend the file.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from guardian.config.settings import Lists
from guardian.errors import ConfigError
from guardian.lists.catalog import read_catalog, read_categories, read_protected
from guardian.lists.domain_set import DomainSet
from guardian.lists.services import Group, Service, read_groups, read_service
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.model import Band, Rule
from guardian.policy.bands import BandRules, rules_of
from guardian.policy.policy import Policy
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.update.sources import service_rules
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER: Final = Path(__file__).resolve().parents[3] / "blocklists"
SERVICES: Final = {
    path.stem: read_service(path.read_bytes(), path.name) for path in sorted((FOLDER / "services").iterdir())
}
GROUPS: Final = read_groups((FOLDER / "groups.yaml").read_bytes(), "groups.yaml").groups
NAME: Final = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
EVERYBODYS: Final = """
    akamaihd.net akamaized.net aliyuncs.com amazonaws.com apple.com appspot.com azureedge.net bamgrid.com
    cloudflare.com cloudfront.net edgesuite.net fastly.net fastlylb.net firebaseio.com google.com googleapis.com
    googleusercontent.com gstatic.com icloud.com live.com llnwd.net microsoft.com myqcloud.com office.com
    office.net openai.com qq.com windows.net
"""
"""Hosts of many services: a service may name a host below one, never the whole."""
EXAMPLE: Final = """\
schema: 1
title: {sq: "Lojë", en: "Game"}
group: games
category: games
age: {least: 13, source: "its terms"}
names:
  - game.example
shared:
  - name: cdn.example
    reason: {sq: "U shërben të tjerëve.", en: "Serves others."}
origin: own knowledge
added: "2026-11-24"
reviewers: []
verified: null
"""


def _upwards(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _owned() -> Iterator[tuple[str, str]]:
    return ((name, service) for service, held in SERVICES.items() for name in held.names)


def _closed(policy: Policy, domains: DomainSet, name: str) -> bool:
    wire = to_wire(name)
    return policy.decide(domains.find(wire, label_offsets(wire))).blocked


def test_families_find_the_services_they_name_under_twelve_headings() -> None:
    assert len(SERVICES) >= 60
    assert set(GROUPS) == set(Group)
    assert len(GROUPS) == 12
    assert min(Counter(service.group for service in SERVICES.values()).values()) >= 5
    assert set(Counter(service.group for service in SERVICES.values())) == set(Group)


def test_every_service_has_a_category_that_bands_know_and_an_id_of_its_own() -> None:
    categories = read_categories((FOLDER / "categories.yaml").read_bytes(), "categories.yaml").categories
    assert {name for name, service in SERVICES.items() if service.category not in categories} == set()
    lists = {listed.id for listed in read_catalog((FOLDER / "catalog.yaml").read_bytes(), "catalog.yaml").lists}
    assert lists & set(SERVICES) == set()
    assert [name for name in SERVICES if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", name)] == []


def test_titles_differ_so_that_a_parent_knows_which_is_which() -> None:
    for titles in ([one.title.sq for one in SERVICES.values()], [one.title.en for one in SERVICES.values()]):
        assert [title for title, times in Counter(titles).items() if times > 1] == []


def test_every_name_is_a_name_and_no_service_says_one_twice() -> None:
    shared = [(host.name, service) for service, held in SERVICES.items() for host in held.shared]
    assert [pair for pair in (*_owned(), *shared) if not NAME.fullmatch(pair[0])] == []
    assert [pair for pair in _owned() if len(set(_upwards(pair[0])) & set(SERVICES[pair[1]].names)) > 1] == []
    assert [name for name, held in SERVICES.items() if len(set(held.names)) < len(held.names)] == []


def test_no_name_belongs_to_two_services() -> None:
    where: dict[str, list[str]] = {}
    for name, service in _owned():
        where.setdefault(name, []).append(service)
    assert {name: services for name, services in where.items() if len(services) > 1} == {}


def test_no_service_takes_a_public_suffix() -> None:
    rules = [
        Rule(to_wire(name), suffix=True, exact=True, exception=False, important=False, line=1) for name, _ in _owned()
    ]
    report = Report()
    assert len(list(without_too_wide(rules, report))) == len(rules), report.refusals


def test_no_service_stands_below_a_protected_name_nor_above_one_that_it_does_not_share() -> None:
    entries = read_protected((FOLDER / "protected.yaml").read_bytes(), "protected.yaml").entries
    guarded = {host for entry in entries for host in (entry.name, *entry.needs)}
    owned = {name for name, _ in _owned()}
    assert [pair for pair in _owned() if guarded & set(_upwards(pair[0]))] == []
    shared = {host.name for held in SERVICES.values() for host in held.shared}
    assert [host for host in guarded - shared if owned & set(_upwards(host))] == []


def test_no_service_takes_what_is_everybodys() -> None:
    owned = dict(_owned())
    assert {host: owned[above] for host in EVERYBODYS.split() for above in _upwards(host) if above in owned} == {}


def test_what_services_share_stays_open_where_every_service_is_closed(shipped: DomainSet) -> None:
    every = frozenset(service.category for service in SERVICES.values())
    closing = BandRules(Band.YOUTH, allow_only=False, closed=every, threats=frozenset())
    policy = Policy(closing, shipped.lists, shipped.rows())
    owned = dict(_owned())
    shared = {host.name: service for service, held in SERVICES.items() for host in held.shared}
    closed = {name: service for name, service in shared.items() if _closed(policy, shipped, name)}
    assert {name: service for name, service in closed.items() if name not in owned} == {}
    assert _closed(policy, shipped, "amazon.com")
    assert not _closed(policy, shipped, "docs.aws.amazon.com")


def test_a_service_is_open_or_closed_with_its_category(shipped: DomainSet) -> None:
    categories = read_categories((FOLDER / "categories.yaml").read_bytes(), "categories.yaml")
    owner = dict(_owned())
    shares = {(service, host.name) for service, held in SERVICES.items() for host in held.shared}
    for band in (Band.MIDDLE, Band.YOUTH):
        rules = rules_of(band, categories)
        policy = Policy(rules, shipped.lists, shipped.rows())
        for name, service in _owned():
            owners = {owner[above] for above in _upwards(name) if above in owner and (owner[above], name) not in shares}
            closing = {SERVICES[one].category for one in owners} & rules.closed
            assert _closed(policy, shipped, f"app.{name}") == bool(closing), (band, name, service)


def test_messenger_works_where_facebook_is_closed_and_messages_are_open(shipped: DomainSet) -> None:
    categories = read_categories((FOLDER / "categories.yaml").read_bytes(), "categories.yaml")
    policy = Policy(rules_of(Band.MIDDLE, categories), shipped.lists, shipped.rows())
    names = ["facebook.com", "graph.facebook.com", "messenger.com", "edge-mqtt.facebook.com", "scontent.xx.fbcdn.net"]
    assert [_closed(policy, shipped, name) for name in names] == [True, True, False, False, False]


def test_who_compiles_without_the_shipped_lists_gets_no_service() -> None:
    domains = DomainSet(compile_in_memory(Workshop(FOLDER, Lists(embedded=False))))
    assert not {listed.id for listed in domains.lists} & set(SERVICES)


def test_a_service_file_says_what_the_program_needs() -> None:
    service: Service = read_service(EXAMPLE.encode(), "game.yaml")
    assert (service.group, service.category, service.names) == (Group.GAMES, "games", ["game.example"])
    assert service.age is not None
    assert service.age.least == 13
    assert service.shared[0].name == "cdn.example"


@pytest.mark.parametrize(
    ("found", "written", "line", "key"),
    [
        ("group: games", "group: fun", 3, "group"),
        ("least: 13", "least: 30", 5, "age.least"),
        ("  - game.example\n", "", 6, "names"),
        (', en: "Serves others."', "", 10, "shared[0].reason.en"),
        ("verified: null\n", "", 1, "verified"),
        ("schema: 1", "schema: 2", 1, "schema"),
    ],
)
def test_a_fault_of_a_service_file_has_its_line(found: str, written: str, line: int, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_service(EXAMPLE.replace(found, written).encode(), "game.yaml")
    assert (caught.value.faults[0].line, caught.value.faults[0].key) == (line, key)


def test_what_is_no_name_stops_the_compilation_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "game.yaml").write_text(EXAMPLE.replace("game.example", "game..example"))
    with pytest.raises(ConfigError, match=r"game\.yaml") as caught:
        list(service_rules(tmp_path, Lists()))
    assert [fault.key for fault in caught.value.faults] == ["names[0]"]
