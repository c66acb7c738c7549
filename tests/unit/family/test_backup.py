"""A backup holds what a family has decided for good, and comes back to the letter or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from guardian.errors import TrustError
from guardian.family.backup import Backup, SavedAdult, SavedChild, read_backup, saved, write_backup
from guardian.family.growing import grown
from guardian.family.log import Did, read_log
from guardian.family.reading import read_family
from guardian.family.restoring import restore
from guardian.model import Band
from guardian.store.database import open_store, transaction
from tests.unit.family.backups import BACKUP, EMPTY, HOSTILE, HOUSE, LABELS, UP, WHOLE, changed, inside

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

LATER = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "other.sqlite3")
    yield opened
    opened.close()


def restored(store: sqlite3.Connection, backup: Backup) -> None:
    with transaction(store):
        restore(store, backup, "Mira", LATER)


def dump(store: sqlite3.Connection) -> list[str]:
    return list(store.iterdump())


# --- what is in it ----------------------------------------------------------------------------------------------------


def test_a_backup_holds_what_was_decided_for_good(store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    assert saved(store) == BACKUP


KEPT = {
    "child": "name band moves_on safe_search video label",
    "adult": "name role",
    "device": "name hardware network adult",
    "device_child": "device child",
    "hours": "child subject title days starts ends holidays",
    "choice": "child subject action",
    "rule": "child name action reason",
    "budget": "child subject minutes",
    "holiday": "first last title",
    "setting": "key value",
}
LEFT_OUT = {
    "child": "id",
    "adult": "id password second_factor",
    "device": "id arrived",
    "hours": "id",
    "rule": "id until",
    "budget": "day left_seconds running_until",
}


def test_each_column_of_the_store_is_kept_or_left_out_on_purpose(store: sqlite3.Connection) -> None:
    """Whoever adds one decides it here, and in `Backup`."""
    for table, kept in KEPT.items():
        columns = {name for (_, name, *_) in store.execute(f"PRAGMA table_info({table})")}
        assert columns == {*kept.split(), *LEFT_OUT.get(table, "").split()}, table
    tables = {name for (name,) in store.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables - KEPT.keys() == {"measure", "request", "log", "session", "token", "claim", "sqlite_sequence"}


def test_a_backup_comes_back_from_its_text() -> None:
    assert read_backup(write_backup(BACKUP)) == BACKUP


def test_the_backup_of_an_empty_store_is_one(store: sqlite3.Connection) -> None:
    assert read_backup(write_backup(saved(store))) == EMPTY


@pytest.mark.parametrize(
    "word",
    [
        "scrypt-digest",
        "factor-secret",
        "setup-digest",
        "session-digest",
        "form-token",
        "token-digest",
        "token-title",
        "logged-person",
        "asked.example",
        "wish-words",
        "lesson.example",
        "passing.example",
        "for-a-while",
        "1201",
        "1790000001",
        "unnamed",
        "3c:00:00:00:00:07",
    ],
)
def test_what_is_for_a_while_or_lets_somebody_in_is_not_in_it(word: str, store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    assert any(word in line for line in dump(store))
    assert word.encode() not in write_backup(saved(store))


# --- restoring --------------------------------------------------------------------------------------------------------


def test_a_backup_is_restored_on_another_machine(store: sqlite3.Connection, other: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    restored(other, read_backup(write_backup(saved(store))))
    assert saved(other) == BACKUP
    assert other.execute("SELECT password, second_factor FROM adult").fetchall() == [(None, None)] * 2
    assert [line.what for line in read_log(other)] == [Did.BACKUP_RESTORED]


def test_an_empty_backup_leaves_a_family_without_decisions(store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    restored(store, EMPTY)
    assert saved(store) == EMPTY._replace(adults=(SavedAdult("Mira", "parent"),))


def test_what_was_changed_since_is_put_back(store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    before = saved(store)
    store.executescript("""
        UPDATE child SET name = 'swap' WHERE id = 3; UPDATE child SET name = '🦊' WHERE id = 4;
        UPDATE child SET name = 'Beni', band = '16-17', moves_on = '2028-01', safe_search = 'off' WHERE id = 3;
        INSERT INTO child VALUES (9, 'Cen', '0-5', NULL, NULL, NULL, 'cccccccccccccccc');
        UPDATE device SET hardware = '3c:00:00:00:00:99', adult = 1 WHERE id = 5;
        DELETE FROM hours; DELETE FROM choice; DELETE FROM budget; DELETE FROM holiday; DELETE FROM setting;
        INSERT INTO rule VALUES (8, 4, 'new.example', 'block', '', NULL);
    """)
    restored(store, before)
    assert saved(store) == before


def test_a_child_that_is_still_there_keeps_what_a_backup_does_not_hold(store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    restored(store, BACKUP)
    family = read_family(store)
    assert [child.id for child in family.children] == [3, 4]
    assert [(measure.child, measure.names) for measure in family.measures] == [(3, ("lesson.example",))]
    assert [rule.name for rule in family.rules if rule.until] == ["passing.example"]
    assert store.execute("SELECT child, words FROM request").fetchall() == [(3, "wish-words")]
    assert [(line.what, line.child) for line in read_log(store)] == [(Did.BACKUP_RESTORED, None), (Did.CHILD_ADDED, 3)]


def test_who_signs_in_stays_as_it_is_on_this_machine(store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    hostile = BACKUP._replace(adults=(SavedAdult("mira", "second-parent"), SavedAdult("Eve", "parent")))
    restored(store, hostile)
    assert store.execute("SELECT name, role, password, second_factor FROM adult ORDER BY name").fetchall() == [
        ("Eve", "parent", None, None),
        ("Mira", "parent", "scrypt-digest", "factor-secret"),
    ]
    assert store.execute("SELECT digest FROM session").fetchall() == [("session-digest",)]
    assert store.execute("SELECT digest FROM token").fetchall() == [("token-digest",)]
    assert dict(store.execute("SELECT key, value FROM setting WHERE key IN ('setup', 'clock_floor')")) == {
        "setup": "setup-digest",
        "clock_floor": "1790000001",
    }


def test_a_restored_child_has_the_age_that_it_has_by_now(other: sqlite3.Connection) -> None:
    restored(other, EMPTY._replace(children=(SavedChild("Ana", "6-9", "2026-12", None, None, LABELS[0]),)))
    assert [grown(child, LATER).band for child in read_family(other).children] == [Band.MIDDLE]


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_refused_and_changes_nothing(text: bytes, store: sqlite3.Connection) -> None:
    store.executescript(HOUSE)
    before = dump(store)
    with pytest.raises(TrustError):
        restored(store, read_backup(text))
    assert dump(store) == before


def test_as_many_hostile_texts_are_tried_as_were_promised() -> None:
    assert len(set(HOSTILE.values())) >= 50


@pytest.mark.parametrize("cut", range(100))
def test_a_text_cut_off_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(TrustError):
        read_backup(WHOLE[: len(WHOLE) * cut // 100])


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: inside("rules", name=UP), r"rules\[0\]"),
        (lambda: inside("devices", children=["Cen"]), r"devices\[0\] is about a child that this backup does not hold"),
        (lambda: inside("hours", starts=True), r"hours\[0\]\.starts"),
        (lambda: changed(zone=UP), "zone can't be restored: a time zone is written as"),
    ],
)
def test_a_refusal_says_where(make: Callable[[], bytes], place: str, store: sqlite3.Connection) -> None:
    with pytest.raises(TrustError, match=place):
        restored(store, read_backup(make()))
