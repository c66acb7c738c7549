"""`python -m bench.false_positives`: which popular sites each band closes, and which sites that others keep open.

Law 1: verdicts come of the compiled set and the band's own policy, as in `guardian dns`.
Law 2: a popular site that is closed is unexpected until a list of others, of the same kind, holds it too; then it waits
       for a sentence of a person in verdicts.txt.
Law 3: the page is the same for the same lists and the same corpus, so that a test can hold it to them.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.public_lists import judge
from guardian.config.settings import Lists
from guardian.lists.catalog import read_categories, read_protected
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.text import Report
from guardian.model import Action, Band, Format
from guardian.policy.bands import rules_of
from guardian.policy.policy import Policy
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import label_offsets, to_text, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.public_lists import Judged
    from guardian.lists.catalog import Categories

ROOT = Path(__file__).resolve().parent.parent
BLOCKLISTS = ROOT / "blocklists"
PAGE = ROOT / "docs" / "false-positives.md"
VERDICTS = Path(__file__).with_name("verdicts.txt")
FIRST = 1_000
MOST = 10_000
RANKINGS = {
    "top-sites.txt": True,
    "top-sites-opendns-10k.txt": True,
    "top-sites-tranco-10k.txt": False,
    "top-sites-majestic-10k.txt": False,
}
"""Files of the corpus with the most visited sites of one count, and whether they stand in the order of visits."""
KINDS = {
    "adult": "adult",
    "ai": "ai services",
    "ai-companions": "ai",
    "ai-undressing": "adult",
    "ads": "ads-trackers",
    "bypass": "vpn-proxy-doh",
    "dating": "dating social",
    "drugs": "drugs",
    "encrypted-dns": "vpn-proxy-doh",
    "file-sharing": "piracy",
    "gambling": "gambling",
    "games": "games services",
    "hate": "violence",
    "malware": "malware",
    "messaging": "social services",
    "phishing": "phishing",
    "piracy": "piracy",
    "popups": "ads-trackers",
    "shopping": "services",
    "social": "social services",
    "strangers": "dating social",
    "streaming": "services piracy social",
    "trackers": "ads-trackers",
    "violence": "violence",
}
"""Where the corpus holds lists of the same kind, by our category; a category that is missing is held up by nobody."""


class Site(NamedTuple):
    """A site of a ranking, or one that others keep open, which some band closes by a list."""

    name: str
    category: str
    list_id: str


class Verdict(NamedTuple):
    """What a person says of an unexpected site."""

    kept: bool
    why: str


UNJUDGED = Verdict(kept=True, why="**nobody has judged this yet**")


class House:
    """The lists that ship with guardian, compiled, and each band's policy over them."""

    def __init__(self, folder: Path) -> None:
        """Compile the lists of `folder`."""
        self.categories: Categories = read_categories((folder / "categories.yaml").read_bytes(), "categories.yaml")
        self._domains = DomainSet(compile_in_memory(Workshop(folder, Lists())))
        lists, rows = self._domains.lists, self._domains.rows()
        self._policies = {band: Policy(rules_of(band, self.categories), lists, rows) for band in Band}
        self._known: dict[tuple[Band, str], Site | None] = {}

    def closed(self, band: Band, names: Iterable[str]) -> list[Site]:
        """Give those of the names that a list closes for a band."""
        return [site for name in names if (site := self._site(band, name))]

    def met(self, names: Iterable[str]) -> list[Site]:
        """Give those of the names that a list closes for any band."""
        return [next(filter(None, sites)) for name in names if any(sites := [self._site(band, name) for band in Band])]

    def closes(self, band: Band, category: str) -> bool:
        """Say whether a band closes a category."""
        return self.categories.categories[category].bands[band] in {Action.BLOCK, Action.ASK}

    def _site(self, band: Band, name: str) -> Site | None:
        if (band, name) not in self._known:
            wire = to_wire(name)
            verdict = self._policies[band].decide(self._domains.find(wire, label_offsets(wire)))
            listed = self._domains.lists[verdict.list_index] if verdict.blocked and verdict.list_index >= 0 else None
            self._known[band, name] = listed and Site(name, listed.category, listed.id)
        return self._known[band, name]


def ranked(path: Path) -> list[str]:
    """Give the first sites of a ranking."""
    with path.open(encoding="utf-8") as lines:
        return [line.strip() for line, _ in zip(lines, range(MOST), strict=False)]


def kept_open(corpus: Path) -> dict[str, str]:
    """Give each site that the lists of `allow/` keep open, with the file that names it."""
    found: dict[str, str] = {}
    for path in sorted((corpus / "allow").iterdir()):
        with path.open("rb") as source:
            for rule in read_rules(source, form=Format.AUTO, scope=None, report=Report()):
                if rule.name:
                    found.setdefault(to_text(rule.name), path.name)
    return found


def held_by_others(corpus: Path, sites: Iterable[Site]) -> set[str]:
    """Give those of the sites that a list of others, of the same kind, names too, with `www.` or without."""
    wanted: dict[str, dict[bytes, str]] = {}
    for site in sites:
        for folder in KINDS.get(site.category, "").split():
            names = wanted.setdefault(folder, {})
            names[site.name.encode()] = names[b"www." + site.name.encode()] = site.name
    found: set[str] = set()
    for folder, names in wanted.items():
        for path in filter(Path.is_file, (corpus / folder).rglob("*")):
            text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            met = names.keys() & set(re.findall(rb"[a-z0-9_-]+(?:\.[a-z0-9_-]+)+", text.lower()))
            found |= {names[name] for name in met}
    return found


def read_verdicts(text: str) -> dict[str, Verdict]:
    """Read `NAME kept|removed WHY`, one a line."""
    lines = (line.split(maxsplit=2) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: Verdict({"kept": True, "removed": False}[word], why) for name, word, why in lines}


def _row(*cells: object) -> str:
    return f"| {' | '.join(f'{cell:,}' if isinstance(cell, int) else str(cell) for cell in cells)} |"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    return [_row(*head), "|" + "---|" * len(head), *(_row(*row) for row in rows), ""]


def bands_table(house: House, rankings: dict[str, list[str]], others: dict[str, str], strange: set[str]) -> list[str]:
    """Say how many sites of each ranking a list closes for each band."""
    samples = [(file, most) for file in rankings for most in ((FIRST, MOST) if RANKINGS[file] else (MOST,))]
    head = [f"`{file}`, first {most:,}" for file, most in samples]
    names = [*(rankings[file][:most] for file, most in samples), strange, others]
    rows = [(f"`{band}`", *(len(house.closed(band, one)) for one in names)) for band in Band]
    return _table(["band", *head, "of all four, unexpected", f"of {len(others):,} kept open by others"], rows)


def categories_table(
    house: House, rankings: dict[str, list[str]], others: Iterable[str], strange: set[str]
) -> list[str]:
    """Say how many sites of each ranking each category holds, and for whom they are closed."""
    first = Counter(site.category for site in house.met(_union(rankings, FIRST)))
    most = house.met(_union(rankings, MOST))
    of_others = Counter(site.category for site in house.met(others))
    rows = []
    for category in house.categories.categories:
        closing = ", ".join(f"`{band}`" for band in Band if house.closes(band, category))
        met = [site.name for site in most if site.category == category]
        unexpected = sum(name in strange for name in met)
        rows.append((f"`{category}`", first[category], len(met), unexpected, of_others[category], closing))
    return _table(
        ["category", "first 1,000", "first 10,000", "of these unexpected", "kept open by others", "closed for"], rows
    )


def _union(rankings: dict[str, list[str]], most: int) -> list[str]:
    """Give the sites of all rankings once; those without an order count only as a whole."""
    return sorted({name for file, names in rankings.items() if RANKINGS[file] or most == MOST for name in names[:most]})


def verdicts_table(unexpected: Iterable[Site], verdicts: dict[str, Verdict]) -> list[str]:
    """Give every unexpected site with what a person says of it, then those that were taken out."""
    rows = [
        (f"`{site.name}`", f"`{site.category}`", "kept", verdicts.get(site.name, UNJUDGED).why) for site in unexpected
    ]
    gone = [(f"`{name}`", "", "removed", one.why) for name, one in sorted(verdicts.items()) if not one.kept]
    return _table(["site", "category", "verdict", "why"], rows + gone)


def others_table(house: House, others: dict[str, str]) -> list[str]:
    """Give every site that others keep open and some band closes, by category."""
    by_category: dict[str, list[str]] = {}
    for site in house.met(sorted(others)):
        by_category.setdefault(site.category, []).append(f"`{site.name}`")
    return _table(
        ["category", "sites"], [(f"`{name}`", " ".join(sites)) for name, sites in sorted(by_category.items())]
    )


def public_table(judged: Iterable[Judged], first: set[str], most: set[str], others: Iterable[str]) -> list[str]:
    """Say how many sites each public list would close."""
    rows = []
    for one in judged:
        bands = one.listed.bands
        recommended = f"`{bands[0]}` to `{bands[-1]}`" if bands else "nobody unasked"
        closed = [len(one.closed & sites) for sites in (first, most, set(others))]
        rows.append((f"`{one.listed.id}`", f"`{one.listed.category}`", recommended, one.rules, *closed))
    head = ["list", "category", "recommended for", "rules", "first 1,000", "first 10,000", "kept open by others"]
    return _table(head, rows)


def theirs_table(judged: Iterable[Judged], others: Iterable[str], verdicts: dict[str, Verdict]) -> list[str]:
    """Give each site that others keep open and a recommended list closes, with what a person says of it."""
    where: dict[str, list[str]] = {}
    for one in judged:
        for name in one.closed & set(others) if one.listed.bands else ():
            where.setdefault(name, []).append(f"`{one.listed.id}`")
    return _table(
        ["site", "lists", "what to know"],
        [(f"`{name}`", ", ".join(lists), verdicts.get(name, UNJUDGED).why) for name, lists in sorted(where.items())],
    )


def protected_table(judged: Iterable[Judged], guarded: set[str]) -> list[str]:
    """Give each protected name that a public list would close."""
    rows = [(f"`{name}`", f"`{one.listed.id}`") for one in judged for name in sorted(one.closed & guarded)]
    return _table(["protected name", "list"], rows)


def page(corpus: Path, text: str) -> str:
    """Return the page `text` with its tables written anew."""
    house = House(BLOCKLISTS)
    rankings = {file: ranked(corpus / file) for file in RANKINGS}
    others = kept_open(corpus)
    first, most = _union(rankings, FIRST), _union(rankings, MOST)
    met = house.met(most)
    held = held_by_others(corpus, met)
    unexpected = [site for site in met if site.name not in held]
    strange = {site.name for site in unexpected}
    verdicts = read_verdicts(VERDICTS.read_text(encoding="utf-8"))
    entries = read_protected((BLOCKLISTS / "protected.yaml").read_bytes(), "protected.yaml").entries
    guarded = {host for entry in entries for host in (entry.name, *entry.needs)}
    judged = judge(corpus, BLOCKLISTS, {*most, *others, *guarded})
    parts = {
        "bands": bands_table(house, rankings, others, strange),
        "categories": categories_table(house, rankings, others, strange),
        "verdicts": verdicts_table(unexpected, verdicts),
        "others": others_table(house, others),
        "public": public_table(judged, set(first), set(most), others),
        "theirs": theirs_table(judged, others, verdicts),
        "protected": protected_table(judged, guarded),
    }
    for key, lines in parts.items():
        text = between(text, key, lines)
    return text


def between(text: str, key: str, lines: Sequence[str]) -> str:
    """Put lines between the marks of `key`; ValueError where the text lacks them."""
    begin, end = f"<!-- {key}: written by the command -->\n", f"<!-- /{key} -->"
    head, tail = text.split(begin)
    return head + begin + "\n".join(lines) + end + tail.split(end)[1]


def main(words: Sequence[str] | None = None) -> int:
    """Write docs/false-positives.md; 0 when every unexpected site has its verdict, 1 when not, 2 without a corpus."""
    argparse.ArgumentParser(prog="python -m bench.false_positives", description=__doc__).parse_args(words)
    corpus = Path(os.environ.get("GUARDIAN_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not corpus.is_dir():
        sys.stderr.write(f"{corpus}: no real lists here; set GUARDIAN_CORPUS to their folder\n")
        return 2
    text = page(corpus, PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")
    unjudged = text.count(UNJUDGED.why)
    sys.stdout.write(
        f"{PAGE.relative_to(ROOT)}: written; {unjudged} unexpected sites without a verdict in {VERDICTS.name}\n"
    )
    return 1 if unjudged else 0


if __name__ == "__main__":
    sys.exit(main())
