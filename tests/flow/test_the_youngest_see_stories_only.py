"""The youngest child sees what somebody chose for it; a guest's phone is no youngest child."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.flow.conftest import Home


def test_a_chosen_site_is_open_with_all_below_it(home: Home) -> None:
    for name in ("pbskids.org", "www.pbskids.org", "akademi.al"):
        assert home.ask(home.little, name).addresses == ["192.0.2.1"]


def test_any_other_site_is_closed_without_being_denied(home: Home) -> None:
    for name in ("news.example", "org", "example"):
        told = home.ask(home.little, name)
        assert (told.rcode, told.addresses, told.error, told.asked) == ("NOERROR", [], (17, ""), ())


def test_what_is_closed_for_a_reason_is_told_with_it(home: Home) -> None:
    assert home.ask(home.little, "1xbet.com").error == (17, "gambling")


def test_the_house_itself_is_always_open(home: Home) -> None:
    assert home.ask(home.little, "printer.home.lan").addresses == ["192.168.1.9"]


def test_a_device_that_nobody_named_is_not_limited_to_stories(home: Home) -> None:
    assert home.ask(home.guest, "news.example").addresses
    assert home.ask(home.guest, "1xbet.com").rcode == "NXDOMAIN"
