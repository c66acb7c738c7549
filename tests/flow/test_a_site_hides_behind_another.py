"""A betting site hides behind an innocent name: where a name leads to counts as asked, for each child by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.engine.world import said

if TYPE_CHECKING:
    from tests.flow.conftest import Home

SHOP = "shop.example"


@pytest.fixture
def home(home: Home) -> Home:
    """Return a home in whose world a shop leads to a betting site, and a school to a content network."""
    alias = f"{SHOP} CNAME"
    home.says[SHOP, 1] = said(SHOP, "A", f"{alias} hidden.1xbet.com.", "hidden.1xbet.com A 192.0.2.7")
    home.says[SHOP, 65] = said(SHOP, "HTTPS", f"{SHOP} HTTPS 1 hidden.1xbet.com. alpn=h2")
    home.says["router.example", 1] = said("router.example", "A", "router.example A 192.168.1.1")
    return home


@pytest.mark.parametrize("qtype", [1, 65])
def test_what_a_parent_has_opened_stays_closed_for_a_child(home: Home, qtype: int) -> None:
    for _ in range(4):
        assert home.ask(home.parent, SHOP, qtype).addresses
        for device in (home.six, home.teen, home.guest):
            told = home.ask(device, SHOP, qtype)
            # the shop itself is not denied: what is below it may be harmless
            assert (told.rcode, told.addresses, told.error) == ("NOERROR", [], (17, "gambling"))
    assert len(home.asked) == 1


def test_a_helpline_stays_open_wherever_it_leads_to(home: Home) -> None:
    home.says["alo116.al", 1] = said("alo116.al", "A", "alo116.al CNAME cdn.1xbet.com.", "cdn.1xbet.com A 192.0.2.8")
    for device in home.everyone:
        assert len(home.ask(device, "alo116.al").addresses) == 2, device


def test_no_name_of_the_world_leads_into_the_house(home: Home) -> None:
    for device in (home.parent, home.six):
        told = home.ask(device, "router.example")
        assert (told.rcode, told.addresses, told.error) == ("NOERROR", [], (15, ""))
