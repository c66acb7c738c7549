"""Real lists in every format: each is seen as what it is, and one list says the same in all its formats."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.errors import ListError
from guardian.lists.formats import read_rules
from guardian.lists.text import Report
from guardian.model import Format

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.model import Rule

FORMS = {
    "abp": Format.ADGUARD,
    "abp-browser": Format.ADGUARD,
    "ubo": Format.ADGUARD,
    "wildcard": Format.WILDCARD,
    "dnsmasq": Format.DNSMASQ,
    "unbound": Format.UNBOUND,
    "rpz": Format.RPZ,
    "hosts": Format.HOSTS,
    "domains": Format.DOMAINS,
}
"""What the corpus' table calls a format, and what guardian calls it."""

SEEN_AS = {
    # "Wildcard" is what its names mean; they are written bare, so they cover what is below by the form's default.
    "phishing/jarelllama-scams-light.wildcard.txt": Format.DOMAINS,
    # No list in the sense of its name: prose, or bare names where addresses were expected.
    "edge-cases/stevenblack-ghosts-hosts-text.txt": Format.DOMAINS,
    "edge-cases/stevenblack-ghosts-hosts-mash.txt": Format.DOMAINS,
    "edge-cases/stevenblack-ghosts-hosts-compare.txt": Format.DOMAINS,
    "edge-cases/stevenblack-ghosts-hosts-plain-list.txt": Format.DOMAINS,
}
"""Lists that guardian reads in another form than the corpus' table says, for a reason."""


class Difference(NamedTuple):
    """How many names a list has that its other format lacks, and the other way round; and why."""

    more: int
    fewer: int
    why: str


FAMILIES: dict[str, dict[str, Difference | None]] = {
    "drugs/blp-drugs.hosts.txt.gz": {
        "drugs/blp-drugs.txt.gz": None,
        "drugs/blp-drugs.abp.txt.gz": None,
        "drugs/blp-drugs.dnsmasq.conf.gz": None,
    },
    "ads-trackers/1hosts-lite-2021.hosts.txt.gz": {
        "ads-trackers/1hosts-lite-2021.txt.gz": None,
        "ads-trackers/1hosts-lite-2021.abp.txt.gz": None,
        "ads-trackers/1hosts-lite-2021.dnsmasq.conf.gz": None,
        "ads-trackers/1hosts-lite-2021.wildcard.txt.gz": None,
    },
    "ads-trackers/ph00lt0.txt.gz": {
        "ads-trackers/ph00lt0.hosts.txt.gz": None,
        "ads-trackers/ph00lt0.rpz.zone.gz": None,
        "ads-trackers/ph00lt0.unbound.conf.gz": None,
        "ads-trackers/ph00lt0.wildcard.txt.gz": None,
        "ads-trackers/ph00lt0.ubo.txt.gz": Difference(
            6, 4, "its keeper leaves six names out, and $third-party is ignored"
        ),
    },
    "ads-trackers/nordic.unbound.conf": {
        "ads-trackers/nordic.rpz.zone": None,
        "ads-trackers/nordic.dnsmasq.conf": Difference(
            76, 1, "its keeper writes addresses as names in in-addr.arpa there"
        ),
    },
    "phishing/jarelllama-scams-light.abp.txt.gz": {"phishing/jarelllama-scams-light.wildcard.txt": None},
    "vpn-proxy-doh/hagezi-bypass.txt": {
        f"vpn-proxy-doh/hagezi-bypass.{form}": None
        for form in ("hosts.txt", "abp.txt", "dnsmasq.conf", "wildcard.txt", "unbound.conf")
    },
    "nosafesearch/hagezi-nosafesearch.txt": {
        f"nosafesearch/hagezi-nosafesearch.{form}": None
        for form in ("hosts.txt", "abp.txt", "dnsmasq.conf", "wildcard.txt", "unbound.conf")
    },
    "malware/dandelionsprout.hosts.txt": {
        "malware/dandelionsprout.txt": None,
        "malware/dandelionsprout.agh.txt": Difference(7, 201, "patterns stand for many names, $dnstype=TXT for seven"),
    },
    "social/mullvad-social.txt.gz": {"social/mullvad-social.rpz.zone.gz": None},
    "phishing/gaso-abp.txt": {
        "phishing/gaso-ubo.txt": None,
        "phishing/gaso-pihole.txt": None,
        "phishing/gaso.txt": Difference(0, 294, "web addresses with a path are refused"),
    },
    "phishing/durablenapkin-scam.hosts.txt": {
        "phishing/durablenapkin-scam.abp.txt": Difference(15, 25, "its keeper cuts `www.` there and writes prefixes")
    },
}
"""Lists that come in several formats; None where both close the same names."""


def table(corpus: Path) -> list[tuple[str, str, int]]:
    """Give path, format and number of entries of each row of the corpus' own table."""
    rows = []
    for line in (corpus / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 8 and cells[8].isdigit():
            rows.append((f"{cells[1]}/{cells[2]}", cells[7], int(cells[8])))
    return rows


def read(path: Path, form: Format = Format.AUTO) -> tuple[list[Rule], Report]:
    report = Report(name=path.name, keep=100_000)
    with path.open("rb") as source:
        return list(read_rules(source, form=form, scope=None, report=report)), report


def closed(rules: list[Rule]) -> set[bytes]:
    """Give the names that a list closes by name, without those below another one."""
    names = {rule.name for rule in rules if rule.name and not rule.exception and not rule.cancels}
    return {name for name in names if not any(parent in names for parent in parents(name))}


def parents(name: bytes) -> list[bytes]:
    found = []
    while name[0]:
        name = name[name[0] + 1 :]
        found.append(name)
    return found


def test_every_list_is_seen_in_the_form_that_its_gatherer_names(corpus: Path) -> None:
    rows = [(path, FORMS[form]) for path, form, _ in table(corpus) if form in FORMS]
    assert len(rows) > 200
    wrong = []
    for path, form in rows:
        seen = read(corpus / path)[1].form
        if seen is not SEEN_AS.get(path, form):
            wrong.append(f"{path}: seen as {seen}, its gatherer says {form}")
    print("\nin another form than the table says:", *(f"{path}: {form}" for path, form in SEEN_AS.items()), sep="\n  ")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("first", FAMILIES)
def test_one_list_closes_the_same_names_in_all_its_formats(corpus: Path, first: str) -> None:
    names = closed(read(corpus / first)[0])
    assert names
    for path, difference in FAMILIES[first].items():
        others = closed(read(corpus / path)[0])
        more, fewer = len(others - names), len(names - others)
        print(f"\n{path}: {more} more and {fewer} fewer than {first}{f': {difference.why}' if difference else ''}")
        assert (more, fewer) == ((difference.more, difference.fewer) if difference else (0, 0)), path


def test_what_the_formats_hold_is_read_and_what_is_left_is_told(corpus: Path) -> None:
    """Few lines are refused; the reasons and numbers are printed, for they are what a keeper of a list looks at."""
    for path, form, entries in table(corpus):
        if form not in {"abp", "ubo", "wildcard", "dnsmasq", "unbound", "rpz"} or path.startswith("safesearch/"):
            continue
        rules, report = read(corpus / path)
        why = Counter(str(reason) for _, reason in report.refusals)
        patterns = sum(rule.pattern is not None for rule in rules)
        conditions = sum(rule.condition is not None for rule in rules)
        print(
            f"\n{path}: {len(rules)} rules of {entries} entries ({patterns} patterns, {conditions} conditions), "
            f"{report.ignored} ignored, {report.refused} refused {dict(why.most_common(3))}"
        )
        assert len(rules) + report.ignored + report.refused + report.addresses >= 0.98 * entries
        # The one list made for browsers has paths; they are nothing for names.
        assert report.refused <= max(3, 0.4 * entries if "nocoin" in path else 0.2 * entries)


@pytest.mark.parametrize("form", Format)
def test_any_real_list_may_be_read_as_any_form(corpus: Path, form: Format) -> None:
    """Whoever names the wrong form gets a report full of refusals, never a fault."""
    for path in sorted((corpus / "edge-cases").iterdir()) + sorted((corpus / "ads-trackers").glob("nordic.*")):
        try:
            rules, report = read(path, form)
        except ListError:
            assert path.name.startswith("blns-")
        else:
            assert report.rules == len(rules)


def test_no_list_of_safe_search_rewrites(corpus: Path) -> None:
    for path in sorted((corpus / "safesearch").glob("agh-*.abp.txt")):
        rules, report = read(path)
        assert not rules
        assert {str(reason).partition(":")[0] for _, reason in report.refusals} == {"$dnsrewrite"}
