"""What the files of blocklists/ promise to a family, read as guardian reads them.

Law 1: a failure prints names with their lists, so that a volunteer can mend the line.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from guardian.lists.catalog import read_catalog, read_categories, read_protected
from guardian.lists.formats import read_rules
from guardian.lists.safe_search import read_safe_search
from guardian.lists.services import read_service
from guardian.lists.text import Report
from guardian.model import Action, Band, ListKind
from guardian.wire.names import to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.lists.catalog import Bilingual, Listed

FOLDER: Final = Path(__file__).resolve().parents[3] / "blocklists"
MEANT: Final = Path(__file__).resolve().parent / "top_sites_meant.txt"

CATEGORIES: Final = read_categories((FOLDER / "categories.yaml").read_bytes(), "categories.yaml")
CATALOG: Final = read_catalog((FOLDER / "catalog.yaml").read_bytes(), "catalog.yaml").lists
PROTECTED: Final = read_protected((FOLDER / "protected.yaml").read_bytes(), "protected.yaml").entries
SERVICES: Final = {
    path.stem: read_service(path.read_bytes(), path.name) for path in sorted((FOLDER / "services").glob("*.yaml"))
}
SAFE_SEARCH: Final = read_safe_search((FOLDER / "safesearch.yaml").read_bytes(), "safesearch.yaml")

NAME: Final = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
ENTRY: Final = re.compile(r"(\S+)  # [^;]{8,}; [^;]+; added \d{4}-\d{2}-\d{2}")
HEADER: Final = ("# Title: ", "# Licence: Apache-2.0", "# How to appeal: ")
WITHOUT_DIACRITICS: Final = re.compile(
    r"\b(femij|fjalekalim|keshill|mesues|nxenes|shqiperi|ceshtj|caktivizo|numerues|lojera|perdor|permbajtj|eshte\b|filter\b)",
)
ABOUT_PEOPLE: Final = (
    "lgbt",
    "gay",
    "religion",
    "islam",
    "christian",
    "jew",
    "ethnic",
    "roma",
    "politic",
    "news",
    "abort",
)
SHARED: Final = """
    akamaihd.net amazonaws.com appspot.com azureedge.net bing.com blogger.com blogspot.com cloudflare.com
    cloudfront.net duckduckgo.com ecosia.org fastly.net fbcdn.net github.com github.io gitlab.io google.al
    google.com googleapis.com googletagmanager.com googleusercontent.com googlevideo.com gstatic.com
    herokuapp.com icloud.com live.com medium.com microsoft.com netlify.app office.com openai.com pages.dev
    qwant.com sites.google.com tumblr.co vercel.app web.app wikipedia.org windows.net wix.com wixsite.com
    wordpress.com workers.dev yahoo.com yandex.com ytimg.com
"""
"""Hosts of everybody's pages, search engines and plumbing: no list may hold one, nor a name above one."""
MOST_READ: Final = 512 * 1024
"""Bytes that are read of a ranking or list: enough for its first thousand sites."""
HELD_BY_A_SERVICE: Final = {"social", "messaging", "games", "streaming", "ai", "shopping"}
"""Categories that a family opens by age and hours; their names are popular sites, so rankings hold them."""


def _names(listed: Listed) -> list[str]:
    lines = (FOLDER / listed.path).read_text(encoding="utf-8").splitlines()
    return [line.split(maxsplit=1)[0] for line in lines if not line.startswith("#")]


LISTED: Final = {listed.id: (listed, _names(listed)) for listed in CATALOG}


class Block(NamedTuple):
    """Which list blocks a name."""

    path: str
    category: str


BLOCKS: Final = [
    *((Block(one.path, one.category), names) for one, names in LISTED.values() if one.kind is ListKind.BLOCK),
    *((Block(f"services/{name}.yaml", one.category), one.names) for name, one in SERVICES.items()),
]
BLOCKED: Final = {name: block for block, names in BLOCKS for name in names}
LEFT_OPEN: Final = {host.name for service in SERVICES.values() for host in service.shared}
"""Hosts that services share with others: exceptions of their own."""


def _upwards(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


def _blocked_by(name: str) -> Block | None:
    above = next((above for above in _upwards(name) if above in BLOCKED or above in LEFT_OPEN), "")
    return BLOCKED.get(above)


def _table(rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"  {name:<40} {where}" for name, where in sorted(rows))


def _texts() -> Iterator[tuple[str, Bilingual]]:
    for name, category in CATEGORIES.categories.items():
        yield f"categories.yaml {name} title", category.title
        yield f"categories.yaml {name} child", category.child
        yield f"categories.yaml {name} parent", category.parent
    for listed in CATALOG:
        yield f"catalog.yaml {listed.id}", listed.title
    for entry in PROTECTED:
        yield f"protected.yaml {entry.name}", entry.reason


def test_every_category_says_what_each_band_does() -> None:
    assert {name for name, category in CATEGORIES.categories.items() if set(category.bands) != set(Band)} == set()
    assert set(CATEGORIES.modes) == set(Band)


def test_only_the_youngest_band_is_closed_by_default() -> None:
    assert [band for band, mode in CATEGORIES.modes.items() if mode == "allow-only"] == [Band.EARLY]


def test_a_threat_is_closed_to_everyone_and_an_adult_meets_no_other_block() -> None:
    for name, category in CATEGORIES.categories.items():
        assert category.threat == (name in {"malware", "phishing", "cryptojacking"})
        assert category.bands[Band.ADULT] is (Action.BLOCK if category.threat else Action.OPEN), name


def test_no_band_is_stricter_than_a_younger_one() -> None:
    order = [Action.BLOCK, Action.ASK, Action.TIME, Action.OPEN]
    for name, category in CATEGORIES.categories.items():
        steps = [order.index(category.bands[band]) for band in Band]
        assert steps == sorted(steps), name


def test_no_category_speaks_of_who_people_are() -> None:
    assert [name for name in CATEGORIES.categories for word in ABOUT_PEOPLE if word in name] == []


def test_every_text_is_written_in_both_languages_and_composed_form() -> None:
    bad = [
        (where, text)
        for where, both in _texts()
        for text in (both.sq, both.en)
        if text != text.strip() or not unicodedata.is_normalized("NFC", text)
    ]
    assert not bad, _table(bad)


def test_albanian_is_written_with_its_diacritics() -> None:
    bad = [(where, both.sq) for where, both in _texts() if WITHOUT_DIACRITICS.search(both.sq.lower())]
    assert not bad, _table(bad)


def test_a_reason_for_a_child_is_one_sentence() -> None:
    for name, category in CATEGORIES.categories.items():
        for text in (category.child.sq, category.child.en):
            assert text.endswith("."), name
            assert text.count(".") == 1, name


def test_the_catalogue_and_the_folders_hold_the_same_files() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in FOLDER.glob("*/*.txt")}
    assert Counter(listed.path for listed in CATALOG) == Counter(files)
    assert len(LISTED) == len(CATALOG)


def test_a_block_list_has_a_known_category_and_an_allow_list_has_none() -> None:
    for listed in CATALOG:
        if listed.kind is ListKind.BLOCK:
            assert listed.category in CATEGORIES.categories, listed.id
        else:
            assert not listed.category, listed.id


def test_a_list_says_what_it_is_and_gives_each_name_a_reason() -> None:
    for listed in CATALOG:
        lines = (FOLDER / listed.path).read_text(encoding="utf-8").splitlines()
        entries = [line for line in lines if not line.startswith("#")]
        assert all(line.startswith(start) for line, start in zip(lines, HEADER, strict=False)), listed.path
        assert entries, listed.path
        assert [line for line in entries if not ENTRY.fullmatch(line)] == [], listed.path
        assert [line for line in entries if not NAME.fullmatch(line.split(maxsplit=1)[0])] == [], listed.path


def test_guardian_reads_every_line_of_every_list() -> None:
    for listed, names in LISTED.values():
        report = Report(name=listed.path)
        with (FOLDER / listed.path).open("rb") as source:
            rules = list(read_rules(source, form=listed.format, scope=listed.match, report=report))
        assert report.refusals == []
        assert len(rules) == len(names), listed.path
        assert all(rule.suffix and rule.exact for rule in rules), listed.path


def test_a_list_holds_no_name_twice_and_none_below_another() -> None:
    bad = []
    for listed, names in LISTED.values():
        bad += [(name, f"{listed.path}: twice") for name, times in Counter(names).items() if times > 1]
        below = {(name, above) for name in names for above in list(_upwards(name))[1:] if above in set(names)}
        bad += [(name, f"{listed.path}: {above} covers it") for name, above in below]
    assert not bad, _table(bad)


def test_no_name_stands_in_two_block_lists() -> None:
    where: dict[str, list[str]] = {}
    for block, names in BLOCKS:
        for name in names:
            where.setdefault(name, []).append(block.path)
    bad = [(name, ", ".join(ids)) for name, ids in where.items() if len(ids) > 1]
    assert not bad, _table(bad)


def test_every_block_category_has_a_name_to_show_it_with() -> None:
    for name in CATEGORIES.categories:
        listed = _blocked_by(f"{name}.guardian.example")
        assert listed is not None, name
        assert listed.category == name


def test_no_list_touches_a_protected_name_or_what_it_needs() -> None:
    guarded = {host for entry in PROTECTED for host in (entry.name, *entry.needs)}
    bad = [(host, listed.path) for host in guarded if (listed := _blocked_by(host))]
    bad += [
        (name, f"{listed.path}: below {above}")
        for name, listed in BLOCKED.items()
        for above in _upwards(name)
        if above in guarded
    ]
    assert not bad, _table(bad)


def test_every_protected_name_is_a_name_and_stands_once() -> None:
    names = [entry.name for entry in PROTECTED]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert [host for entry in PROTECTED for host in (entry.name, *entry.needs) if not NAME.fullmatch(host)] == []
    assert {entry.class_ for entry in PROTECTED} == set(range(1, 9))
    assert set(names) & set(SHARED.split()) <= {"wikipedia.org"}


def test_a_child_can_always_reach_help_and_guardian_itself() -> None:
    assert {"alo116.al", "isigurt.al", "guardian.home.arpa", "ipv4only.arpa", "gov.al"} <= {
        entry.name for entry in PROTECTED
    }


def test_the_police_page_that_closed_in_2022_is_not_offered_as_help() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*") if path.is_file()).lower()
    assert "komisariati" not in text


def test_safe_search_rewrites_no_protected_name() -> None:
    guarded = {host for entry in PROTECTED for host in (entry.name, *entry.needs)}
    names = {to_text(name) for band in Band for pair in SAFE_SEARCH.rewrites(band).items() for name in pair}
    assert len(names) > len(SAFE_SEARCH.engines)
    assert [name for name in sorted(names) for above in _upwards(name) if above in guarded] == []


def test_no_list_closes_what_safe_search_opens_but_youtube_where_the_service_is_closed() -> None:
    closed = {
        (band, name, listed.path)
        for band in Band
        for pair in SAFE_SEARCH.rewrites(band).items()
        for name in map(to_text, pair)
        for listed in [BLOCKED[above] for above in _upwards(name) if above in BLOCKED]
        if CATEGORIES.categories[listed.category].bands[band] in {Action.BLOCK, Action.ASK}
    }
    assert {path for _, _, path in closed} == {"services/youtube.yaml"}
    assert {band for band, _, _ in closed} == {Band.EARLY}


def test_no_list_holds_a_shared_host_or_a_search_engine() -> None:
    bad = [(host, listed.path) for host in SHARED.split() if (listed := _blocked_by(host))]
    assert not bad, _table(bad)


def test_no_site_that_others_keep_open_is_closed(corpus: Path) -> None:
    bad = []
    for path in sorted((corpus / "allow").iterdir()):
        names = _ranked_names(path)
        assert names, f"no names read from {path.name}"
        for name in names:
            listed = _blocked_by(name)
            if listed and listed.category not in HELD_BY_A_SERVICE:
                bad.append((name, f"{listed.path}, although in allow/{path.name}"))
    assert not bad, _table(bad)


@pytest.mark.parametrize("ranking", ["top-sites.txt", "top-sites-opendns-10k.txt"])
def test_of_the_thousand_most_visited_sites_only_those_meant_are_met(corpus: Path, ranking: str) -> None:
    meant = dict(
        line.split() for line in MEANT.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    )
    met = {name: listed for name in _ranked_names(corpus / ranking)[:1000] if (listed := _blocked_by(name))}
    assert met, f"nothing of {ranking} is in any list: it can't have been read"
    bad = [
        (name, f"{listed.path} ({listed.category})")
        for name, listed in met.items()
        if meant.get(name) != listed.category
    ]
    assert not bad, f"of the first 1000 of {ranking}, these are met and not in {MEANT.name}:\n{_table(bad)}"


@pytest.mark.parametrize("ranking", ["top-sites-tranco-10k.txt", "top-sites-opendns-10k.txt"])
def test_a_popular_site_is_met_by_its_own_name_only(corpus: Path, ranking: str) -> None:
    bad = [
        (name, listed.path)
        for name in _ranked_names(corpus / ranking)
        if name not in BLOCKED and (listed := _blocked_by(name))
    ]
    assert not bad, _table(bad)


def _ranked_names(path: Path) -> list[str]:
    """Return the plain names of a list, in its order; lines with wildcards name nothing to look up."""
    found = re.finditer(
        rb"^(?:@@)?(?:\|\|)?(?:www\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?:\^?[ \t\r]*(?:#.*)?)$",
        path.read_bytes()[:MOST_READ].lower(),
        re.MULTILINE,
    )
    return [match[1].decode() for match in found]
