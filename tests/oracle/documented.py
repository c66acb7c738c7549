"""Read the differences that docs/differences.md admits.

Law 1: the document is the table: a row that can't be read is an error, not a row less.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.peers import Kind, Question, Says

if TYPE_CHECKING:
    from pathlib import Path

HEADINGS = {
    "dnsmasq, its hosts file": Kind.HOSTS,
    "dnsmasq": Kind.DNSMASQ,
    "unbound": Kind.UNBOUND,
    "unbound, a policy zone": Kind.RPZ,
}
_CODE = re.compile(r"`([^`]+)`")
_ASKED = re.compile(r"`([a-z.]+)` ([A-Z]+)")


class Difference(NamedTuple):
    """One row."""

    kind: Kind
    key: str
    lines: tuple[str, ...]
    asked: Question
    theirs: Says
    ours: Says
    why: str


def differences(document: Path) -> list[Difference]:
    """Give every row in order; ValueError where one can't be read."""
    rows = []
    for part in document.read_text("utf-8").split("\n## ")[1:]:
        heading, _, text = part.partition("\n")
        lines = [line for line in text.splitlines() if line.startswith("|")]
        rows += [_row(HEADINGS[heading], line) for line in lines[2:]]
    return rows


def _row(kind: Kind, line: str) -> Difference:
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    asked = _ASKED.fullmatch(cells[2]) if len(cells) == 6 else None
    rules = tuple(_CODE.findall(cells[1]))
    if asked is None or not rules or not cells[5]:
        raise ValueError(f"a row that can't be read: {line}")
    return Difference(kind, cells[0], rules, Question(asked[1], asked[2]), Says(cells[3]), Says(cells[4]), cells[5])
