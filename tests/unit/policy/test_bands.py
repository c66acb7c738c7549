"""What each age band does, read from the table that ships with guardian."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from guardian.lists.catalog import Categories, read_categories
from guardian.model import Action, Band
from guardian.policy.bands import rules_of

FILE: Final = Path(__file__).resolve().parents[3] / "blocklists" / "categories.yaml"
TABLE: Final[Categories] = read_categories(FILE.read_bytes(), FILE.name)


def test_only_the_youngest_are_limited_to_the_allow_list() -> None:
    assert [band for band in Band if rules_of(band, TABLE).allow_only] == [Band.EARLY]


@pytest.mark.parametrize("band", Band)
def test_a_device_that_nobody_named_is_never_limited_to_the_allow_list(band: Band) -> None:
    unknown = rules_of(band, TABLE, known=False)
    assert not unknown.allow_only
    assert unknown == rules_of(band, TABLE)._replace(allow_only=False)


@pytest.mark.parametrize("band", Band)
def test_threats_are_closed_for_everybody(band: Band) -> None:
    rules = rules_of(band, TABLE)
    assert rules.threats == {name for name, category in TABLE.categories.items() if category.threat}
    assert {"malware", "phishing"} <= rules.threats <= rules.closed


@pytest.mark.parametrize("band", Band)
def test_a_pause_leaves_closed_what_harms_and_what_leads_past_guardian(band: Band) -> None:
    rules = rules_of(band, TABLE)
    during = rules.pausing()
    kept = {"malware", "phishing", "encrypted-dns", "bypass"}
    assert during.closed & {"gambling", "adult", *kept} == rules.closed & kept
    assert (during.band, during.allow_only, during.threats) == (rules.band, rules.allow_only, rules.threats)


@pytest.mark.parametrize("band", Band)
def test_what_needs_a_parents_yes_is_closed_and_what_has_hours_is_open(band: Band) -> None:
    closed = rules_of(band, TABLE).closed
    for name, category in TABLE.categories.items():
        assert (name in closed) == (category.bands[band] in {Action.BLOCK, Action.ASK}), name


def test_gambling_is_closed_for_every_minor_and_open_for_adults() -> None:
    assert [band for band in Band if "gambling" not in rules_of(band, TABLE).closed] == [Band.ADULT]
