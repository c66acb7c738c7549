"""A six-year-old follows a link to a betting site; a parent may read what the law says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.flow.conftest import Home


@pytest.mark.parametrize("name", ["1xbet.com", "www.1xbet.com", "a.b.c.1xbet.com", "1XBet.COM"])
def test_the_site_is_not_there_and_the_device_is_told_why(home: Home, name: str) -> None:
    told = home.ask(home.six, name)
    assert (told.rcode, told.addresses, told.error, told.asked) == ("NXDOMAIN", [], (17, "gambling"), ())


@pytest.mark.parametrize("qtype", [1, 28, 5, 15, 16, 65, 255])
def test_no_type_of_record_slips_through(home: Home, qtype: int) -> None:
    told = home.ask(home.six, "1xbet.com", qtype)
    assert (told.rcode, told.asked) == ("NXDOMAIN", ())


def test_the_denial_belongs_to_the_site_and_lasts_seconds(home: Home) -> None:
    (authority,) = home.ask(home.six, "www.1xbet.com").message.authority
    assert authority.name.to_text() == "1xbet.com."
    assert (authority.ttl, authority[0].minimum) == (10, 10)


def test_an_old_device_is_told_without_extras(home: Home) -> None:
    told = home.ask(home.six, "1xbet.com", edns=False)
    assert (told.rcode, told.error, told.message.edns) == ("NXDOMAIN", None, -1)


def test_asking_again_changes_nothing(home: Home) -> None:
    answers = {home.ask(home.six, "1xbet.com").message.to_text() for _ in range(5)}
    assert len(answers) == 1
    assert home.asked == []


def test_every_minor_is_told_the_same_and_a_parent_sees_the_site(home: Home) -> None:
    for device in home.everyone:
        told = home.ask(device, "1xbet.com")
        assert told.rcode == ("NOERROR" if device == home.parent else "NXDOMAIN"), device


def test_help_against_gambling_is_open(home: Home) -> None:
    for device in home.everyone:
        assert home.ask(device, "gamblersanonymous.org").addresses, device
