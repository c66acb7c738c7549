"""Adults, and the settings of the whole house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.adults import Role, add_adult, read_adults, remove_adult, set_password
from guardian.family.family import DEFAULT_ZONE
from guardian.family.log import read_log
from guardian.family.reading import read_family
from guardian.family.settings import keep, kept, set_setting
from guardian.model import Band
from guardian.store.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def test_the_last_parent_stays(store: sqlite3.Connection, now: datetime) -> None:
    mira = add_adult(store, "Mira", Role.PARENT, "digest", "setup", now)
    add_adult(store, "Mësuesja", Role.TEACHER, "digest", "Mira", now)
    with pytest.raises(DecisionError, match="last parent"), transaction(store):
        remove_adult(store, mira, "Mira", now)
    agim = add_adult(store, "Agim", Role.SECOND_PARENT, "digest", "Mira", now)
    with transaction(store):
        remove_adult(store, mira, "Agim", now)
    assert [adult.id for adult in read_adults(store) if adult.role is not Role.TEACHER] == [agim]


def test_another_password_ends_what_was_signed_in(store: sqlite3.Connection, now: datetime) -> None:
    mira = add_adult(store, "Mira", Role.PARENT, "old", "setup", now)
    store.execute("INSERT INTO session VALUES ('d', ?, 9, '')", (mira,))
    set_password(store, mira, "new", "factor", "Mira", now)
    assert read_adults(store) == ((mira, "Mira", Role.PARENT, "new", "factor"),)
    assert store.execute("SELECT * FROM session").fetchall() == []
    assert "new" not in str(read_log(store))


def test_two_adults_are_not_called_alike(store: sqlite3.Connection, now: datetime) -> None:
    add_adult(store, "Mira", Role.PARENT, None, "setup", now)
    with pytest.raises(DecisionError, match="called Mira already"):
        add_adult(store, "MIRA", Role.PARENT, None, "Mira", now)


def test_a_setting_is_decided_and_given_back(store: sqlite3.Connection, now: datetime) -> None:
    set_setting(store, "zone", "Europe/Rome", "Mira", now)
    set_setting(store, "unknown_band", "10-12", "Mira", now)
    family = read_family(store)
    assert (family.zone, family.unknown_band) == ("Europe/Rome", Band.MIDDLE)
    set_setting(store, "zone", None, "Mira", now)
    set_setting(store, "unknown_band", None, "Mira", now)
    assert (read_family(store).zone, read_family(store).unknown_band) == (DEFAULT_ZONE, None)


@pytest.mark.parametrize("zone", ["", "Tirane", "Europe", "../etc/passwd", "/etc/localtime", "Europe/Tirane\0"])
def test_a_zone_that_is_none_is_refused(store: sqlite3.Connection, now: datetime, zone: str) -> None:
    with pytest.raises(DecisionError, match="Europe/Tirane"):
        set_setting(store, "zone", zone, "Mira", now)


def test_what_no_person_decides_has_no_line_in_the_log(store: sqlite3.Connection) -> None:
    keep(store, "clock_floor", "1795525800")
    keep(store, "clock_floor", "1795525801")
    assert kept(store, "clock_floor") == "1795525801"
    keep(store, "clock_floor", None)
    assert kept(store, "clock_floor") is None
    assert read_log(store) == ()
