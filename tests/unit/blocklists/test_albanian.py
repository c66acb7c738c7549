"""The Albanian that a family reads is spelt as a dictionary spells it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from guardian.lists.catalog import read_catalog, read_protected
from tests.conftest import cannot
from tests.unit.blocklists.pages import CATEGORIES, PUBLIC, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER: Final = ROOT / "blocklists"
OURS: Final = {
    "bastoreve",
    "dibdot",
    "guardian",
    "kriptomonedha",
    "kriptomonedhash",
    "tableti",
    "torrentesh",
    "vetëdëmtim",
    "vetëdëmtimin",
}
"""Right, and in no dictionary yet."""


def _sentences() -> Iterator[str]:
    for category in CATEGORIES.categories.values():
        yield from (category.title.sq, category.child.sq, category.parent.sq)
    for one in PUBLIC.lists:
        yield from (one.title.sq, one.why.sq)
    yield from (left_out.why.sq for left_out in PUBLIC.left_out)
    yield from (
        listed.title.sq for listed in read_catalog((FOLDER / "catalog.yaml").read_bytes(), "catalog.yaml").lists
    )
    protected = read_protected((FOLDER / "protected.yaml").read_bytes(), "protected.yaml")
    yield from sorted({entry.reason.sq.partition(":")[0] for entry in protected.entries})


def _prose(sentence: str) -> str:
    """Leave names of sites and of people out: what has a dot, or a capital."""
    words = sentence.split()
    return " ".join(word for word in words if "." not in word.strip(".,;:()") and word.strip("(").islower())


def _unknown(hunspell: str, text: str) -> list[str]:
    """Return the words that the dictionary has not; the letter before an apostrophe is none."""
    command = [hunspell, "-d", "sq_AL", "-i", "utf-8", "-l"]
    done = subprocess.run(
        command, input=text, capture_output=True, text=True, encoding="utf-8", check=False, timeout=20
    )
    if done.returncode:
        cannot("no Albanian dictionary: see tests/debian-packages.txt")
    return sorted({word for word in done.stdout.split() if len(word) > 1})


def test_every_word_is_in_the_dictionary_or_is_known_to_be_right(program: Callable[[str], str]) -> None:
    text = "\n".join(_prose(sentence) for sentence in _sentences())
    assert len(text) > 5_000
    assert [word for word in _unknown(program("hunspell"), text) if word not in OURS] == []


def test_a_word_without_its_letter_is_found(program: Callable[[str], str]) -> None:
    assert _unknown(program("hunspell"), "femije lojëra") == ["femije"]
