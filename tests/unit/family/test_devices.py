"""Whose the devices are."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import add_child
from guardian.family.devices import MAX_GROUPS, add_device, assign_device, remove_device, rename_device
from guardian.family.log import read_log
from guardian.family.reading import read_family
from guardian.model import Band
from guardian.store.database import transaction

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


@pytest.fixture
def ana(store: sqlite3.Connection, now: datetime) -> int:
    return add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)


@pytest.mark.parametrize(
    ("hardware", "network", "kept"),
    [
        ("3C-22-FB-10-20-30", None, ("3c:22:fb:10:20:30", None)),
        (None, "192.168.1.20", (None, "192.168.1.20")),
        (None, "192.168.1.32/28", (None, "192.168.1.32/28")),
        (None, "FD00::0:7", (None, "fd00::7")),
        ("3c:22:fb:10:20:30", "192.168.1.20/32", ("3c:22:fb:10:20:30", "192.168.1.20")),
    ],
)
def test_a_device_is_known_by_its_hardware_or_its_address(
    store: sqlite3.Connection,
    now: datetime,
    ana: int,
    hardware: str | None,
    network: str | None,
    kept: tuple[str | None, str | None],
) -> None:
    device = add_device(store, "tablet", hardware=hardware, network=network, children=[ana], who="Mira", today=now)
    (found,) = read_family(store).devices
    assert found == (device, "tablet", *kept, False, (ana,))


@pytest.mark.parametrize(
    ("hardware", "network"),
    [
        (None, None),
        ("", ""),
        ("01:00:5e:00:00:01", None),
        ("00:00:00:00:00:00", None),
        ("3c:22:fb", None),
        (None, "192.168.1.20/24"),
        (None, "0.0.0.0/0"),
        (None, "::/0"),
        (None, "router"),
        (None, "fe80::1%eth0/64"),
    ],
)
def test_what_is_no_device_of_a_house_is_refused(
    store: sqlite3.Connection, now: datetime, hardware: str | None, network: str | None
) -> None:
    with pytest.raises(DecisionError):
        add_device(store, "tablet", hardware=hardware, network=network, who="Mira", today=now)
    assert read_family(store).devices == ()


def test_two_devices_are_not_known_by_the_same_address(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    add_device(store, "tablet", hardware="3c:22:fb:10:20:30", children=[ana], who="Mira", today=now)
    with pytest.raises(DecisionError, match="is tablet already"):
        add_device(store, "phone", hardware="3C:22:FB:10:20:30", adult=True, who="Mira", today=now)


def test_a_device_is_an_adults_or_childrens(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    with pytest.raises(DecisionError, match="or children's"):
        add_device(store, "tv", network="192.168.1.7", children=[ana], adult=True, who="Mira", today=now)


def test_an_adults_device_comes_under_a_childs_rules_only_by_a_tap_on_it(
    store: sqlite3.Connection, now: datetime, ana: int
) -> None:
    phone = add_device(store, "phone", network="192.168.1.7", adult=True, who="Mira", today=now)
    with pytest.raises(DecisionError, match="on the device itself"):
        assign_device(store, phone, [ana], who="Mira", today=now)
    assert read_family(store).devices[0].is_adults
    assign_device(store, phone, [ana], on_device=True, who="Mira", today=now)
    assert read_family(store).devices[0][4:] == (False, (ana,))


def test_a_device_that_children_share_is_noted_with_each(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    beni = add_child(store, "Beni", Band.TEEN, None, "Mira", now)
    tv = add_device(store, "tv", network="192.168.1.7", children=[beni, ana, ana], who="Mira", today=now)
    assert read_family(store).devices[0].children == (ana, beni)
    rename_device(store, tv, "televizori", "Mira", now)
    remove_device(store, tv, "Mira", now)
    told = [(line.what.value, line.child) for line in reversed(read_log(store)) if line.what.startswith("device")]
    assert told == [(f"device {did}", child) for did in ("added", "changed", "removed") for child in (ana, beni)]
    with pytest.raises(DecisionError, match="no such device"):
        rename_device(store, tv, "tv", "Mira", now)


def test_a_device_of_a_child_that_is_not_there_is_refused(store: sqlite3.Connection, now: datetime) -> None:
    with pytest.raises(DecisionError, match="no such child"):
        add_device(store, "tv", network="192.168.1.7", children=[9], who="Mira", today=now)


def test_the_log_never_says_the_name_of_a_device(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    add_device(store, "televizori", hardware="3c:22:fb:10:20:30", children=[ana], who="Mira", today=now)
    assert not any("televizori" in line.detail or "3c:22" in line.detail for line in read_log(store))


def test_more_groups_than_there_is_room_for_are_refused_when_they_are_made(
    store: sqlite3.Connection, now: datetime
) -> None:
    children = [add_child(store, f"Child {number}", Band.TEEN, None, "Mira", now) for number in range(20)]
    pairs = list(combinations(children, 2))
    for number, pair in enumerate(pairs[:MAX_GROUPS]):
        hardware = f"3c:22:fb:00:00:{number:02x}"
        add_device(store, "tablet", hardware=hardware, children=pair, who="Mira", today=now)
    with pytest.raises(DecisionError, match="groups"), transaction(store):
        add_device(store, "one more", network="192.168.1.20", children=pairs[-1], who="Mira", today=now)
    add_device(store, "of a group", network="192.168.1.21", children=pairs[0], who="Mira", today=now)
    assert "one more" not in [device.name for device in read_family(store).devices]
