"""Who the children are, and that a child who is removed leaves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import MAX_CHILDREN, ChildChange, add_child, change_child, remove_child, renew_label
from guardian.family.devices import add_device
from guardian.family.log import Did, read_log
from guardian.family.reading import read_family
from guardian.family.requests import ask
from guardian.family.rules import add_rule
from guardian.model import Band
from guardian.store.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime
    from pathlib import Path


def test_a_child_is_a_nickname_a_band_and_a_month(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, "2029-09", "Mira", now)
    (child,) = read_family(store).children
    assert child[:6] == (ana, "Ana", Band.PRIMARY, "2029-09", None, None)
    assert len(child.label) == 16
    assert [line[:4] for line in read_log(store)] == [("2026-11-24", "Mira", Did.CHILD_ADDED, "6-9")]


def test_without_a_month_a_child_moves_on_in_the_middle_of_its_band(store: sqlite3.Connection, now: datetime) -> None:
    for name, band in (("a", Band.EARLY), ("b", Band.PRIMARY), ("c", Band.MIDDLE), ("d", Band.YOUTH)):
        add_child(store, name, band, None, "Mira", now)
    assert [child.moves_on for child in read_family(store).children] == ["2029-11", "2028-11", "2028-05", "2027-11"]


@pytest.mark.parametrize("name", ["ana", "ANA", " Ana "])
def test_two_children_are_not_called_alike(store: sqlite3.Connection, now: datetime, name: str) -> None:
    add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)
    with pytest.raises(DecisionError, match="called Ana already"):
        add_child(store, name, Band.TEEN, None, "Mira", now)


def test_a_child_may_be_written_otherwise(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "ana", Band.PRIMARY, None, "Mira", now)
    change_child(store, ana, ChildChange(name="Ana"), "Mira", now)
    assert read_family(store).children[0].name == "Ana"


def test_an_adult_is_no_child(store: sqlite3.Connection, now: datetime) -> None:
    with pytest.raises(DecisionError, match="adult"):
        add_child(store, "Ana", Band.ADULT, None, "Mira", now)


def test_there_is_room_for_so_many_children(store: sqlite3.Connection, now: datetime) -> None:
    for number in range(MAX_CHILDREN):
        add_child(store, f"{number}", Band.PRIMARY, None, "Mira", now)
    with pytest.raises(DecisionError, match=f"{MAX_CHILDREN} children"):
        add_child(store, "one more", Band.PRIMARY, None, "Mira", now)


def test_a_new_band_has_its_own_month(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, "2027-01", "Mira", now)
    change_child(store, ana, ChildChange(band=Band.MIDDLE), "Mira", now)
    assert read_family(store).children[0][2:4] == (Band.MIDDLE, "2028-05")
    change_child(store, ana, ChildChange(band=Band.TEEN, moves_on="never"), "Mira", now)
    assert read_family(store).children[0][2:4] == (Band.TEEN, None)
    assert [line.detail for line in read_log(store) if line.what is Did.BAND_CHANGED] == ["10-12 13-15", "6-9 10-12"]


def test_a_child_is_changed_as_it_has_grown(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, "2027-01", "Mira", now)
    beni = add_child(store, "Beni", Band.YOUTH, "2027-01", "Mira", now)
    later = now.replace(year=2028)
    change_child(store, ana, ChildChange(moves_on="2030-11"), "Mira", later)
    assert read_family(store).children[0][2:4] == (Band.MIDDLE, "2030-11")
    with pytest.raises(DecisionError, match="Beni is 18"):
        change_child(store, beni, ChildChange(band=Band.EARLY), "Mira", now.replace(year=2029))


def test_safe_search_and_video_are_chosen_and_given_back_to_the_band(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.MIDDLE, None, "Mira", now)
    change_child(store, ana, ChildChange(safe_search="off", video="moderate"), "Mira", now)
    assert read_family(store).children[0][4:6] == ("off", "moderate")
    change_child(store, ana, ChildChange(safe_search="band"), "Mira", now)
    assert read_family(store).children[0][4:6] == (None, "moderate")
    with pytest.raises(DecisionError, match="strict, off, or band"):
        change_child(store, ana, ChildChange(safe_search="moderate"), "Mira", now)


def test_a_child_that_is_removed_leaves_nothing(store: sqlite3.Connection, now: datetime, tmp_path: Path) -> None:
    with transaction(store):
        ana = add_child(store, "Ana-shenja", Band.PRIMARY, None, "Mira", now)
        beni = add_child(store, "Beni", Band.TEEN, None, "Mira", now)
        own = add_device(store, "tableti-shenja", hardware="3c:22:fb:10:20:30", children=[ana], who="Mira", today=now)
        both = add_device(store, "televizori", network="192.168.1.7", children=[ana, beni], who="Mira", today=now)
        add_rule(store, ana, "shenja.example", opens=True, reason="shenja", who="Mira", now=now)
        ask(store, ana, "open", "shenja.example", "shenja", now)
    with transaction(store):
        remove_child(store, ana, "Mira", now)
    family = read_family(store)
    assert [child.id for child in family.children] == [beni]
    assert [(device.id, device.children) for device in family.devices] == [(both, (beni,))]
    assert own != both
    assert b"shenja" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert [line.what for line in read_log(store) if line.child is None] == [Did.CHILD_REMOVED]


def test_the_number_of_a_child_is_not_given_to_another(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)
    remove_child(store, ana, "Mira", now)
    add_child(store, "Beni", Band.PRIMARY, None, "Mira", now)
    with pytest.raises(DecisionError, match="no such child"):
        change_child(store, ana, ChildChange(band=Band.YOUTH), "Mira", now)


def test_a_label_that_was_lost_is_renewed(store: sqlite3.Connection, now: datetime) -> None:
    ana = add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)
    before = read_family(store).children[0].label
    after = renew_label(store, ana, "Mira", now)
    assert after != before
    assert read_family(store).children[0].label == after
