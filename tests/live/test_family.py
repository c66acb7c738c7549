"""A family decides in its store, and a running guardian answers each child by it, at once and by the clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import dns.asyncquery
import dns.message
import pytest

from guardian.cli.house import open_house
from guardian.control.client import ask as tell
from guardian.control.messages import FamilyChanged, FamilyTaken, Standings, StandingsNow
from guardian.daemon.daemon import Daemon
from guardian.daemon.family import HouseFamily
from guardian.daemon.parts import Parts
from guardian.errors import StoreError
from guardian.family.children import add_child
from guardian.family.decisions import EVERYTHING, Hours
from guardian.family.devices import add_device
from guardian.family.hours import Window
from guardian.family.measures import take_measure
from guardian.family.rules import add_rule
from guardian.family.schedules import set_hours
from guardian.model import Band
from guardian.store.database import open_store, transaction
from guardian.system.paths import State
from tests.live.conftest import Guardian, ask, command

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

ERA, BEN, BOTH, NOBODYS = "127.0.0.31", "127.0.0.32", "127.0.0.33", "127.0.0.34"
SOCIAL, SITE, HELPLINE, LEARNING = "tiktok.com", "games.example", "alo116.al", "wikipedia.org"
TODAY = date(2026, 11, 24)
SECOND = 1.0


@contextmanager
def decided(state: Path) -> Iterator[sqlite3.Connection]:
    """Give the family store for one change."""
    store = open_store(State(state).family)
    try:
        with transaction(store):
            yield store
    finally:
        store.close()


@pytest.fixture
def family(house: Path) -> Path:
    """Let a family of two children and three devices decide; return the state's folder."""
    state = house.parent / "state"
    with decided(state) as store:
        era = add_child(store, "Era", Band.PRIMARY, None, "Mum", TODAY)
        ben = add_child(store, "Ben", Band.YOUTH, None, "Mum", TODAY)
        for name, network, children in (("tablet", ERA, [era]), ("phone", BEN, [ben]), ("console", BOTH, [era, ben])):
            add_device(store, name, network=network, children=children, who="Mum", today=TODAY)
    return state


def is_open(server: Guardian, device: str, name: str) -> bool:
    return bool(ask(server.port, name, device=device).answer)


def change(state: Path) -> float:
    """Say that the store has changed; give the seconds that it took to be in force."""
    before = time.monotonic()
    assert isinstance(tell(State(state).control, FamilyChanged()), FamilyTaken)
    return time.monotonic() - before


def test_each_child_has_its_own_rules_and_a_shared_device_the_strictest(
    house: Path, family: Path, start: Callable[..., Guardian]
) -> None:
    server = start(house).ready()
    assert [is_open(server, device, SOCIAL) for device in (ERA, BEN, BOTH)] == [False, True, False]
    assert all(is_open(server, device, SITE) for device in (ERA, BEN, BOTH))
    with decided(family) as store:
        add_rule(store, 2, SITE, opens=False, who="Dad", now=datetime(2026, 11, 24, tzinfo=UTC))
    assert is_open(server, BEN, SITE)
    assert change(family) < SECOND
    assert [is_open(server, device, SITE) for device in (ERA, BEN, BOTH)] == [True, False, False]


def test_a_device_that_nobody_named_is_as_strict_as_the_youngest_child(
    house: Path, family: Path, start: Callable[..., Guardian]
) -> None:
    house.write_text(house.read_text().replace('unknown_devices: "10-12"', "unknown_devices: adult"))
    server = start(house).ready()
    assert not is_open(server, NOBODYS, SOCIAL)
    assert is_open(server, NOBODYS, SITE)
    assert family.is_dir()


def test_the_internet_is_off_at_once_and_a_helpline_is_not(
    house: Path, family: Path, start: Callable[..., Guardian]
) -> None:
    server = start(house).ready()
    now = datetime.now(UTC)
    with decided(family) as store:
        take_measure(store, 2, "off", EVERYTHING, int(now.timestamp()) + 600, (), who="Dad", now=now)
    assert change(family) < SECOND
    assert [is_open(server, device, SITE) for device in (ERA, BEN, BOTH)] == [True, False, False]
    assert not is_open(server, BEN, LEARNING)
    assert all(is_open(server, device, HELPLINE) for device in (ERA, BEN, BOTH))
    answer = ask(server.port, SITE, device=BEN)
    assert [option.to_text() for option in answer.options if option.otype == 15] == ["EDE 17 (Filtered)"]
    told = tell(State(family).control, Standings())
    assert isinstance(told, StandingsNow)
    by_child = {one.child: one.closed for one in told.children}
    assert [(one.subject, one.why) for one in by_child[2]] == [(EVERYTHING, "off")]
    assert (by_child[1], by_child[None]) == ((), ())


def test_a_store_that_is_damaged_or_gone_leaves_the_last_family_in_force_and_says_so(
    house: Path, family: Path, start: Callable[..., Guardian]
) -> None:
    server = start(house).ready()
    for damage in (b"no store" * 999, b""):
        for beside in family.glob("family.sqlite3*"):
            beside.unlink()
        if damage:
            State(family).family.write_bytes(damage)
        with pytest.raises(StoreError, match="as last read stays in force"):
            tell(State(family).control, FamilyChanged())
        assert [is_open(server, device, SOCIAL) for device in (ERA, BEN, BOTH)] == [False, True, False]
        done = command("status", "--config", house)
        assert done.returncode == 1
        assert "the family as last read stays in force" in done.stdout
    assert "as last read stays in force" in server.log()


def test_a_store_that_can_t_be_read_at_the_start_makes_every_device_as_strict_as_the_youngest(
    house: Path, family: Path, start: Callable[..., Guardian]
) -> None:
    house.write_text(house.read_text().replace('unknown_devices: "10-12"', "unknown_devices: adult"))
    State(family).family.write_bytes(b"no store" * 999)
    server = start(house).ready()
    assert [is_open(server, device, SOCIAL) for device in (BEN, NOBODYS)] == [False, False]
    assert "every device is an unknown one" in server.log()


# --- by the clock -----------------------------------------------------------------------------------------------------

TIRANE = ZoneInfo("Europe/Tirane")
EVENINGS = [
    pytest.param(datetime(2026, 11, 24, 20, 59, 59, 700_000, TIRANE), id="an evening"),
    # the clock goes back at 3:00 in that night, and forward at 2:00 in the other
    pytest.param(datetime(2026, 10, 25, 20, 59, 59, 700_000, TIRANE), id="the day that has 25 hours"),
    pytest.param(datetime(2027, 3, 28, 20, 59, 59, 700_000, TIRANE), id="the day that has 23 hours"),
    pytest.param(datetime(2028, 2, 29, 20, 59, 59, 700_000, TIRANE), id="a leap day"),
]


class Clock:
    """A wall clock that goes on from wherever it is put."""

    def __init__(self, at: datetime) -> None:
        self.put(at)
        self.known = True

    def put(self, at: datetime) -> None:
        self._ahead = at.timestamp() - time.monotonic()

    def __call__(self) -> float:
        return time.monotonic() + self._ahead


async def until(port: int, device: str, *, opened: bool) -> float:
    """Ask until the site is open or closed; give the seconds that it took."""
    began = time.monotonic()
    while time.monotonic() - began < 5:
        query = dns.message.make_query(SITE, "A", use_edns=0)
        answer = await dns.asyncquery.udp(query, "127.0.0.1", timeout=5, port=port, source=device)
        if bool(answer.answer) is opened:
            return time.monotonic() - began
    return float("inf")


@pytest.mark.parametrize("evening", EVENINGS)
def test_bedtime_comes_within_a_second_of_the_wall_clock_and_a_clock_put_back_opens_again(
    house: Path, family: Path, evening: datetime
) -> None:
    with decided(family) as store:
        set_hours(store, Hours(0, 1, EVERYTHING, "bedtime", Window(frozenset(range(7)), 1260, 420), True), "Mum", TODAY)
    # guardian starts in its own time: the evening waits for it
    clock = Clock(evening.replace(minute=30))
    found = open_house(str(house))
    parts = Parts(found.settings, found.state, found.categories, found.safe_search, lambda: memoryview(b""))

    async def story() -> None:
        daemon = Daemon(parts, family=HouseFamily(found.state.family, clock, lambda *_: clock.known))
        serving = asyncio.create_task(daemon.serve())
        try:
            port = daemon.endpoint.port
            assert await until(port, ERA, opened=True) < SECOND
            clock.put(evening)
            assert await until(port, ERA, opened=False) < 0.3 + SECOND
            assert clock() >= evening.replace(hour=21, minute=0, second=0, microsecond=0).timestamp()
            clock.put(evening.replace(hour=18))
            assert await until(port, ERA, opened=True) <= SECOND + 0.2
            clock.put(evening.replace(hour=23))
            assert await until(port, ERA, opened=False) <= SECOND + 0.2
            clock.put(evening.replace(hour=12))
            assert await until(port, ERA, opened=True) <= SECOND + 0.2
            clock.known = False
            assert await until(port, ERA, opened=False) <= SECOND + 0.2
            assert await until(port, BEN, opened=True) < SECOND
        finally:
            daemon.stop()
            await serving

    asyncio.run(story())
