"""What the daemon holds of a family: read well or kept, told by profile, judged once, by a clock that it believes."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from guardian.cli.house import shipped_categories, shipped_safe_search
from guardian.config.settings import Settings
from guardian.control.messages import (
    Explain,
    Explained,
    FamilyChanged,
    FamilyTaken,
    Refused,
    Standings,
    StandingsNow,
)
from guardian.daemon import deciding as deciding_module
from guardian.daemon.deciding import PREPARE_SECONDS, Deciding
from guardian.daemon.family import HouseFamily, standings_of
from guardian.daemon.generation import Judged, generation_of, policies_of, rewrites_of
from guardian.daemon.parts import NOBODY, Parts
from guardian.daemon.pausing import Pausing
from guardian.engine.engine import Engine
from guardian.engine.household import UNKNOWN
from guardian.errors import WireError
from guardian.family.children import add_child
from guardian.family.decisions import EVERYTHING, Hours, NameRule
from guardian.family.devices import add_device
from guardian.family.family import Family
from guardian.family.hours import Window
from guardian.family.members import Child, Device
from guardian.family.schedules import set_hours
from guardian.family.standing import Moment, Standing
from guardian.lists.domain_set import DomainSet
from guardian.model import Band
from guardian.store.database import open_store, transaction
from guardian.system.paths import State, blocklists
from guardian.update.compilation import Workshop, compile_in_memory
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path

    from guardian.engine.generation import Generation

TODAY: Final = date(2026, 11, 24)
EVENING: Final = datetime(2026, 11, 24, 19, 59, 50, tzinfo=UTC)
"""In Tirana it is an hour later."""
BEDTIME: Final = Hours(0, 1, EVERYTHING, "bedtime", Window(frozenset(range(7)), 21 * 60, 7 * 60), on_holidays=True)
FOUND: Final = to_wire("www.google.com")
VIDEO: Final = to_wire("www.youtube.com")


class Clock:
    """A wall clock that stands still."""

    def __init__(self) -> None:
        self.now = EVENING.timestamp()
        self.known = True

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def shipped() -> memoryview:
    """Compile the lists that ship with guardian, once."""
    return compile_in_memory(Workshop(blocklists(), Settings().lists))


@pytest.fixture
def parts(tmp_path: Path, shipped: memoryview) -> Parts:
    """Return the parts of a house without a family yet."""
    tables = shipped_categories(blocklists()), shipped_safe_search(blocklists())
    return Parts(Settings(state=str(tmp_path)), State(tmp_path), *tables, lambda: shipped)


@pytest.fixture
def clock() -> Clock:
    """Return a clock that shows ten seconds before nine in the evening."""
    return Clock()


@pytest.fixture
def house(parts: Parts, clock: Clock) -> HouseFamily:
    """Return the family store of the house, with a child who goes to bed at nine, and one who doesn't."""
    write(parts.state.family, found_family)
    return HouseFamily(parts.state.family, clock, lambda *_: clock.known)


def write(path: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    store = open_store(path)
    try:
        with transaction(store):
            change(store)
    finally:
        store.close()


def found_family(store: sqlite3.Connection) -> None:
    add_child(store, "Era", Band.PRIMARY, None, "Mum", TODAY)
    add_child(store, "Ben", Band.TEEN, None, "Mum", TODAY)
    for name, hardware, children in (("tablet", "3c:22:fb:00:00:01", [1]), ("console", "3c:22:fb:00:00:02", [1, 2])):
        add_device(store, name, hardware=hardware, children=children, who="Mum", today=TODAY)
    set_hours(store, BEDTIME, "Mum", TODAY)


def no_change(generation: Generation) -> Generation:
    return generation


def begun(parts: Parts, house: HouseFamily) -> tuple[Deciding, Engine]:
    """Give an engine and what it decides by, as the daemon begins."""
    house.read()
    parts = house.applied(parts)
    judged = Judged(DomainSet(parts.embedded()))
    engine = Engine(generation_of(parts, judged.domains, judged))
    return Deciding(parts, house, judged, engine, Pausing(engine)), engine


def is_open(engine: Engine, profile: str) -> bool:
    return not engine.generation.policies[profile].decide(None).blocked


# --- profiles ---------------------------------------------------------------------------------------------------------


def test_each_child_each_shared_device_and_the_unknown_ones_have_a_profile(parts: Parts, house: HouseFamily) -> None:
    house.read()
    standings = house.now(Band.MIDDLE).standings
    assert {profile: [one.band.value for one in held] for profile, held in standings.items()} == {
        "child:1": ["6-9"],
        "child:2": ["13-15"],
        "child:1+2": ["6-9", "13-15"],
        "unknown": ["6-9"],
    }
    generation = generation_of(house.applied(parts), DomainSet(parts.embedded()))
    assert generation.policies.keys() == {*(band.value for band in Band), *standings}
    assert generation.household.profile_of("127.0.0.1", "3c:22:fb:00:00:02") == "child:1+2"


def test_a_house_without_a_store_is_as_before(parts: Parts, clock: Clock) -> None:
    empty = HouseFamily(parts.state.family, clock)
    empty.read()
    assert empty.applied(parts).family == NOBODY
    assert (empty.trouble, empty.tells_time()) == ("", True)


@pytest.mark.parametrize("way", ["family.sqlite3", "gone/family.sqlite3"])
def test_a_link_to_a_store_that_is_not_there_is_a_lost_store_and_no_house_without_one(
    tmp_path: Path, parts: Parts, clock: Clock, way: str
) -> None:
    path = tmp_path / "family.sqlite3"
    path.symlink_to(tmp_path / way)
    lost = HouseFamily(path, now=clock)
    lost.read()
    assert "every device is an unknown one" in lost.trouble
    assert lost.applied(parts).family.standings[UNKNOWN] == (Standing(Band.EARLY),)


def test_children_with_the_same_rules_share_a_policy_and_others_do_not(parts: Parts) -> None:
    def child(number: int) -> Child:
        return Child(number, f"child {number}", Band.MIDDLE, None, None, None, "abcdefghijklmnop")

    rule = NameRule(1, 3, "chess.example", opens=True, reason="", until=None)
    family = Family(children=(child(1), child(2), child(3)), rules=(rule,))
    now = NOBODY._replace(family=family, standings=standings_of(family, Moment(EVENING), Band.ADULT))
    policies = policies_of(replace(parts, family=now), DomainSet(parts.embedded()))
    assert policies["child:1"] is policies["child:2"] is policies["10-12"]
    assert policies["child:3"] is not policies["child:1"]


def test_judged_policies_are_kept_within_their_bound_and_those_in_use_stay(parts: Parts) -> None:
    judged = Judged(DomainSet(parts.embedded()), max_policies=7)
    first = policies_of(parts, judged.domains, judged)
    assert policies_of(parts, judged.domains, judged)["6-9"] is first["6-9"]
    policies_of(parts, judged.domains, judged, paused=True)
    assert len(judged._policies) == 7


@pytest.mark.parametrize(
    ("band", "search", "video", "found", "shown"),
    [
        (Band.YOUTH, None, None, None, None),
        (Band.YOUTH, "strict", None, "forcesafesearch.google.com", None),
        (Band.YOUTH, None, "moderate", None, "restrictmoderate.youtube.com"),
        (Band.PRIMARY, "off", "off", None, None),
        (Band.PRIMARY, None, "moderate", "forcesafesearch.google.com", "restrictmoderate.youtube.com"),
    ],
)
def test_a_family_chooses_safe_search_and_video_for_each_child(
    parts: Parts, band: Band, search: str | None, video: str | None, found: str | None, shown: str | None
) -> None:
    standings = {"child:1": (Standing(band, safe_search=search, video=video),)}
    names = rewrites_of(replace(parts, family=NOBODY._replace(standings=standings)))["child:1"]
    assert (names.get(FOUND), names.get(VIDEO)) == (found and to_wire(found), shown and to_wire(shown))


def test_on_a_shared_device_the_strictest_search_and_video_count(parts: Parts) -> None:
    standings = {"child:1+2": (Standing(Band.YOUTH, video="strict"), Standing(Band.TEEN))}
    names = rewrites_of(replace(parts, family=NOBODY._replace(standings=standings)))["child:1+2"]
    assert (names[FOUND], names[VIDEO]) == (to_wire("forcesafesearch.google.com"), to_wire("restrict.youtube.com"))


# --- the store --------------------------------------------------------------------------------------------------------


def test_a_store_that_is_damaged_later_changes_nothing_and_is_told(parts: Parts, house: HouseFamily) -> None:
    house.read()
    before = house.now(Band.MIDDLE)
    parts.state.family.write_bytes(b"rubbish" * 600)
    house.read()
    assert "the family as last read stays in force" in house.trouble
    assert house.now(Band.MIDDLE) == before


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO rule (child, name, action) VALUES (1, 'not..a..name', 'allow')",
        "INSERT INTO rule (child, name, action) VALUES (1, 'al', 'block')",
        "PRAGMA foreign_keys = OFF; INSERT INTO device_child VALUES (1, 99)",
    ],
)
def test_a_store_that_holds_what_nobody_could_have_decided_is_not_taken_in(
    parts: Parts, house: HouseFamily, damage: str
) -> None:
    house.read()
    before = house.now(Band.MIDDLE)
    store = open_store(parts.state.family)
    store.executescript(damage)
    store.close()
    house.read()
    assert "damaged" in house.trouble
    assert house.now(Band.MIDDLE) == before


def test_more_groups_of_children_on_shared_devices_than_fit_are_refused_with_what_to_do(
    parts: Parts, house: HouseFamily
) -> None:
    def share(store: sqlite3.Connection) -> None:
        children = [add_child(store, f"child {number}", Band.MIDDLE, None, "Mum", TODAY) for number in range(20)]
        # as no decision would write it: those refuse so many groups themselves
        for number, pair in enumerate(itertools.combinations(children, 2)):
            device = ("shared", f"3c:22:fb:00:01:{number:02x}", f"{TODAY:%Y-%m}")
            made = store.execute("INSERT INTO device (name, hardware, arrived) VALUES (?, ?, ?)", device).lastrowid
            store.executemany("INSERT INTO device_child VALUES (?, ?)", [(made, child) for child in pair])

    house.read()
    before = house.now(Band.MIDDLE)
    write(parts.state.family, share)
    house.read()
    assert "let some devices be of one child" in house.trouble
    assert house.now(Band.MIDDLE) == before


def test_a_store_unreadable_from_the_start_leaves_no_device_without_a_filter(parts: Parts, clock: Clock) -> None:
    parts.state.family.write_bytes(b"rubbish" * 600)
    lost = HouseFamily(parts.state.family, clock)
    lost.read()
    policies = policies_of(lost.applied(parts), DomainSet(parts.embedded()))
    assert "every device is an unknown one" in lost.trouble
    assert (policies["unknown"].rules.band, policies["unknown"].rules.allow_only) == (Band.EARLY, False)


def test_a_zone_that_this_machine_does_not_know_leaves_its_own(parts: Parts, house: HouseFamily) -> None:
    write(parts.state.family, lambda store: store.execute("INSERT INTO setting VALUES ('zone', 'Nowhere/At-All')"))
    house.read()
    assert house.moment().at.timestamp() == EVENING.timestamp()


# --- by the clock -----------------------------------------------------------------------------------------------------


def test_the_look_at_nine_closes_and_what_changes_is_judged_before(
    parts: Parts, house: HouseFamily, clock: Clock
) -> None:
    async def story() -> None:
        deciding, engine = begun(parts, house)
        await deciding.look(no_change)
        assert (is_open(engine, "child:1"), is_open(engine, "child:1+2")) == (True, True)
        prepared = len(deciding._judged._policies)
        clock.now = EVENING.timestamp() + 2 * PREPARE_SECONDS
        await deciding.look(no_change)
        assert [is_open(engine, one) for one in ("child:1", "child:1+2", "child:2")] == [False, False, True]
        assert len(deciding._judged._policies) == prepared
        unchanged = engine.generation
        await deciding.look(no_change)
        assert engine.generation is unchanged

    asyncio.run(story())


def test_a_change_is_in_force_once_it_is_said_to_be(parts: Parts, house: HouseFamily) -> None:
    async def story() -> None:
        deciding, engine = begun(parts, house)
        all_day = BEDTIME._replace(child=None, window=Window(frozenset(range(7)), 0, 0))
        write(parts.state.family, lambda store: set_hours(store, all_day, "", TODAY))
        assert is_open(engine, "child:2")
        assert await deciding.answer(FamilyChanged(), no_change) == FamilyTaken(2)
        assert [is_open(engine, one) for one in ("child:1", "child:2", "unknown", "13-15")] == [
            False,
            False,
            False,
            True,
        ]
        told = await deciding.answer(Standings(), no_change)
        assert isinstance(told, StandingsNow)
        assert [(one.child, [(part.subject, part.why) for part in one.closed]) for one in told.children] == [
            (number, [(EVERYTHING, "hours")]) for number in (1, 2, None)
        ]

    asyncio.run(story())


def test_until_when_something_is_closed_is_told_in_seconds_of_unix_time(
    parts: Parts, house: HouseFamily, clock: Clock
) -> None:
    async def story() -> None:
        clock.now = EVENING.timestamp() + 10
        deciding, _ = begun(parts, house)
        told = await deciding.answer(Standings(), no_change)
        assert isinstance(told, StandingsNow)
        (closing,) = next(one for one in told.children if one.child == 1).closed
        assert closing.until == int(datetime(2026, 11, 25, 6, 0, tzinfo=UTC).timestamp())

    asyncio.run(story())


def test_a_name_is_explained_by_the_hours_of_another_time_and_nothing_else_changes(
    parts: Parts, house: HouseFamily
) -> None:
    async def story() -> None:
        deciding, engine = begun(parts, house)
        unchanged = engine.generation
        verdicts = {}
        for hour in (20, 21, 22):
            at = int(datetime(2026, 12, 1, hour, tzinfo=ZoneInfo("Europe/Tirane")).timestamp())
            told = await deciding.explain(Explain("somewhere.example", 1, None, None, 1, at))
            assert isinstance(told, Explained)
            verdicts[hour] = (told.walk.verdict, told.walk.reason)
        assert verdicts == {20: ("allow", "default"), 21: ("block", "hours"), 22: ("block", "hours")}
        assert engine.generation is unchanged
        with pytest.raises(WireError):
            await deciding.explain(Explain("somewhere.example", 1, None, None, 1, 1 << 60))

    asyncio.run(story())


def test_with_too_little_memory_the_rules_of_before_stay_and_the_next_look_tries_again(
    parts: Parts, house: HouseFamily, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise MemoryError

    async def story() -> None:
        deciding, engine = begun(parts, house)
        clock.now = EVENING.timestamp() + 10
        with monkeypatch.context() as short:
            short.setattr(deciding_module, "policies_of", full)
            await deciding.look(no_change)
            await deciding.look(no_change)
            assert isinstance(await deciding.answer(FamilyChanged(), no_change), Refused)
            assert is_open(engine, "child:1")
        await deciding.look(no_change)
        assert not is_open(engine, "child:1")

    asyncio.run(story())
    assert [record.message.partition(" to ")[0] for record in caplog.records] == ["too little memory"]


def test_a_new_hour_during_a_pause_of_the_house_is_in_force_when_that_ends(
    parts: Parts, house: HouseFamily, clock: Clock
) -> None:
    async def story() -> None:
        deciding, engine = begun(parts, house)
        await deciding._pausing.begin(5, deciding.parts)
        clock.now = EVENING.timestamp() + 10
        await deciding.look(no_change)
        assert not is_open(engine, "child:1")
        assert deciding._pausing.end()
        assert not is_open(engine, "child:1")
        assert "gambling" in engine.generation.policies["child:2"].rules.closed

    asyncio.run(story())


def test_a_clock_in_doubt_is_told_and_hours_close(parts: Parts, house: HouseFamily, clock: Clock) -> None:
    clock.known = False
    house.read()
    policies = policies_of(house.applied(parts), DomainSet(parts.embedded()))
    assert not house.tells_time()
    assert policies["child:1"].decide(None).blocked
    assert not policies["child:2"].decide(None).blocked


def test_devices_keep_their_profile_order() -> None:
    era = Child(1, "Era", Band.PRIMARY, None, None, None, "abcdefghijklmnop")
    ben = Child(2, "Ben", Band.TEEN, None, None, None, "bcdefghijklmnopq")
    shared = Device(1, "console", "3c:22:fb:00:00:01", None, False, (2, 1))
    standings = standings_of(Family((era, ben), (shared,)), Moment(EVENING), Band.ADULT)
    assert [one.band for one in standings["child:1+2"]] == [Band.PRIMARY, Band.TEEN]
