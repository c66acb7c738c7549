"""Decide whose the devices are: a child's, several children's, or an adult's."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from guardian.config.values import read_hardware, read_network
from guardian.errors import DecisionError
from guardian.family.children import require_child
from guardian.family.growing import month_of
from guardian.family.log import Did, note
from guardian.family.words import read_name

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from datetime import date

MAX_DEVICES = 512
_LEAST_PREFIX = {4: 8, 6: 16}
"""A network shorter than that is no part of a house."""
MAX_GROUPS = 128
"""Different sets of children who share a device: with every child's own they are as many policies as fit."""


def add_device(
    store: sqlite3.Connection,
    name: str,
    *,
    hardware: str | None = None,
    network: str | None = None,
    children: Collection[int] = (),
    adult: bool = False,
    who: str,
    today: date,
) -> int:
    """Add a device by its hardware address or by its address or network, and give its number.

    `children` are those who use it; `adult` says that it is an adult's. With neither it waits to be assigned.
    """
    (count,) = store.execute("SELECT count(*) FROM device").fetchone()
    if count >= MAX_DEVICES:
        raise DecisionError(f"there are {MAX_DEVICES} devices already; remove some that are gone")
    name = read_name(name, "a device")
    hardware, network = _known_by(store, hardware, network)
    _check_users(store, children, adult=adult)
    (device,) = store.execute(
        "INSERT INTO device (name, hardware, network, adult, arrived) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (name, hardware, network, adult, month_of(today)),
    ).fetchone()
    _give(store, device, children)
    _note(store, Did.DEVICE_ADDED, who, today, children)
    return int(device)


def assign_device(
    store: sqlite3.Connection,
    device: int,
    children: Collection[int],
    *,
    adult: bool = False,
    on_device: bool = False,
    who: str,
    today: date,
) -> None:
    """Say anew whose a device is.

    An adult's device comes under a child's rules only by a tap on the device itself, which is `on_device`.
    """
    was_adults, before = _require_device(store, device)
    _check_users(store, children, adult=adult)
    if was_adults and children and not on_device:
        raise DecisionError("an adult's device gets a child's rules only when that is confirmed on the device itself")
    store.execute("UPDATE device SET adult = ? WHERE id = ?", (adult, device))
    store.execute("DELETE FROM device_child WHERE device = ?", (device,))
    _give(store, device, children)
    _note(store, Did.DEVICE_CHANGED, who, today, {*before, *children})


def rename_device(store: sqlite3.Connection, device: int, name: str, who: str, today: date) -> None:
    """Call a device otherwise."""
    _, children = _require_device(store, device)
    store.execute("UPDATE device SET name = ? WHERE id = ?", (read_name(name, "a device"), device))
    _note(store, Did.DEVICE_CHANGED, who, today, children)


def remove_device(store: sqlite3.Connection, device: int, who: str, today: date) -> None:
    """Forget a device; when it asks again it is an unknown one."""
    _, children = _require_device(store, device)
    store.execute("DELETE FROM device WHERE id = ?", (device,))
    _note(store, Did.DEVICE_REMOVED, who, today, children)


def _require_device(store: sqlite3.Connection, device: int) -> tuple[bool, tuple[int, ...]]:
    row = store.execute("SELECT adult FROM device WHERE id = ?", (device,)).fetchone()
    if row is None:
        raise DecisionError("there is no such device; somebody may have removed it just now")
    rows = store.execute("SELECT child FROM device_child WHERE device = ? ORDER BY child", (device,))
    return bool(row[0]), tuple(child for (child,) in rows)


def _known_by(store: sqlite3.Connection, hardware: str | None, network: str | None) -> tuple[str | None, str | None]:
    if not hardware and not network:
        raise DecisionError("say how the device is known: by its hardware address, or by its address or network")
    try:
        hardware = read_hardware(hardware.strip()) if hardware else None
        subnet = read_network(network.strip()) if network else None
    except ValueError as error:
        raise DecisionError(f"{error}; write 3c:22:fb:10:20:30, or 192.168.1.20, or 192.168.1.0/28") from error
    if subnet and subnet.prefixlen < _LEAST_PREFIX[subnet.version]:
        raise DecisionError(f"{subnet} is more than a house: name the device's address, or a part of the house")
    if subnet:
        network = str(subnet.network_address if subnet.num_addresses == 1 else subnet)
    for column, value in (("hardware", hardware), ("network", network)):
        row = store.execute(f"SELECT name FROM device WHERE {column} = ?", (value,)).fetchone()  # noqa: S608 - ours
        if row is not None:
            raise DecisionError(f"{value} is {row[0]} already: assign that one, or remove it first")
    return hardware, network


def _check_users(store: sqlite3.Connection, children: Collection[int], *, adult: bool) -> None:
    if adult and children:
        raise DecisionError("a device is an adult's or children's; one that they share is the children's")
    for child in children:
        require_child(store, child)


def _give(store: sqlite3.Connection, device: int, children: Collection[int]) -> None:
    store.executemany(
        "INSERT INTO device_child (device, child) VALUES (?, ?)", [(device, child) for child in sorted(set(children))]
    )
    if len(set(children)) > 1 and _count_groups(store) > MAX_GROUPS:
        raise DecisionError(
            f"there are {MAX_GROUPS} different groups of children who share a device already: let this one be of one"
            " child, or of a group that there is"
        )


def _count_groups(store: sqlite3.Connection) -> int:
    users: dict[int, list[int]] = defaultdict(list)
    for device, child in store.execute("SELECT device, child FROM device_child ORDER BY child"):
        users[device].append(child)
    return len({tuple(one) for one in users.values() if len(one) > 1})


def _note(store: sqlite3.Connection, did: Did, who: str, today: date, children: Collection[int]) -> None:
    for child in sorted(set(children)) or (None,):
        note(store, did, who, today, child=child)
