"""What each band meets by default, row by row as the research on filters and children's rights was read.

Law 1: the left column is the table that the defaults follow; a difference is written down with its reason in
       categories.yaml, and here, or it is a mistake.
"""

from __future__ import annotations

from typing import Final

import pytest

from guardian.model import Action, Band
from tests.unit.blocklists.pages import CATEGORIES, ROOT

CHILDREN: Final = [band for band in Band if band is not Band.ADULT]
B, A, T, O = Action.BLOCK, Action.ASK, Action.TIME, Action.OPEN  # noqa: E741 - the table's own letters
FOLLOWED: Final = {
    "malware": (B, B, B, B, B),
    "phishing": (B, B, B, B, B),
    "cryptojacking": (B, B, B, B, B),
    "ads": (B, B, B, B, B),
    "popups": (B, B, B, B, B),
    "trackers": (B, B, B, B, B),
    "adult": (B, B, B, B, B),
    "gambling": (B, B, B, B, B),
    "violence": (B, B, B, B, A),
    "self-harm": (B, B, B, B, B),
    "drugs": (B, B, B, B, A),
    "alcohol-tobacco": (B, B, B, B, A),
    "weapons": (B, B, B, B, A),
    "hate": (B, B, B, B, A),
    "dating": (B, B, B, B, A),
    "strangers": (B, B, B, B, A),
    "bypass": (B, B, B, A, O),
    "social": (B, B, A, T, O),
    "messaging": (A, T, T, O, O),
    "games": (B, T, T, T, O),
    "streaming": (B, T, T, T, O),
    "ai": (B, B, A, T, O),
    "file-sharing": (B, B, B, A, O),
    "piracy": (B, B, B, A, O),
}
DIFFERENT: Final = {
    "encrypted-dns": (B, B, B, B, B),
    "ai-companions": (B, B, B, A, O),
    "ai-undressing": (B, B, B, B, B),
    "shopping": (B, O, O, O, O),
}
"""Rows that the table has otherwise or not at all."""


@pytest.mark.parametrize("category", [*FOLLOWED, *DIFFERENT])
def test_a_band_meets_what_was_decided_for_it(category: str) -> None:
    bands = CATEGORIES.categories[category].bands
    assert tuple(bands[band] for band in CHILDREN) == {**FOLLOWED, **DIFFERENT}[category]


def test_every_category_is_in_the_table_or_differs_for_a_reason_that_is_written_down() -> None:
    assert set(CATEGORIES.categories) == set(FOLLOWED) | set(DIFFERENT)
    text = (ROOT / "blocklists" / "categories.yaml").read_text(encoding="utf-8")
    for category in DIFFERENT:
        part = text.partition(f"\n  {category}:\n")[2].partition("    bands:")[0]
        assert "    # " in part, category


def test_what_can_be_told_of_a_person_is_never_counted_and_no_category_without_a_risk_is() -> None:
    """Counters hold risks of the network and of the hours, never what a child is curious or in trouble about."""
    assert {name for name, category in CATEGORIES.categories.items() if category.counted} == {
        "malware",
        "phishing",
        "cryptojacking",
        "ads",
        "popups",
        "trackers",
        "gambling",
        "violence",
        "social",
        "messaging",
        "games",
        "streaming",
        "ai",
        "file-sharing",
        "piracy",
    }
