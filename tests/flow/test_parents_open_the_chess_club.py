"""A list calls a whole site gambling; the parents' own list opens the chess club in it, and no scam."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.flow.conftest import Home


def test_the_club_is_open_for_every_child_and_the_rest_stays_closed(home: Home) -> None:
    for device in home.everyone:
        assert home.ask(device, "www.chess.club.example").addresses, device
    assert home.ask(home.six, "poker.club.example").error == (17, "gambling")


def test_the_site_above_the_club_is_empty_and_never_gone(home: Home) -> None:
    assert home.ask(home.six, "club.example").rcode == "NOERROR"


def test_no_parents_list_opens_malicious_software(home: Home) -> None:
    for device in home.everyone:
        assert home.ask(device, "www.spyzie.com").error == (15, "malware"), device
