"""What band 0-5 may reach: by theme, with each site's further hosts, and no more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from guardian.lists.catalog import read_catalog, read_protected
from guardian.lists.services import read_service
from guardian.model import Band, ListKind
from guardian.policy.bands import rules_of
from guardian.policy.policy import Policy
from guardian.wire.names import label_offsets, to_wire
from tests.unit.blocklists.pages import CATEGORIES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.domain_set import DomainSet

FOLDER: Final = ROOT / "blocklists"
LISTS: Final = [
    listed
    for listed in read_catalog((FOLDER / "catalog.yaml").read_bytes(), "catalog.yaml").lists
    if listed.kind is ListKind.ALLOW
]
GUARDED: Final = {
    host
    for entry in read_protected((FOLDER / "protected.yaml").read_bytes(), "protected.yaml").entries
    for host in (entry.name, *entry.needs)
}
NAMES: Final = {
    line.split(maxsplit=1)[0]: listed.path
    for listed in LISTS
    for line in (FOLDER / listed.path).read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
}
AROUND: Final = """
    mask.icloud.com mask-h2.icloud.com doh.dns.apple.com dns.google youtubei.googleapis.com youtube.googleapis.com
    sites.google.com storage.googleapis.com www.google.com one.one.one.one
"""
"""Below or beside what a tablet needs, but a way around the filter or a page of everybody."""


def _upwards(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _policy(shipped: DomainSet, band: Band) -> Policy:
    return Policy(rules_of(band, CATEGORIES), shipped.lists, shipped.rows())


def _open(policy: Policy, shipped: DomainSet, name: str) -> bool:
    wire = to_wire(name)
    return not policy.decide(shipped.find(wire, label_offsets(wire))).blocked


def test_there_is_something_of_every_theme() -> None:
    assert {listed.path for listed in LISTS} == {
        f"allow/{theme}.txt" for theme in ("media", "learning", "stories", "encyclopaedias", "devices")
    }


def test_the_youngest_reach_every_name_and_what_is_below_it(shipped: DomainSet) -> None:
    policy = _policy(shipped, Band.EARLY)
    assert [name for name in NAMES if not _open(policy, shipped, name)] == []
    assert [name for name in NAMES if not _open(policy, shipped, f"www.{name}")] == []


def test_the_youngest_reach_nothing_else(shipped: DomainSet) -> None:
    policy = _policy(shipped, Band.EARLY)
    assert not _open(policy, shipped, "a-page-of-nobody.example")
    assert [name for name in AROUND.split() if _open(policy, shipped, name)] == []


def test_an_allow_list_stands_neither_above_nor_below_what_another_list_closes() -> None:
    """It opens a name in every band, so a family could no longer close what is there."""
    closed = set(_closed())
    assert [name for name in closed if set(_upwards(name)) & set(NAMES)] == []
    assert [name for name in NAMES if set(_upwards(name)) & closed] == []


def _closed() -> Iterator[str]:
    for path in (FOLDER / "seed").iterdir():
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (line.split(maxsplit=1)[0] for line in lines if not line.startswith("#"))
    for path in (FOLDER / "services").iterdir():
        yield from read_service(path.read_bytes(), path.name).names


@pytest.mark.parametrize("name", ["sq.wikipedia.org", "akademi.al", "rtsh.al", "khanacademy.org", "vikidia.org"])
def test_what_is_protected_needs_no_allow_list(shipped: DomainSet, name: str) -> None:
    assert name not in NAMES
    assert _open(_policy(shipped, Band.EARLY), shipped, name)


def test_no_allow_list_repeats_what_is_protected_or_another_allows() -> None:
    assert [name for name in NAMES if set(_upwards(name)) & GUARDED] == []
    assert [name for name in NAMES if len(set(_upwards(name)) & set(NAMES)) > 1] == []
