"""Hold the documents to the checkout: a link leads somewhere, and a target that is named exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("docs", "blocklists", "bench", "systemd", "packaging")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.md"))])

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# In backticks, or alone on a line; prose may make what it likes.
TARGET = re.compile(
    r"(?:`|^ {4,}|^\$ )(?:sudo )?make ([a-z]+)|^(?:sudo )?make ([a-z]+)(?: [A-Z]+=\S+)?(?: +#.*)?$", re.MULTILINE
)
LONGEST_RECORD = 60
"""Lines: a page."""


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_document_leads_nowhere_that_is_gone(document: Path) -> None:
    text = document.read_text()
    for link in LINK.findall(text):
        if "://" not in link and not link.startswith(("#", "mailto:")):
            assert (document.parent / link.partition("#")[0]).exists(), f"{document.name}: {link}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_target_that_a_document_names_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for pair in TARGET.findall(document.read_text()) for name in pair if name}
    assert named <= targets, f"{document.name}: make {', '.join(sorted(named - targets))}"


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "adr").glob("*.md")), ids=lambda path: path.name)
def test_a_record_fits_a_page_and_has_its_parts(record: Path) -> None:
    text = record.read_text()
    assert text.count("\n") <= LONGEST_RECORD
    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert parts == ["Context", "Options", "Decision", "Consequences"]


def test_records_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert numbers == list(range(len(numbers)))


@pytest.mark.parametrize(
    "text", ["Type `make nothing`.", "    make nothing   # no", "$ make nothing", "sudo make nothing LAN=1"]
)
def test_a_target_is_seen_however_it_is_written(text: str) -> None:
    assert "nothing" in TARGET.findall(text)[0]


def test_prose_is_not_taken_for_a_target() -> None:
    assert not TARGET.findall("They make it\nmake it do more, and make do.\n")
