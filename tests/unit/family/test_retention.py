"""What has had its time is forgotten, at its edge and not before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.family.adults import Role, add_adult
from guardian.family.budgets import set_budget, start_budget
from guardian.family.children import add_child
from guardian.family.devices import add_device
from guardian.family.family import Family, Holiday
from guardian.family.log import MAX_LINES, Did, note, read_log
from guardian.family.measures import take_measure
from guardian.family.reading import read_family
from guardian.family.requests import ask, read_requests
from guardian.family.retention import erase_family, tidy
from guardian.family.rules import add_rule
from guardian.family.schedules import set_holidays
from guardian.family.settings import set_setting
from guardian.model import Band
from guardian.store.database import read_store, transaction

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path


@pytest.fixture
def ana(store: sqlite3.Connection, now: datetime) -> int:
    return add_child(store, "Ana", Band.PRIMARY, "2027-09", "Mira", now)


def count(store: sqlite3.Connection, table: str) -> int:
    (found,) = store.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - ours
    return int(found)


def test_rules_and_measures_go_at_their_end(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    until = int(now.timestamp()) + 600
    add_rule(store, ana, "chess.com", opens=True, until=until, who="Mira", now=now)
    add_rule(store, ana, "lichess.org", opens=True, who="Mira", now=now)
    take_measure(store, ana, "off", "everything", until, (), who="Mira", now=now)
    tidy(store, now + timedelta(seconds=599))
    assert (count(store, "rule"), count(store, "measure")) == (2, 1)
    tidy(store, now + timedelta(seconds=600))
    assert [rule.name for rule in read_family(store).rules] == ["lichess.org"]
    assert read_family(store).measures == ()


@pytest.mark.parametrize(("days", "left"), [(6, 1), (7, 0)])
def test_a_request_lives_seven_days(store: sqlite3.Connection, now: datetime, ana: int, days: int, left: int) -> None:
    ask(store, ana, "open", "lichess.org", "", now)
    tidy(store, now + timedelta(days=days))
    assert len(read_requests(store)) == left


@pytest.mark.parametrize(("day", "left"), [("2027-11-24", 1), ("2027-11-25", 0)])
def test_a_line_of_the_log_lives_twelve_months(store: sqlite3.Connection, now: datetime, day: str, left: int) -> None:
    note(store, Did.HOLIDAYS_SET, "Mira", now)
    tidy(store, datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=now.tzinfo))
    assert len(read_log(store)) == left


def test_the_log_has_a_bound(store: sqlite3.Connection, now: datetime) -> None:
    with transaction(store):
        row = ("2026-11-24", "Mira", Did.HOLIDAYS_SET)
        store.executemany("INSERT INTO log (day, who, what) VALUES (?, ?, ?)", [row] * (MAX_LINES + 5))
    note(store, Did.ADULT_ADDED, "Mira", now)
    assert count(store, "log") == MAX_LINES
    assert read_log(store)[0].what is Did.ADULT_ADDED


@pytest.mark.parametrize(("month", "left"), [((2027, 1, 31), 2), ((2027, 2, 1), 1)])
def test_a_device_that_nobody_assigned_is_forgotten_after_three_months(
    store: sqlite3.Connection, now: datetime, month: tuple[int, int, int], left: int
) -> None:
    add_device(store, "?", network="192.168.1.7", who="Mira", today=now)
    add_device(store, "phone", network="192.168.1.8", adult=True, who="Mira", today=now)
    tidy(store, datetime(*month, tzinfo=now.tzinfo))
    assert count(store, "device") == left


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_a_token_that_nobody_used_is_forgotten(store: sqlite3.Connection, now: datetime, days: int, left: int) -> None:
    store.execute("INSERT INTO token VALUES ('d', 'Home Assistant', 'read', '2026-11-24')")
    tidy(store, now + timedelta(days=days))
    assert count(store, "token") == left


def test_sessions_and_claims_go_at_their_end(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    mira = add_adult(store, "Mira", Role.PARENT, None, "Mira", now)
    store.execute("INSERT INTO session VALUES ('d', ?, ?, '')", (mira, int(now.timestamp())))
    store.execute(
        "INSERT INTO claim (digest, child, who, until) VALUES ('d', ?, 'Mira', ?)", (ana, int(now.timestamp()))
    )
    tidy(store, now - timedelta(seconds=1))
    assert (count(store, "session"), count(store, "claim")) == (1, 1)
    tidy(store, now)
    assert (count(store, "session"), count(store, "claim")) == (0, 0)


def test_minutes_of_another_day_are_erased_and_the_limit_stays(
    store: sqlite3.Connection, now: datetime, ana: int
) -> None:
    set_budget(store, ana, "category:games", 60, "Mira", now)
    start_budget(store, ana, "category:games", now)
    tidy(store, now.replace(hour=23, minute=59))
    assert read_family(store).budgets[0].day == "2026-11-24"
    tidy(store, now + timedelta(days=1))
    assert read_family(store).budgets[0][2:] == (60, None, None, None)


def test_holidays_that_are_over_go(store: sqlite3.Connection, now: datetime) -> None:
    set_holidays(store, [Holiday("2026-11-28", "2026-11-29", ""), Holiday("2026-12-24", "2027-01-06", "")], "Mira", now)
    tidy(store, datetime(2026, 12, 31, tzinfo=now.tzinfo))
    assert [holiday.first for holiday in read_family(store).holidays] == ["2026-12-24"]


def test_a_child_that_moved_on_is_written_down_with_a_line(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    tidy(store, datetime(2027, 8, 31, tzinfo=now.tzinfo))
    assert read_family(store).children[0].band is Band.PRIMARY
    tidy(store, datetime(2027, 9, 1, tzinfo=now.tzinfo))
    assert read_family(store).children[0][2:4] == (Band.MIDDLE, "2030-09")
    (line,) = (line for line in read_log(store) if line.what is Did.BAND_GROWN)
    assert line == ("2027-09-01", "guardian", Did.BAND_GROWN, "6-9 10-12", ana)
    tidy(store, datetime(2027, 9, 2, tzinfo=now.tzinfo))
    assert len(read_log(store)) == 2


def test_at_18_a_childs_rules_end_and_its_devices_are_an_adults(store: sqlite3.Connection, now: datetime) -> None:
    beni = add_child(store, "Beni", Band.YOUTH, "2027-03", "Mira", now)
    ana = add_child(store, "Ana", Band.PRIMARY, "2028-09", "Mira", now)
    add_device(store, "phone", network="192.168.1.7", children=[beni], who="Mira", today=now)
    add_device(store, "tv", network="192.168.1.8", children=[beni, ana], who="Mira", today=now)
    add_rule(store, beni, "chess.com", opens=False, who="Mira", now=now)
    tidy(store, datetime(2027, 3, 1, tzinfo=now.tzinfo))
    family = read_family(store)
    assert [child.id for child in family.children] == [ana]
    assert family.rules == ()
    assert [(device.name, *device[4:]) for device in family.devices] == [("phone", True, ()), ("tv", False, (ana,))]
    assert [line.what for line in read_log(store) if line.who == "guardian"] == [Did.GROWN_UP]


def test_a_family_that_is_erased_leaves_nothing_on_the_disk(
    store: sqlite3.Connection, now: datetime, tmp_path: Path
) -> None:
    with transaction(store):
        ana = add_child(store, "shenja", Band.PRIMARY, None, "shenja", now)
        add_adult(store, "shenja", Role.PARENT, "shenja", "shenja", now)
        add_device(store, "shenja", hardware="3c:22:fb:10:20:30", children=[ana], who="shenja", today=now)
        set_setting(store, "zone", "Europe/Rome", "shenja", now)
        for number in range(300):
            add_rule(store, ana, f"shenja{number}.example", opens=True, reason="shenja", who="shenja", now=now)
    erase_family(store)
    assert read_family(store) == Family()
    assert read_log(store) == ()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for marker in (b"shenja", b"3c:22", b"Rome", b"category:", b"rule added"):
        assert marker not in kept


def test_a_reader_who_holds_back_the_erasing_is_told(store: sqlite3.Connection, tmp_path: Path, ana: int) -> None:
    store.execute("PRAGMA busy_timeout = 1")
    reader = read_store(tmp_path / "family.sqlite3")
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM child").fetchall()
    with pytest.raises(StoreError, match="try again"):
        erase_family(store)
    reader.execute("COMMIT")
    erase_family(store)
    assert (read_family(reader), ana) == (Family(), 1)
    reader.close()


def test_what_is_deleted_is_in_no_stale_copy_either(store: sqlite3.Connection, tmp_path: Path) -> None:
    """Pages that are split keep copies of rows, which `secure_delete` alone leaves when the rows go."""
    chance = random.Random(2)
    names: list[str] = []
    gone: list[str] = []
    for _ in range(60):
        with transaction(store):
            for _ in range(chance.randrange(1, 40)):
                if len(names) > 100 or (names and chance.random() < 0.45):
                    gone.append(names.pop(chance.randrange(len(names))))
                    store.execute("DELETE FROM rule WHERE name = ?", (gone[-1],))
                else:
                    names.append(f"{chance.getrandbits(64):016x}{'x' * chance.randrange(150)}")
                    store.execute("INSERT INTO rule (name, action) VALUES (?, 'allow')", (names[-1],))
        kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert not [name for name in gone if name[:16].encode() in kept]
    assert all(name.encode() in kept for name in names)
