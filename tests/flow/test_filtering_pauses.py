"""A parent lets filtering pause: what categories close opens, what protects from harm does not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.cli.house import shipped_categories
from guardian.model import Band
from guardian.policy.bands import rules_of
from guardian.policy.policy import Policy
from guardian.system.paths import blocklists

if TYPE_CHECKING:
    from tests.flow.conftest import Home


@pytest.fixture
def paused(home: Home) -> Home:
    """Return the home while filtering pauses."""
    generation = home.engine.generation
    domains = generation.domains
    policies = {
        profile: Policy(one.rules.pausing(), domains.lists, domains.rows())
        for profile, one in generation.policies.items()
    }
    home.engine.replace(replace(generation, policies=policies))
    return home


def test_what_a_category_closes_opens_for_every_child_but_the_youngest(paused: Home) -> None:
    for device in paused.everyone:
        told = paused.ask(device, "play.example")
        assert bool(told.addresses) == (device != paused.little), device


@pytest.mark.parametrize("name", ["malware.guardian.example", "phishing.guardian.example"])
def test_malicious_software_and_scams_stay_closed(paused: Home, name: str) -> None:
    for device in paused.everyone:
        assert paused.ask(device, name).rcode == "NXDOMAIN"


@pytest.mark.parametrize("name", ["use-application-dns.net", "mask.icloud.com", "dns.google"])
def test_names_that_lead_past_guardian_stay_closed(paused: Home, name: str) -> None:
    for device in (paused.little, paused.six, paused.teen):
        assert not paused.ask(device, name).addresses


def test_safe_search_stays_on(paused: Home) -> None:
    told = paused.ask(paused.six, "www.google.com")
    assert told.asked[0].name == b"\x0fforcesafesearch\x06google\x03com\x00"


def test_the_youngest_still_reach_the_allow_list_alone(paused: Home) -> None:
    assert not paused.ask(paused.little, "a-site-nobody-listed.example").addresses
    assert paused.ask(paused.little, "wikipedia.org").addresses


def test_a_pause_closes_nothing_that_was_open() -> None:
    table = shipped_categories(blocklists())
    for band in Band:
        rules = rules_of(band, table)
        during = rules.pausing()
        assert during.closed <= rules.closed
        assert (during.allow_only, during.threats) == (rules.allow_only, rules.threats)
