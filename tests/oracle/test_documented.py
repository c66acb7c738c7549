"""Every difference that docs/differences.md admits is there: the server says what the row says, and so do we."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.oracle.documented import Difference, differences
from tests.oracle.ours import Ours
from tests.oracle.peers import Kind, Question, Says, ask_one, serving, version

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.live.authority import Authority

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "differences.md"
ROWS = differences(DOCUMENT)
KNOWN = {
    Kind.HOSTS: {"hosts types"},
    Kind.DNSMASQ: {"one address", "null address", "longest name", "top level"},
    Kind.UNBOUND: {"longest name", "silence", "other data", "top level"},
    Kind.RPZ: {"longest name", "hidden star", "silence", "cut short", "other data", "top level"},
}
"""The differences that we stand by; a new one is a decision, so it is written here by hand as well."""
TRIED = {"dnsmasq": ("2.90",), "unbound": ("1.17.1",)}
"""The versions that the rows were seen with; another one may differ elsewhere."""
NOT_READ = {"top level", "other data", "cut short"}
"""Differences by rules that we refuse or ignore."""
ZONE = "$ORIGIN rpz.invalid.\n@ 300 IN SOA ns.invalid. nobody.invalid. 1 3600 600 86400 60\n@ 300 IN NS ns.invalid.\n"


def test_the_document_admits_just_the_differences_that_we_know() -> None:
    assert {kind: {row.key for row in ROWS if row.kind is kind} for kind in Kind} == KNOWN


def test_a_row_is_a_difference() -> None:
    assert [row for row in ROWS if row.theirs == row.ours] == []


def test_a_row_that_can_not_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "differences.md"
    path.write_text(
        "# x\n\n## dnsmasq\n| a |\n|---|\n| one | `local=/a.example/` | a.example A | open | closed | so |\n"
    )
    with pytest.raises(ValueError, match="can't be read"):
        differences(path)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.key}-{row.asked.name}-{row.asked.qtype}")
def test_a_difference_is_as_the_document_says(
    row: Difference, tmp_path: Path, authority: Authority, program: Callable[[str], str]
) -> None:
    text = (ZONE if row.kind is Kind.RPZ else "") + "\n".join(row.lines) + "\n"
    path = program(row.kind.program)
    with serving(row.kind, path, text, tmp_path, authority) as port:
        theirs = ask_one(port, row.asked, authority)
    ours = Ours(text, row.kind, understood=row.key not in NOT_READ).say(row.asked)
    assert ours is row.ours
    if theirs is not row.theirs and version(path) not in TRIED[row.kind.program]:
        pytest.skip(f"{row.kind.program} {version(path)} says {theirs}; the row was seen with {TRIED}")
    assert theirs is row.theirs


def test_silence_is_told_from_an_answer(tmp_path: Path, authority: Authority, program: Callable[[str], str]) -> None:
    text = 'local-zone: "a.example" static\nlocal-zone: "b.example" deny\n'
    with serving(Kind.UNBOUND, program("unbound"), text, tmp_path, authority) as port:
        told = [ask_one(port, Question(f"{name}.example", "A"), authority) for name in ("a", "b", "c")]
    assert told == [Says.CLOSED, Says.SILENT, Says.OPEN]
