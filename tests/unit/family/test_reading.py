"""A family comes out of its store as it went in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import StoreError
from guardian.family.decisions import Budget, Choice, Hours, Measure, NameRule
from guardian.family.family import Family, Holiday
from guardian.family.hours import Window
from guardian.family.members import Child, Device
from guardian.family.reading import bits_of, days_of, read_family
from guardian.model import Band
from guardian.store.database import open_store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

LABEL = "abcdefghijklmnop"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "family.sqlite3")
    yield opened
    opened.close()


def test_an_empty_store_is_a_family_that_has_decided_nothing(store: sqlite3.Connection) -> None:
    assert read_family(store) == Family()


def test_everything_that_was_decided_comes_back(store: sqlite3.Connection) -> None:
    store.executescript("""
        INSERT INTO child VALUES (1, '🦊', '6-9', '2027-09', NULL, 'strict', 'abcdefghijklmnop');
        INSERT INTO device VALUES (5, 'tablet', '3c:00:00:00:00:01', NULL, 0, '2026-11');
        INSERT INTO device_child VALUES (5, 1);
        INSERT INTO hours VALUES (2, 1, 'everything', 'bedtime', 31, 1260, 420, 0);
        INSERT INTO choice VALUES (1, 'service:tiktok', 'block');
        INSERT INTO rule VALUES (3, NULL, 'chess.example', 'allow', 'club', 1800000000);
        INSERT INTO measure VALUES (4, 1, 'lesson', 'everything', 1800000000, 'wikipedia.org kiwix.org');
        INSERT INTO budget VALUES (1, 'category:games', 60, '2026-11-24', 1200, NULL);
        INSERT INTO holiday VALUES ('2026-12-24', '2027-01-06', 'winter');
        INSERT INTO setting VALUES ('zone', 'Europe/Rome'), ('unknown_band', '6-9');
    """)
    assert read_family(store) == Family(
        children=(Child(1, "🦊", Band.PRIMARY, "2027-09", None, "strict", LABEL),),
        devices=(Device(5, "tablet", "3c:00:00:00:00:01", None, is_adults=False, children=(1,)),),
        hours=(Hours(2, 1, "everything", "bedtime", Window(frozenset(range(5)), 1260, 420), on_holidays=False),),
        choices=(Choice(1, "service:tiktok", opens=False),),
        rules=(NameRule(3, None, "chess.example", opens=True, reason="club", until=1_800_000_000),),
        measures=(Measure(4, 1, "lesson", "everything", 1_800_000_000, ("wikipedia.org", "kiwix.org")),),
        budgets=(Budget(1, "category:games", 60, "2026-11-24", 1200, None),),
        holidays=(Holiday("2026-12-24", "2027-01-06", "winter"),),
        zone="Europe/Rome",
        unknown_band=Band.PRIMARY,
    )


@pytest.mark.parametrize(
    "nonsense",
    [
        "INSERT INTO setting VALUES ('unknown_band', 'ninety')",
        "INSERT INTO device (name, network, arrived) VALUES ('phone', '192.168.1.300', '2026-11')",
    ],
)
def test_a_store_that_holds_nonsense_is_no_family(store: sqlite3.Connection, nonsense: str) -> None:
    store.execute(nonsense)
    with pytest.raises(StoreError, match="can't be read"):
        read_family(store)


@pytest.mark.parametrize("bits", [1, 31, 96, 127])
def test_days_are_bits_and_bits_are_days(bits: int) -> None:
    assert bits_of(days_of(bits)) == bits
