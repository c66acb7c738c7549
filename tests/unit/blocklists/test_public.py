"""The catalogue of public lists says what can be known of each, and recommends none lightly."""

from __future__ import annotations

import gzip
import io
import unicodedata
from typing import TYPE_CHECKING

import pytest

from bench.public_lists import COPIES
from guardian.errors import ConfigError
from guardian.lists.formats import read_rules
from guardian.lists.public import read_public
from guardian.lists.text import Report
from guardian.model import Band, Format
from tests.unit.blocklists.pages import CATEGORIES, PUBLIC

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.lists.public import PublicList

LISTS = {one.id: one for one in PUBLIC.lists}
PLAIN = {Format.HOSTS, Format.DOMAINS}
SMALL = 20_000
"""Names of the largest copy that is counted again on every run."""


def test_no_list_stands_twice() -> None:
    assert len(LISTS) == len(PUBLIC.lists)
    urls = [url for one in PUBLIC.lists for url in one.urls]
    assert len(set(urls)) == len(urls)


def test_a_list_has_a_category_that_guardian_knows() -> None:
    assert {one.category for one in PUBLIC.lists} <= set(CATEGORIES.categories)


def test_a_list_of_plain_names_says_what_a_name_covers_and_no_other_does() -> None:
    assert [one.id for one in PUBLIC.lists if (one.match is not None) != (one.format in PLAIN)] == []


def test_a_list_is_recommended_from_the_youngest_on_and_only_where_its_category_is_closed() -> None:
    for one in PUBLIC.lists:
        assert one.bands == list(Band)[: len(one.bands)], one.id
        table = CATEGORIES.categories[one.category].bands
        assert [band for band in one.bands if table[band] == "open"] == [], one.id


def test_what_nobody_saw_has_no_size_and_no_day() -> None:
    assert [one.id for one in PUBLIC.lists if (one.size is None) != (one.verified is None)] == []
    assert set(COPIES) == {one.id for one in PUBLIC.lists if one.size}


def test_nothing_that_speaks_of_child_abuse_is_offered() -> None:
    assert [one.id for one in PUBLIC.lists if "csam" in one.id or "abuse" in one.title.en.lower()] == []
    assert any("child abuse" in one.title for one in PUBLIC.left_out)


def test_every_text_is_composed_and_each_reason_ends_as_a_sentence() -> None:
    for both in (*(one.why for one in PUBLIC.lists), *(one.why for one in PUBLIC.left_out)):
        for text in (both.sq, both.en):
            assert unicodedata.is_normalized("NFC", text)
            assert text.endswith("."), text


@pytest.mark.parametrize("id_", [id_ for id_ in COPIES if LISTS[id_].size.names <= SMALL])  # type: ignore[union-attr]
def test_the_size_is_what_guardian_reads_in_a_copy(corpus: Path, id_: str) -> None:
    path = corpus / COPIES[id_]
    raw = path.read_bytes()
    source = io.BytesIO(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    rules = read_rules(source, form=Format.AUTO, scope=LISTS[id_].match, report=Report(name=id_))
    names = {rule.name for rule in rules if rule.name and not rule.exception}
    assert len(names) == _size(LISTS[id_])


def _size(one: PublicList) -> int:
    assert one.size is not None
    return one.size.names


ENTRY = """\
schema: 1
lists:
  - id: some-list
    title: {sq: "Një listë", en: "A list"}
    publisher: Somebody
    homepage: "https://lists.example/"
    urls: ["https://lists.example/hosts"]
    licence: MIT
    format: hosts
    match: exact
    category: ads
    size: {names: 7, on: "2026-11-24"}
    language: sq
    undoes: list
    why: {sq: "E vogël.", en: "Small."}
    bands: ["0-5"]
    verified: null
left_out: []
"""


def test_a_list_is_read_as_a_volunteer_wrote_it() -> None:
    (one,) = read_public(ENTRY.encode(), "public.yaml").lists
    assert (one.id, one.bands, one.urls) == ("some-list", [Band.EARLY], ["https://lists.example/hosts"])


@pytest.mark.parametrize(
    ("found", "written", "line"),
    [
        ("https://lists.example/hosts", "http://lists.example/hosts", 7),
        ("names: 7", "names: 0", 12),
        ("language: sq", "language: Albanian", 13),
        ('"2026-11-24"', '"24.11.2026"', 12),
        ('bands: ["0-5"]', 'bands: ["0-99"]', 16),
        ("verified: null", "verified: yes", 17),
    ],
)
def test_a_fault_of_a_public_list_has_its_line(found: str, written: str, line: int) -> None:
    assert found in ENTRY
    with pytest.raises(ConfigError) as caught:
        read_public(ENTRY.replace(found, written).encode(), "public.yaml")
    assert {fault.line for fault in caught.value.faults} == {line}
