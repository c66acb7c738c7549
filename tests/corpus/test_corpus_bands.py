"""What each band makes of real sites, by the lists that ship with guardian: what others keep open, and what many visit.

Law 1: verdicts come of the compiled set and the band's own policy, as in `guardian dns`.
Law 2: a failure prints each name with its list and category, so that a volunteer can mend the line.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.config.settings import Lists
from guardian.lists.catalog import read_categories
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.text import Report
from guardian.model import Action, Band, Format
from guardian.policy.bands import rules_of
from guardian.policy.policy import Policy
from guardian.system.paths import blocklists
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import label_offsets, to_text, to_wire

if TYPE_CHECKING:
    from guardian.lists.catalog import Categories
    from guardian.lists.set_file import ListInfo

MEANT = Path(__file__).resolve().parents[1] / "unit" / "blocklists" / "top_sites_meant.txt"
RANKINGS = ("top-sites.txt", "top-sites-opendns-10k.txt")
"""In the order of popularity; the other rankings are sorted by name."""
CHILDREN = tuple(band for band in Band if band is not Band.ADULT)
BY_AGE = {"social": "a service that a family opens by age"}
"""Categories of which lists of others to be kept open hold names, and that bands younger than 13 close."""


class Shipped(NamedTuple):
    """The lists that ship with guardian, compiled, and each band's policy over them."""

    domains: DomainSet
    categories: Categories
    policies: dict[Band, Policy]

    def closed_by(self, band: Band, name: bytes) -> ListInfo | None:
        """Give the list that closes a name for a band; None where none does."""
        verdict = self.policies[band].decide(self.domains.find(name, label_offsets(name)))
        return self.domains.lists[verdict.list_index] if verdict.blocked and verdict.list_index >= 0 else None

    def closes(self, band: Band, category: str) -> bool:
        """Say whether a band closes a category."""
        return self.categories.categories[category].bands[band] in {Action.BLOCK, Action.ASK}


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    """Return what ships with guardian."""
    folder = blocklists()
    categories = read_categories((folder / "categories.yaml").read_bytes(), "categories.yaml")
    domains = DomainSet(compile_in_memory(Workshop(folder, Lists())))
    policies = {band: Policy(rules_of(band, categories), domains.lists, domains.rows()) for band in Band}
    return Shipped(domains, categories, policies)


def kept_open(corpus: Path) -> dict[bytes, str]:
    """Give each site that others keep open, and its `www.`, with the file that names it."""
    found: dict[bytes, str] = {}
    for path in sorted((corpus / "allow").iterdir()):
        with path.open("rb") as source:
            names = [rule.name for rule in read_rules(source, form=Format.AUTO, scope=None, report=Report())]
        assert names, f"no names read from {path.name}"
        for name in filter(None, names):
            found.setdefault(name, path.name)
            if len(name) < 250:
                found.setdefault(b"\x03www" + name, path.name)
    return found


def first_thousand(path: Path) -> list[str]:
    with path.open(encoding="utf-8") as ranking:
        return [line.strip() for line in islice(ranking, 1_000)]


def closed(shipped: Shipped, band: Band, names: dict[bytes, str]) -> list[tuple[str, str, str, str]]:
    """Give name, category, list and the file that keeps it open, of each that is closed for a band."""
    found = []
    for name, where in names.items():
        listed = shipped.closed_by(band, name)
        if listed is not None:
            found.append((to_text(name), listed.category, listed.id, where))
    return sorted(found)


def test_no_site_that_others_keep_open_is_closed_from_thirteen_on(corpus: Path, shipped: Shipped) -> None:
    names = kept_open(corpus)
    assert len(names) > 30_000
    for band in (Band.TEEN, Band.YOUTH, Band.ADULT):
        assert closed(shipped, band, names) == [], band


@pytest.mark.parametrize("band", [Band.EARLY, Band.PRIMARY, Band.MIDDLE])
def test_a_younger_child_misses_of_those_only_what_a_family_opens_by_age(
    band: Band, corpus: Path, shipped: Shipped
) -> None:
    found = closed(shipped, band, kept_open(corpus))
    print(
        f"\n{band}: of what others keep open, closed are",
        *(" ".join(row) for row in found if row[0][:4] != "www."),
        sep="\n  ",
    )
    ages = {name for name in shipped.categories.categories if not shipped.closes(Band.TEEN, name)}
    assert [row for row in found if row[1] not in ages] == []
    if band is not Band.EARLY:
        assert {category for _, category, _, _ in found} <= set(BY_AGE)


@pytest.mark.parametrize("band", Band)
@pytest.mark.parametrize("ranking", RANKINGS)
def test_of_the_thousand_most_visited_sites_a_band_closes_only_what_its_categories_mean(
    ranking: str, band: Band, corpus: Path, shipped: Shipped
) -> None:
    lines = [line for line in MEANT.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    meant = dict(line.split() for line in lines)
    sites = first_thousand(corpus / ranking)
    assert len(set(sites)) == 1_000
    met = {site: listed for site in sites if (listed := shipped.closed_by(band, to_wire(site)))}
    print(f"\n{ranking}, {band}: {dict(Counter(listed.category for listed in met.values()))}")
    strange = [
        (site, listed.id, listed.category)
        for site, listed in met.items()
        if meant.get(site) != listed.category or not shipped.closes(band, listed.category)
    ]
    assert strange == []
    # and what a band closes is closed: each meant site of such a category that is in the ranking
    missed = [site for site in sites if site in meant and shipped.closes(band, meant[site]) and site not in met]
    assert missed == []
    assert bool(met) is (band in CHILDREN)
