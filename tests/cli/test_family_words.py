"""How a family writes days, times and lengths, whom it means by a name, and how a table stands at a terminal."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from guardian.cli.called import child_called, device_called
from guardian.cli.table import table, width
from guardian.cli.when import (
    clock_in_words,
    days_in_words,
    next_clock,
    read_clock,
    read_days,
    read_minutes,
    until_in_words,
    window_in_words,
)
from guardian.errors import DecisionError
from guardian.family.family import Family
from guardian.family.hours import Window
from guardian.family.members import Child, Device
from guardian.model import Band

TIRANA = ZoneInfo("Europe/Tirane")
EVENING = datetime(2026, 11, 24, 21, 0, 30, tzinfo=TIRANA)
"""A Tuesday."""


def child(number: int, name: str) -> Child:
    return Child(number, name, Band.PRIMARY, None, None, None, "a" * 16)


def device(number: int, name: str, *, hardware: str | None = None, network: str | None = None) -> Device:
    return Device(number, name, hardware, network, is_adults=False, children=())


HOUSE = Family(
    children=(child(1, "Ana"), child(2, "🐻"), child(3, "7")),
    devices=(
        device(1, "tablet", hardware="3c:22:fb:10:20:30"),
        device(2, "tablet", network="192.168.1.20"),
        device(3, "tv", network="192.168.1.32/28"),
    ),
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon", {0}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("Sat, Sun", {5, 6}),
        ("fri-mon", {0, 4, 5, 6}),
        ("monday-wednesday,sunday", {0, 1, 2, 6}),
        ("weekend,wed", {2, 5, 6}),
        ("daily", set(range(7))),
        ("weekdays", set(range(5))),
    ],
)
def test_days_are_read_as_people_write_them(text: str, days: set[int]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize("text", ["", "day", "mon-", "-fri", "mon..fri", "monkey", "1-5", "mon,,tue"])
def test_what_names_no_days_is_told_how_to_name_them(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="mon-fri"):
        read_days(text)


@pytest.mark.parametrize("bits", range(1, 128))
def test_days_in_words_are_read_back_as_the_same_days(bits: int) -> None:
    days = frozenset(day for day in range(7) if bits >> day & 1)
    assert read_days(days_in_words(days)) == days


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("7:05", 425), ("21:30", 1290), ("24:00", 1440)])
def test_a_time_of_day_is_minutes_from_midnight(text: str, minute: int) -> None:
    assert read_clock(text) == minute
    assert read_clock(clock_in_words(minute)) == minute


@pytest.mark.parametrize("text", ["9pm", "21", "21:3", "21:60", "24:01", "25:00", "-1:00", "21:30:00", "²1:00", ""])
def test_what_is_no_time_of_day_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="21:30"):
        read_clock(text)


@pytest.mark.parametrize(
    ("text", "minutes"), [("30", 30), ("30m", 30), ("30min", 30), ("2h", 120), ("1h30", 90), ("1h30m", 90), ("0h5", 5)]
)
def test_a_length_is_minutes_or_hours(text: str, minutes: int) -> None:
    assert read_minutes(text) == minutes


@pytest.mark.parametrize("text", ["", "0", "h", "-5", "1.5h", "soon", "0h", "1h2h"])
def test_what_is_no_length_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="is no length"):
        read_minutes(text)


@pytest.mark.parametrize(
    ("clock", "end"),
    [
        ("21:30", "2026-11-24 21:30"),
        ("21:00", "2026-11-25 21:00"),
        ("07:00", "2026-11-25 07:00"),
        ("24:00", "2026-11-25 00:00"),
    ],
)
def test_until_a_time_means_the_next_time_that_the_clock_shows_it(clock: str, end: str) -> None:
    assert f"{datetime.fromtimestamp(next_clock(read_clock(clock), EVENING), TIRANA):%Y-%m-%d %H:%M}" == end


def test_until_a_time_is_by_the_clock_on_the_wall_when_that_is_put_back() -> None:
    night = datetime(2026, 10, 24, 22, 0, tzinfo=TIRANA)
    assert next_clock(read_clock("07:00"), night) - night.timestamp() == 10 * 3600


@pytest.mark.parametrize(
    ("end", "words"),
    [
        (None, "for good"),
        ("2026-11-24 21:30", "until 21:30"),
        ("2026-11-25 00:00", "until midnight"),
        ("2026-11-25 07:00", "until tomorrow 07:00"),
        ("2026-11-26 07:00", "until Thu 26 Nov 07:00"),
        ("2026-12-01 00:00", "until Tue 1 Dec 00:00"),
        ("2027-01-01 07:00", "until Fri 1 Jan 2027 07:00"),
    ],
)
def test_an_end_is_said_as_a_person_would(end: str | None, words: str) -> None:
    until = None if end is None else int(datetime.fromisoformat(end).replace(tzinfo=TIRANA).timestamp())
    assert until_in_words(until, EVENING) == words


def test_a_window_is_said_with_its_days_and_hours() -> None:
    assert window_in_words(Window(frozenset({0, 1, 2, 3}), 1260, 420)) == "mon-thu 21:00-07:00"


@pytest.mark.parametrize(("word", "number"), [("Ana", 1), ("ana", 1), (" ANA ", 1), ("🐻", 2), ("2", 2), ("7", 3)])
def test_a_child_is_meant_by_its_name_or_else_its_number(word: str, number: int) -> None:
    assert child_called(HOUSE, word).id == number


def test_a_child_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(DecisionError, match="no child is called Anna; children: Ana, 🐻, 7"):
        child_called(HOUSE, "Anna")
    with pytest.raises(DecisionError, match="there are no children yet: guardian children add"):
        child_called(Family(), "Ana")


@pytest.mark.parametrize(
    ("word", "number"),
    [
        ("TV", 3),
        ("3c:22:fb:10:20:30", 1),
        ("3C-22-FB-10-20-30", 1),
        ("192.168.1.20", 2),
        ("192.168.1.32/28", 3),
        ("3", 3),
    ],
)
def test_a_device_is_meant_by_name_hardware_address_or_number(word: str, number: int) -> None:
    assert device_called(HOUSE, word).id == number


def test_two_devices_of_one_name_are_told_apart_by_number() -> None:
    with pytest.raises(DecisionError, match=r"2 devices are called tablet; .* 1 \(3c:22:fb:10:20:30\), 2 \(192\.168"):
        device_called(HOUSE, "tablet")
    with pytest.raises(DecisionError, match="no device is called radio; devices: tablet, tablet, tv"):
        device_called(HOUSE, "radio")
    with pytest.raises(DecisionError, match="there are no devices yet"):
        device_called(Family(), "radio")


def test_a_table_stands_straight_beside_an_emoji() -> None:
    lines = list(table(("NAME", "BAND"), [("Ana", "6-9"), ("🐻", "10-12"), ("👩‍🚀", "0-5"), ("Zoë", "16-17")]))
    assert lines[0].startswith("NAME  BAND")
    assert {
        width(line[: line.index(band)]) for line, band in zip(lines[1:], ("6-9", "10-12", "0-5", "16-17"), strict=True)
    } == {6}
    assert not list(table(("NAME",), []))
