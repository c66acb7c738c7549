"""A child of six goes to bed: the internet closes, and what must never close stays open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from guardian.cli.house import shipped_categories
from guardian.engine.engine import Engine
from guardian.family.standing import Standing
from guardian.model import Band, Reason
from guardian.policy.children import rules_now
from guardian.policy.policy import Policy
from guardian.system.paths import blocklists
from tests.flow.conftest import Home

if TYPE_CHECKING:
    from guardian.engine.generation import Generation

EVERYTHING: Final = "everything"
SIX: Final = Standing(Band.PRIMARY)


def home_of(rules: Generation, standing: Standing) -> Home:
    """Give the home in which this holds for the child of six."""
    made = rules_now(standing, shipped_categories(blocklists()), frozenset())
    policy = Policy(made, rules.domains.lists, rules.domains.rows())
    return Home(Engine(replace(rules, policies={**rules.policies, Band.PRIMARY.value: policy})))


@pytest.fixture
def bedtime(rules: Generation) -> Home:
    """Return the home at bedtime."""
    return home_of(rules, SIX._replace(timed=((EVERYTHING, Reason.HOURS),)))


@pytest.mark.parametrize("name", ["somewhere.example", "www.wikipedia.org", "tiktok.com", "gambling.guardian.example"])
def test_at_bedtime_every_site_is_closed_and_said_to_be_filtered(bedtime: Home, name: str) -> None:
    told = bedtime.ask(Home.six, name)
    assert (told.addresses, told.asked) == ([], ())
    assert told.error is not None
    assert told.error[0] == 17
    assert bedtime.ask(Home.teen, "somewhere.example").addresses


def test_a_helpline_the_printer_and_the_phones_own_services_are_reached_at_any_hour(bedtime: Home) -> None:
    assert bedtime.ask(Home.six, "alo116.al").addresses
    assert bedtime.ask(Home.six, "printer.home.lan").addresses == ["192.168.1.9"]
    assert bedtime.ask(Home.six, "pool.ntp.org").addresses


def test_closed_is_no_denial_so_the_morning_finds_every_name_again(bedtime: Home) -> None:
    assert bedtime.ask(Home.six, "somewhere.example").rcode == "NOERROR"


def test_what_a_parent_allowed_stays_open_at_bedtime_with_where_it_leads(rules: Generation) -> None:
    allowed = SIX._replace(timed=((EVERYTHING, Reason.HOURS),), allows=frozenset({"story.example"}))
    home = home_of(rules, allowed)
    assert home.ask(Home.six, "read.story.example").addresses
    assert not home.ask(Home.six, "somewhere.example").addresses


def test_games_have_their_hours_and_the_rest_goes_on(rules: Generation) -> None:
    home = home_of(rules, SIX._replace(timed=(("category:ads", Reason.HOURS), ("service:tiktok", Reason.HOURS))))
    assert not home.ask(Home.six, "tiktok.com").addresses
    assert home.ask(Home.six, "somewhere.example").addresses


def test_a_service_that_a_family_opens_is_open_though_its_kind_is_closed(rules: Generation) -> None:
    assert not home_of(rules, SIX).ask(Home.six, "tiktok.com").addresses
    home = home_of(rules, SIX._replace(choices=(("service:tiktok", True),)))
    assert home.ask(Home.six, "www.tiktok.com").addresses
    assert not home.ask(Home.six, "instagram.com").addresses


def test_a_lesson_opens_its_own_sites_alone(rules: Generation) -> None:
    lesson = SIX._replace(timed=((EVERYTHING, Reason.LESSON),), lesson=frozenset({"fractions.example"}))
    home = home_of(rules, lesson)
    assert home.ask(Home.six, "www.fractions.example").addresses
    assert not home.ask(Home.six, "somewhere.example").addresses
    assert home.ask(Home.six, "alo116.al").addresses


def test_a_scam_is_opened_by_no_service_no_lesson_and_no_pause(rules: Generation) -> None:
    scam = "phishing.guardian.example"
    for standing in (
        SIX._replace(lesson=frozenset({scam}), timed=((EVERYTHING, Reason.LESSON),)),
        SIX._replace(choices=(("category:phishing", True),)),
        SIX._replace(paused=True),
    ):
        assert not home_of(rules, standing).ask(Home.six, scam).addresses
    assert home_of(rules, SIX._replace(allows=frozenset({scam}))).ask(Home.six, scam).addresses


def test_a_family_can_open_the_allow_list_alone_and_a_category_and_close_another(rules: Generation) -> None:
    home = home_of(rules, SIX._replace(choices=((EVERYTHING, False),)))
    assert not home.ask(Home.six, "somewhere.example").addresses
    home = home_of(rules, SIX._replace(choices=(("category:gambling", True), ("category:malware", True))))
    assert home.ask(Home.six, "gambling.guardian.example").addresses
    assert not home.ask(Home.six, "malware.guardian.example").addresses


def test_a_pause_for_one_child_lifts_what_its_band_closes_and_not_its_bedtime(rules: Generation) -> None:
    paused = SIX._replace(paused=True, blocks=frozenset({"story.example"}))
    home = home_of(rules, paused)
    assert home.ask(Home.six, "gambling.guardian.example").addresses
    assert home.ask(Home.six, "story.example").addresses
    home = home_of(rules, paused._replace(timed=((EVERYTHING, Reason.HOURS),)))
    assert not home.ask(Home.six, "gambling.guardian.example").addresses


def test_at_bedtime_no_name_has_an_address_that_leads_nowhere_for_some_would_switch_encrypted_dns_on(
    blank_home: Home,
) -> None:
    home = home_of(blank_home.engine.generation, SIX._replace(timed=((EVERYTHING, Reason.HOURS),)))
    for name in ("use-application-dns.net", "a-canary-of-tomorrow.example"):
        assert home.ask(Home.six, name).addresses == []
    assert blank_home.ask(Home.six, "gambling.guardian.example").addresses == ["0.0.0.0"]
