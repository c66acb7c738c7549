"""What has had its time is forgotten day by day, and never by a clock that may be wrong."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from guardian.family.settings import set_setting
from guardian.store.writer import Writer
from guardian.web.home import Home
from guardian.web.sessions import SESSION_DAYS, open_session
from guardian.web.upkeep import tidied

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC).timestamp()
DAY = 86_400


def sessions(store: sqlite3.Connection) -> int:
    return int(store.execute("SELECT count(*) FROM session").fetchone()[0])


def test_a_session_that_is_over_is_forgotten_once_the_clock_is_known(tmp_path: Path) -> None:
    time = [NOON]

    async def look() -> None:
        store = Writer(tmp_path / "family.sqlite3")
        await store.open()
        home = Home(store, tmp_path / "nobody", lambda: time[0])
        await home.keep(lambda store: store.execute("INSERT INTO adult (name, role) VALUES ('Mira', 'parent')"))
        await home.keep(lambda store: open_session(store, 1, int(NOON)))
        assert await tidied(home, lambda _: True, None) == date(2026, 11, 24)
        assert await home.read(sessions) == 1
        time[0] += SESSION_DAYS * DAY
        assert await tidied(home, lambda _: False, date(2026, 11, 24)) == date(2026, 11, 24)
        assert await home.read(sessions) == 1
        assert await tidied(home, lambda _: True, date(2026, 12, 24)) == date(2026, 12, 24)
        assert await home.read(sessions) == 1, "that day is done"
        assert await tidied(home, lambda _: True, date(2026, 11, 24)) == date(2026, 12, 24)
        assert await home.read(sessions) == 0
        await store.close()

    asyncio.run(look())


def test_a_day_begins_at_the_familys_midnight(tmp_path: Path) -> None:
    async def look() -> None:
        store = Writer(tmp_path / "family.sqlite3")
        await store.open()
        home = Home(store, tmp_path / "nobody", lambda: datetime(2026, 11, 24, 23, 30, tzinfo=UTC).timestamp())
        assert await tidied(home, lambda _: True, None) == date(2026, 11, 25)
        await home.keep(lambda store: set_setting(store, "zone", "Europe/London", "Mira", date(2026, 11, 24)))
        assert await tidied(home, lambda _: True, None) == date(2026, 11, 24)
        await store.close()

    asyncio.run(look())


def test_a_zone_that_this_machine_has_not_is_its_own_and_what_is_over_is_forgotten(tmp_path: Path) -> None:
    async def look() -> None:
        store = Writer(tmp_path / "family.sqlite3")
        await store.open()
        home = Home(store, tmp_path / "nobody", lambda: NOON)
        await home.keep(lambda store: store.execute("INSERT INTO setting VALUES ('zone', 'Europe/Atlantis')"))
        assert await tidied(home, lambda _: True, None) == datetime.fromtimestamp(NOON).astimezone().date()
        assert (await home.moment()).tzinfo is not None
        await store.close()

    asyncio.run(look())
