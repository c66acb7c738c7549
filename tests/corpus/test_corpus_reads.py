"""Real lists, read whole: what comes of them is what their gatherer counted."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.errors import ListError
from guardian.lists.formats import read_rules
from guardian.lists.text import Report
from guardian.model import Format, Scope

if TYPE_CHECKING:
    from pathlib import Path

TOLERANCE = 0.02
"""The gatherer counted with a loose reader, so a strict one may differ a little."""


class Form(enum.StrEnum):
    """The forms of the corpus' own table whose entries are names, one by one."""

    HOSTS = "hosts"
    DOMAINS = "domains"
    MIXED = "mixed"


class Listed(NamedTuple):
    """One row of the corpus' table."""

    path: str
    form: str
    entries: int


EXCEPTIONS = {
    # Prose with a few names in it; it tests that a reader finds no names in sentences.
    "edge-cases/stevenblack-ghosts-hosts-text.txt": (0, Format.DOMAINS),
    # Most lines are bare names; the gatherer counted only the ones behind an address and the first of a line.
    "edge-cases/stevenblack-ghosts-hosts-mash.txt": (8, Format.DOMAINS),
    # Bare names under a line of prose that starts with two slashes.
    "edge-cases/stevenblack-ghosts-hosts-compare.txt": (8, Format.DOMAINS),
    # Three bare names, twice; the gatherer expected addresses.
    "edge-cases/stevenblack-ghosts-hosts-plain-list.txt": (3, Format.DOMAINS),
    # AdGuard rules, regular expressions and a single label on purpose, beside 23 names and 4 addresses.
    "edge-cases/blocky-edge_cases.txt": (27, Format.DOMAINS),
}
"""Lists whose count or form differs for a reason: how many names and addresses guardian finds, and the form it sees."""


def table(corpus: Path) -> list[Listed]:
    rows = []
    for line in (corpus / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 8 and cells[8].isdigit():
            rows.append(Listed(f"{cells[1]}/{cells[2]}", cells[7], int(cells[8])))
    return rows


def read(path: Path) -> tuple[int, Report]:
    """Return how many different names a list has, and the report."""
    report = Report(name=path.name)
    with path.open("rb") as source:
        names = {rule.name for rule in read_rules(source, form=Format.AUTO, scope=None, report=report)}
    return len(names), report


def test_every_list_of_hosts_or_domains_gives_what_its_gatherer_counted(corpus: Path) -> None:
    rows = [row for row in table(corpus) if row.form in set(Form)]
    assert len(rows) > 150
    wrong = []
    for row in rows:
        names, report = read(corpus / row.path)
        found = names + report.addresses
        expected, form = EXCEPTIONS.get(row.path, (row.entries, row.form))
        slack = 0 if row.path in EXCEPTIONS else TOLERANCE * expected
        if abs(found - expected) > slack or report.form != form:
            wrong.append(f"{row.path}: {report.form} {found}, expected {form} {expected}; {report.refusals}")
    assert not wrong, "\n".join(wrong)


def test_every_other_list_is_read_or_refused_whole(corpus: Path) -> None:
    refused = []
    for row in table(corpus):
        if row.form in set(Form):
            continue
        report = Report(name=row.path)
        with (corpus / row.path).open("rb") as source:
            try:
                for rule in read_rules(source, form=Format.AUTO, scope=Scope.EXACT, report=report):
                    assert rule.name.endswith(b"\0") or rule.pattern is not None
            except ListError as error:
                refused.append(str(error))
    assert len(refused) == 1, "\n".join(refused)
    assert refused[0].startswith("edge-cases/blns-naughty-strings.txt:115: byte 0x01")


def test_no_rule_is_wider_than_its_line(corpus: Path) -> None:
    for path in ("malware/dandelionsprout.txt", "ai/rooneymcnibnug-root-ai.txt", "phishing/metamask-eth-phishing.txt"):
        _, report = read(corpus / path)
        with (corpus / path).open("rb") as source:
            lines = source.read().removeprefix(b"\xef\xbb\xbf").split(b"\n")
            source.seek(0)
            for rule in read_rules(source, form=Format.AUTO, scope=None, report=Report()):
                name = lines[rule.line - 1].split(b"#")[0].strip().lower()
                if name.isascii() and b" " not in name:
                    assert rule.name.count(b".") == 0
                    assert len(rule.name) == len(name.removeprefix(b"*").strip(b".")) + 2, (path, rule.line)
        assert report.rules > 0


def test_the_corpus_says_nothing_the_report_cannot_hold(corpus: Path) -> None:
    _, report = read(corpus / "malware/dandelionsprout.hosts.txt")
    assert report.title == "💊 Dandelion Sprout's Anti-Malware List («hosts» file version)"
    assert len(report.refusals) == report.refused == 5
    _, report = read(corpus / "ads-trackers/stevenblack-2019-fakenews-gambling-porn-social.hosts.txt.gz")
    assert report.declared == pytest.approx(report.rules, rel=0.01)
