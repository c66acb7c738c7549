"""A parent decides at the command line, and the guardian that runs answers by it as soon as the command returns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from guardian.cli.main import main
from tests.live.conftest import Guardian, ask

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ANA, BENI, GUEST = "127.0.0.41", "127.0.0.42", "127.0.0.43"
SITE, HELPLINE, SOCIAL, GAME = "chess.example", "alo116.al", "tiktok.com", "roblox.com"
IN_FORCE = "in force now"


class Home:
    """A running guardian, and the parent at its terminal."""

    def __init__(self, config: Path, server: Guardian, capsys: pytest.CaptureFixture[str]) -> None:
        self.config = config
        self.server = server
        self._capsys = capsys

    def type(self, *words: str) -> tuple[int, str, str]:
        """Type a command; how it ended and what it said."""
        return main([*words, "--config", str(self.config)]), *self._capsys.readouterr()

    def parent(self, *words: str) -> str:
        """Type a command that must end well; what it said."""
        code, out, err = self.type(*words)
        assert (code, err) == (0, "")
        return out

    def decide(self, *words: str) -> None:
        """Type a command that must be in force when it returns."""
        assert IN_FORCE in self.parent(*words)

    def is_open(self, device: str, name: str) -> bool:
        return bool(ask(self.server.port, name, device=device).answer)


@pytest.fixture
def home(house: Path, start: Callable[..., Guardian], capsys: pytest.CaptureFixture[str]) -> Home:
    """Start a guardian without a family, then add Ana, Beni, and a device of each."""
    home = Home(house, start(house).ready(), capsys)
    for child, band, device in (("Ana", "6-9", ANA), ("Beni", "16-17", BENI)):
        home.decide("children", "add", child, "--band", band)
        home.decide("devices", "add", f"{child}'s tablet", "--network", device, "--child", child)
    return home


def test_children_who_were_added_just_now_have_their_bands(home: Home) -> None:
    assert (home.is_open(ANA, SOCIAL), home.is_open(BENI, SOCIAL), home.is_open(GUEST, SOCIAL)) == (False, True, False)
    home.decide("children", "change", "Beni", "--band", "10-12")
    assert not home.is_open(BENI, SOCIAL)
    home.decide("devices", "assign", "Ana's tablet", "--adult")
    assert home.is_open(ANA, SOCIAL)


def test_hours_close_what_they_name_and_no_helpline(home: Home) -> None:
    home.decide("schedule", "add", "night", "--child", "Beni", "--from", "00:00", "--to", "24:00")
    assert not home.is_open(BENI, SITE)
    assert home.is_open(BENI, HELPLINE)
    assert home.is_open(ANA, SITE)
    assert "everything closed (by its hours)" in home.parent("children", "list")
    home.decide("bonus", "30", "--child", "Beni")
    assert home.is_open(BENI, SITE)
    home.decide("bonus", "--end", "--child", "Beni")
    assert not home.is_open(BENI, SITE)
    home.decide("schedule", "remove", "night")
    assert home.is_open(BENI, SITE)


def test_off_and_a_lesson_hold_for_a_while_and_end_by_a_word(home: Home) -> None:
    home.decide("off", "30", "--child", "Beni", "--only", "roblox")
    assert (home.is_open(BENI, GAME), home.is_open(BENI, SITE)) == (False, True)
    home.decide("off", "30")
    assert [home.is_open(device, SITE) for device in (ANA, BENI, GUEST)] == [False, False, False]
    home.decide("off", "--end")
    assert [home.is_open(device, SITE) for device in (ANA, BENI, GUEST)] == [True, True, True]
    home.decide("lesson", "45", "--site", SITE, "--child", "Ana")
    assert (home.is_open(ANA, SITE), home.is_open(ANA, "other.example")) == (True, False)
    assert f"open for a lesson: {SITE}" in home.parent("children", "list")


def test_a_pause_for_one_child_is_for_that_child_alone(home: Home) -> None:
    home.decide("pause", "10", "--child", "Ana")
    assert (home.is_open(ANA, SOCIAL), home.is_open(GUEST, SOCIAL)) == (True, False)
    assert home.parent("resume") == "filtering is on again\n"
    assert not home.is_open(ANA, SOCIAL)


def test_a_pause_of_the_whole_house_is_for_each_child_and_none_outlives_a_resume(home: Home) -> None:
    home.parent("pause", "10")
    assert [home.is_open(device, SOCIAL) for device in (ANA, BENI, GUEST)] == [True, True, True]
    home.decide("pause", "20", "--child", "Ana")
    assert home.parent("resume") == "filtering is on again\n"
    assert [home.is_open(device, SOCIAL) for device in (ANA, BENI, GUEST)] == [False, True, False]


def test_a_parent_opens_and_closes_by_hand_and_goes_back(home: Home) -> None:
    home.decide("block", SITE, "--child", "Beni")
    home.decide("block", "tiktok", "--child", "Beni")
    home.decide("allow", SOCIAL, "--child", "Ana", "--for", "1h", "--reason", "for school")
    assert (home.is_open(BENI, SITE), home.is_open(BENI, SOCIAL), home.is_open(ANA, SOCIAL)) == (False, False, True)
    for what in (SITE, "tiktok", SOCIAL):
        home.decide("rules", "remove", what)
    assert (home.is_open(BENI, SITE), home.is_open(BENI, SOCIAL), home.is_open(ANA, SOCIAL)) == (True, True, False)


def test_a_childs_request_is_open_once_a_parent_says_yes(home: Home) -> None:
    home.parent("requests", "ask", SOCIAL, "--child", "Ana", "--reason", "a video for school")
    assert not home.is_open(ANA, SOCIAL)
    home.decide("requests", "answer", "1", "--yes", "15m")
    assert home.is_open(ANA, SOCIAL)


def test_minutes_a_day_open_while_they_run(home: Home) -> None:
    games = ("--child", "Beni", "--only", "games")
    home.decide("budget", "set", "60", *games)
    assert not home.is_open(BENI, GAME)
    home.decide("budget", "start", *games)
    assert home.is_open(BENI, GAME)
    home.decide("budget", "stop", *games)
    assert not home.is_open(BENI, GAME)


def test_after_a_wipe_every_device_is_an_unknown_one(home: Home) -> None:
    home.decide("wipe", "--yes")
    assert [home.is_open(device, SOCIAL) for device in (ANA, BENI, GUEST)] == [False, False, False]
    assert json.loads(home.parent("children", "list", "--json")) == {"children": []}


def test_a_damaged_store_is_told_and_the_family_stays_in_force(home: Home) -> None:
    (home.config.parent / "state" / "family.sqlite3").write_bytes(b"no store" * 512)
    for words in (("family", "log"), ("children", "add", "Cela", "--band", "0-5")):
        code, out, err = home.type(*words)
        assert (code, out) == (1, "")
        assert "family.sqlite3" in err
    assert not home.is_open(ANA, SOCIAL)
