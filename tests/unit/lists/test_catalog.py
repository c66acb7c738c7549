"""The schema of the catalogue: what a volunteer writes wrongly is told with its place."""

from __future__ import annotations

import pytest

from guardian.errors import ConfigError
from guardian.lists.catalog import Mode, read_catalog, read_categories, read_protected
from guardian.model import Action, Band, Format, ListKind, Scope

BANDS = '{"0-5": block, "6-9": block, "10-12": block, "13-15": ask, "16-17": time, adult: open}'
OLDER = ", ".join(f'"{band}": blocklist' for band in ("6-9", "10-12", "13-15", "16-17", "adult"))
MODES = f'{{"0-5": allow-only, {OLDER}}}'
CATEGORIES = f"""\
schema: 1
modes: {MODES}
categories:
  gambling:
    title: {{sq: "Lojëra fati", en: "Gambling"}}
    child: {{sq: "Këtu luhet me para.", en: "People play for money here."}}
    parent: {{sq: "Baste dhe kazino.", en: "Bets and casinos."}}
    threat: false
    counted: true
    bands: {BANDS}
"""
CATALOG = """\
schema: 1
lists:
  - id: gambling
    title: {sq: "Lojëra fati", en: "Gambling"}
    kind: block
    category: gambling
    path: seed/gambling.txt
    format: domains
    match: suffix
    licence: Apache-2.0
    origin: own work
    added: "2026-11-24"
    reviewers: []
"""
PROTECTED = """\
schema: 1
entries:
  - name: alo116.al
    class: 1
    reason: {sq: "Ndihmë për fëmijët.", en: "Help for children."}
    source: own knowledge
    verified: null
    needs: [cdn.example]
    reviewers: []
"""


def test_a_category_says_what_each_band_does() -> None:
    table = read_categories(CATEGORIES.encode(), "categories.yaml")
    assert table.categories["gambling"].title.sq == "Lojëra fati"
    assert table.categories["gambling"].bands[Band.TEEN] is Action.ASK
    assert table.modes[Band.EARLY] is Mode.ALLOW_ONLY


def test_a_list_says_where_it_lies_and_how_it_is_written() -> None:
    (entry,) = read_catalog(CATALOG.encode(), "catalog.yaml").lists
    assert (entry.kind, entry.format, entry.match) == (ListKind.BLOCK, Format.DOMAINS, Scope.SUFFIX)
    assert entry.undoes == "list"


def test_a_protected_name_has_a_class_and_names_what_it_needs() -> None:
    (entry,) = read_protected(PROTECTED.encode(), "protected.yaml").entries
    assert (entry.name, entry.class_, entry.needs, entry.verified) == ("alo116.al", 1, ["cdn.example"], None)


@pytest.mark.parametrize(
    ("found", "written", "place", "key"),
    [
        (", adult: open}", "}", 10, "categories.gambling.bands"),
        ('"13-15": ask', '"13-14": ask', 10, "categories.gambling.bands"),
        ('"13-15": ask', '"13-15": perhaps', 10, "categories.gambling.bands"),
        ("threat: false", "threat: 0", 8, "categories.gambling.threat"),
        ("counted: true", 'counted: "true"', 9, "categories.gambling.counted"),
        (', en: "Gambling"', "", 5, "categories.gambling.title"),
        ('sq: "Lojëra fati"', 'sq: ""', 5, "categories.gambling.title.sq"),
        ("schema: 1", "schema: 2", 1, "schema"),
        ("allow-only", "closed", 2, "modes"),
        ("    threat:", "    colour: red\n    threat:", 8, "categories.gambling.colour"),
    ],
)
def test_a_fault_of_a_category_has_its_line(found: str, written: str, place: int, key: str) -> None:
    assert CATEGORIES.count(found) == 1
    with pytest.raises(ConfigError) as caught:
        read_categories(CATEGORIES.replace(found, written).encode(), "categories.yaml")
    assert [fault.line for fault in caught.value.faults] == [place] * len(caught.value.faults)
    assert all(fault.key.startswith(key) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("found", "written", "place"),
    [
        ("id: gambling", "id: Gambling", 3),
        ("path: seed/gambling.txt", "path: ../family.sqlite3", 7),
        ("path: seed/gambling.txt", "path: /etc/passwd", 7),
        ("path: seed/gambling.txt", "path: seed/../../x", 7),
        ("kind: block", "kind: rewrite", 5),
        ("format: domains", "format: regex", 8),
        ('"2026-11-24"', '"yesterday"', 12),
        ("reviewers: []", "reviewers: nobody", 13),
        ("reviewers: []", "reviewers: []\n    undoes: everything", 14),
    ],
)
def test_a_fault_of_a_list_has_its_line(found: str, written: str, place: int) -> None:
    assert found in CATALOG
    with pytest.raises(ConfigError) as caught:
        read_catalog(CATALOG.replace(found, written).encode(), "catalog.yaml")
    (fault,) = caught.value.faults
    assert (fault.file, fault.line) == ("catalog.yaml", place)


@pytest.mark.parametrize("written", ["class: 0", "class: 9", 'class: "1"', "class: true", "kind: 1"])
def test_a_protected_name_of_no_class_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match=r"protected\.yaml:"):
        read_protected(PROTECTED.replace("class: 1", written).encode(), "protected.yaml")
