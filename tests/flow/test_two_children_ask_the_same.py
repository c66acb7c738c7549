"""Two children and a parent ask for one name: the world is asked once, and each hears what is for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.flow.conftest import Home


def test_the_world_is_asked_once_for_all(home: Home) -> None:
    for device in home.everyone[1:]:
        assert home.ask(device, "weather.example").addresses == ["192.0.2.1"]
    assert len(home.asked) == 1


def test_what_the_parent_has_just_opened_stays_closed_for_the_child(home: Home) -> None:
    for _ in range(3):
        assert home.ask(home.parent, "1xbet.com").addresses
        told = home.ask(home.six, "1xbet.com")
        assert (told.rcode, told.error) == ("NXDOMAIN", (17, "gambling"))
        assert home.ask(home.little, "weather.example").error == (17, "")
        assert home.ask(home.parent, "weather.example").addresses


def test_nobody_learns_that_somebody_else_has_asked(home: Home) -> None:
    first = home.ask(home.parent, "weather.example").message.to_text()
    home.now += 37
    assert home.ask(home.six, "weather.example").message.to_text() == first


def test_an_answer_ends_with_its_time_and_is_asked_anew(home: Home) -> None:
    for seconds, asked in ((0, 1), (59, 0), (1, 1), (1, 0)):
        home.now += seconds
        for device, expected in ((home.six, asked), (home.parent, 0)):
            assert len(home.ask(device, "weather.example").asked) == expected


def test_a_name_that_does_not_exist_is_remembered_as_such(home: Home) -> None:
    for device, asked in ((home.six, 1), (home.teen, 0), (home.parent, 0)):
        told = home.ask(device, "nothing.example")
        assert (told.rcode, told.error, len(told.asked)) == ("NXDOMAIN", None, asked)


def test_an_answer_without_time_is_asked_each_time(home: Home) -> None:
    home.ttl = 0
    for _ in range(3):
        assert len(home.ask(home.six, "weather.example").asked) == 1
