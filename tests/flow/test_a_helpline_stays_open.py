"""A list that closes a helpline, by malice or by mistake, closes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.flow.conftest import Home


@pytest.mark.parametrize("name", ["alo116.al", "www.alo116.al", "chat.www.alo116.al", "childline.org.uk"])
def test_the_helpline_is_open_for_every_child_and_guest(home: Home, name: str) -> None:
    for device in home.everyone:
        told = home.ask(device, name)
        assert (told.rcode, told.addresses, told.error) == ("NOERROR", ["192.0.2.1"], None), device


def test_what_a_protected_site_needs_to_work_is_open_too(home: Home) -> None:
    for device in home.everyone:
        assert home.ask(device, "cdn.kastatic.org").addresses, device


def test_a_list_that_closes_all_above_it_leaves_it_open(home: Home) -> None:
    for name in ("dictionary.cambridge.org", "www.dictionary.cambridge.org", "observator.org.al"):
        assert home.ask(home.six, name).addresses


def test_a_list_closes_no_country_and_nothing_else_that_many_share(home: Home) -> None:
    for name in ("org.al", "anybody.org.al"):
        assert home.ask(home.six, name).error is None


def test_a_closed_name_above_it_is_empty_and_never_gone(home: Home) -> None:
    told = home.ask(home.six, "cambridge.org")
    assert (told.rcode, told.addresses, told.error) == ("NOERROR", [], (17, "gambling"))
    assert told.message.authority
    # The same list's other name has nothing open below it.
    assert home.ask(home.six, "play.example").rcode == "NXDOMAIN"


def test_learning_is_no_malware_because_a_list_says_so(home: Home) -> None:
    for device in home.everyone:
        assert home.ask(device, "sq.wikipedia.org").addresses, device
