"""A child searches: the engine's own filter is on, by age, and the page can't switch it off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.world import said

if TYPE_CHECKING:
    from tests.flow.conftest import Home

STRICT, MODERATE = "restrict.youtube.com.", "restrictmoderate.youtube.com."
SAFE = "forcesafesearch.google.com."


def leads_to(home: Home, device: str, name: str, qtype: int = 1) -> str:
    """Give the alias in the answer, empty for none."""
    for one in home.ask(device, name, qtype).message.answer:
        if one.rdtype == 5:
            return str(one[0])
    return ""


@pytest.mark.parametrize("name", ["www.google.com", "www.google.al", "WWW.Google.co.uk"])
def test_search_is_filtered_up_to_fifteen(home: Home, name: str) -> None:
    seen = {device: leads_to(home, device, name) for device in home.everyone}
    assert seen == {
        home.little: "",
        home.six: SAFE,
        "192.168.1.10": SAFE,
        home.teen: SAFE,
        "192.168.1.16": "",
        home.parent: "",
        home.guest: SAFE,
    }
    # the youngest don't search at all
    assert home.ask(home.little, name).error == (17, "")


@pytest.mark.parametrize("name", ["www.youtube.com", "youtubei.googleapis.com"])
def test_videos_are_filtered_more_for_the_younger(home: Home, name: str) -> None:
    seen = {device: leads_to(home, device, name) for device in home.everyone}
    assert seen == {
        home.little: "",
        home.six: STRICT,
        "192.168.1.10": STRICT,
        home.teen: MODERATE,
        "192.168.1.16": "",
        home.parent: "",
        home.guest: "",
    }
    for device in (home.little, home.guest):
        assert home.ask(device, name).addresses == []


def test_the_phone_is_told_that_the_answer_was_changed(home: Home) -> None:
    told = home.ask(home.six, "www.google.com")
    assert (told.rcode, told.error) == ("NOERROR", (4, ""))
    assert told.addresses == [SAFE, "192.0.2.1"]


def test_no_service_record_leads_round_the_filter(home: Home) -> None:
    assert leads_to(home, home.six, "www.google.com", 65) == SAFE
    assert len(home.ask(home.six, "www.google.com", 65).message.answer) == 1


def test_an_engine_without_ipv6_in_its_filter_has_none_for_a_child(home: Home) -> None:
    home.says["duckduckgo.com", 28] = said("duckduckgo.com", "AAAA", "duckduckgo.com AAAA 2001:db8::1")
    home.says["safe.duckduckgo.com", 28] = said("safe.duckduckgo.com", "AAAA")
    assert home.ask(home.parent, "duckduckgo.com", 28).addresses == ["2001:db8::1"]
    assert home.ask(home.six, "duckduckgo.com", 28).addresses == ["safe.duckduckgo.com."]


def test_mail_of_an_engine_is_left_alone(home: Home) -> None:
    for qtype in (15, 16):
        assert leads_to(home, home.six, "bing.com", qtype) == ""
