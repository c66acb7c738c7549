"""The schema of safe search: what is rewritten for whom, and what a volunteer's slip is told."""

from __future__ import annotations

import pytest

from guardian.errors import ConfigError
from guardian.lists.safe_search import read_safe_search
from guardian.model import Band
from guardian.wire.names import to_wire

FILE = """\
schema: 1
bands:
  "0-5": {search: strict, youtube: strict}
  "6-9": {search: strict, youtube: strict}
  "10-12": {search: off, youtube: strict}
  "13-15": {search: strict, youtube: moderate}
  "16-17": {search: off, youtube: off}
  adult: {search: off, youtube: off}
engines:
  youtube:
    title: {sq: "Videot", en: "Videos"}
    target: {strict: strict.video.example, moderate: moderate.video.example}
    verified: null
    source: own knowledge
    names: [www.video.example]
  finder:
    title: {sq: "Kërkimi", en: "Search"}
    target: safe.finder.example
    verified: "2026-11-24"
    source: own knowledge
    names:
      - www.finder.example
      - Finder.example.
"""
FINDER = {to_wire("www.finder.example"), to_wire("finder.example")}
VIDEO = to_wire("www.video.example")


def faults(found: str, written: str) -> list[tuple[int, str, str]]:
    """Give the line, key and message of each fault of the file with one passage changed."""
    assert FILE.count(found) == 1
    with pytest.raises(ConfigError) as caught:
        read_safe_search(FILE.replace(found, written).encode(), "safesearch.yaml")
    return [(fault.line, fault.key, fault.message) for fault in caught.value.faults]


def test_a_childs_search_goes_to_the_name_that_the_engine_keeps_for_it() -> None:
    rewrites = read_safe_search(FILE.encode(), "safesearch.yaml").rewrites(Band.PRIMARY)
    assert {name: target for name, target in rewrites.items() if name != VIDEO} == dict.fromkeys(
        FINDER, to_wire("safe.finder.example")
    )


def test_only_the_name_itself_is_rewritten() -> None:
    rewrites = read_safe_search(FILE.encode(), "safesearch.yaml").rewrites(Band.PRIMARY)
    assert set(rewrites) == FINDER | {VIDEO}
    assert to_wire("mail.finder.example") not in rewrites


def test_youtube_is_as_strict_as_its_own_column_says() -> None:
    table = read_safe_search(FILE.encode(), "safesearch.yaml")
    assert table.rewrites(Band.PRIMARY)[VIDEO] == to_wire("strict.video.example")
    assert table.rewrites(Band.TEEN)[VIDEO] == to_wire("moderate.video.example")
    assert table.rewrites(Band.MIDDLE) == {VIDEO: to_wire("strict.video.example")}


def test_a_band_without_safe_search_has_every_name_as_it_is() -> None:
    table = read_safe_search(FILE.encode(), "safesearch.yaml")
    assert table.rewrites(Band.YOUTH) == {}
    assert table.rewrites(Band.ADULT) == {}


@pytest.mark.parametrize(
    ("found", "written", "line", "key"),
    [
        ("schema: 1", "schema: 2", 1, "schema"),
        ("\n  adult: {search: off, youtube: off}", "", 3, "bands"),
        ('"16-17": {', '"16-18": {', 7, "bands."),
        ("{search: off, youtube: strict}", "{search: moderate, youtube: strict}", 5, "bands.10-12.search"),
        ("youtube: moderate}", "youtube: some}", 6, "bands.13-15.youtube"),
        ('{sq: "Kërkimi", en: "Search"}', '{sq: "Kërkimi"}', 17, "engines.finder.title.en"),
        ('{sq: "Kërkimi", en: "Search"}', '{sq: "", en: "Search"}', 17, "engines.finder.title.sq"),
        ("target: safe.finder.example", "target: 192.0.2.1", 18, "engines.finder.target"),
        ("target: safe.finder.example", "target: 7", 18, "engines.finder.target"),
        ("{strict: strict.video.example, ", "{", 12, "engines.youtube.target.strict"),
        ("moderate: moderate.video", "mild: moderate.video", 12, "engines.youtube.target.mild"),
        ('"2026-11-24"', "yesterday", 19, "engines.finder.verified"),
        ("[www.video.example]", "[]", 15, "engines.youtube.names"),
        ("- www.finder.example", "- www finder example", 22, "engines.finder.names.0"),
        ("- www.finder.example", "- finder.shqipëri", 22, "engines.finder.names.0"),
        ("  finder:", "  finder:\n    colour: red", 17, "engines.finder.colour"),
    ],
)
def test_a_fault_has_its_line(found: str, written: str, line: int, key: str) -> None:
    told = faults(found, written)
    assert [place for place, _, _ in told] == [line]
    assert told[0][1].replace("[", ".").replace("]", "").startswith(key), told


def test_all_faults_are_told_at_once() -> None:
    told = faults("www.video.example]\n  finder:\n    title: {", "-]\n  finder:\n    title: {de: x, ")
    assert [line for line, _, _ in told] == [15, 17]


@pytest.mark.parametrize(
    ("found", "written", "line", "message"),
    [
        ("- Finder.example.", "- www.FINDER.example", 23, "www.finder.example is rewritten by finder already"),
        ("- Finder.example.", "- www.video.example", 23, "www.video.example is rewritten by youtube already"),
        ("- Finder.example.", "- safe.finder.example", 18, "safe.finder.example is itself a name that finder rewrites"),
        (
            "- Finder.example.",
            "- moderate.video.example",
            12,
            "moderate.video.example is itself a name that finder rewrites",
        ),
        (", moderate: moderate.video.example", "", 6, "no target of the engine youtube is moderate"),
    ],
)
def test_names_that_clash_are_told_with_their_owner(found: str, written: str, line: int, message: str) -> None:
    assert [(place, text) for place, _, text in faults(found, written)] == [(line, message)]


def test_all_clashes_are_told_at_once() -> None:
    told = faults(", moderate: moderate.video.example", "")
    told += faults("- Finder.example.", "- www.video.example\n      - safe.finder.example")
    assert [line for line, _, _ in told] == [6, 18, 23]


def test_a_column_without_its_engine_is_a_fault_rather_than_an_open_door() -> None:
    assert [line for line, _, _ in faults("  youtube:\n", "  videos:\n")] == [3, 4, 5, 6]
