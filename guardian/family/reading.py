"""Read a family out of its store."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from ipaddress import ip_network
from typing import TYPE_CHECKING

from guardian.errors import StoreError
from guardian.family.decisions import Budget, Choice, Hours, Measure, NameRule
from guardian.family.family import DEFAULT_ZONE, Family, Holiday
from guardian.family.hours import Window
from guardian.family.members import Child, Device
from guardian.model import Band

if TYPE_CHECKING:
    from typing import Any

MAX_ROWS = 10_000
"""Of one table: no family has as many, and a store that has is not a family's."""


def read_family(store: sqlite3.Connection) -> Family:
    """Read the whole family in one transaction; StoreError where the store does not hold one."""
    try:
        store.execute("BEGIN")
        try:
            return _read(store)
        finally:
            store.execute("COMMIT")
    except (sqlite3.Error, ValueError) as error:
        raise StoreError(f"the family store can't be read: {error}") from error


def _read(store: sqlite3.Connection) -> Family:
    settings: dict[str, str] = dict(_rows(store, "SELECT key, value FROM setting"))
    unknown = settings.get("unknown_band")
    return Family(
        children=read_children(store),
        devices=_devices(store),
        hours=_hours(store),
        choices=tuple(
            Choice(child, subject, action == "open")
            for child, subject, action in _rows(store, "SELECT child, subject, action FROM choice")
        ),
        rules=tuple(
            NameRule(number, child, name, action == "allow", reason, until)
            for number, child, name, action, reason, until in _rows(
                store, "SELECT id, child, name, action, reason, until FROM rule ORDER BY id"
            )
        ),
        measures=_measures(store),
        budgets=tuple(
            Budget(*row)
            for row in _rows(store, "SELECT child, subject, minutes, day, left_seconds, running_until FROM budget")
        ),
        holidays=tuple(Holiday(*row) for row in _rows(store, "SELECT first, last, title FROM holiday ORDER BY first")),
        zone=settings.get("zone", DEFAULT_ZONE),
        unknown_band=Band(unknown) if unknown else None,
    )


def read_children(store: sqlite3.Connection) -> tuple[Child, ...]:
    """Give all children."""
    rows = _rows(store, "SELECT id, name, band, moves_on, safe_search, video, label FROM child ORDER BY id")
    return tuple(Child(number, name, Band(band), *rest) for number, name, band, *rest in rows)


def _devices(store: sqlite3.Connection) -> tuple[Device, ...]:
    users: dict[int, list[int]] = defaultdict(list)
    for device, child in _rows(store, "SELECT device, child FROM device_child ORDER BY child"):
        users[device].append(child)
    rows = _rows(store, "SELECT id, name, hardware, network, adult FROM device ORDER BY id")
    for _, _, _, network, _ in rows:
        if network is not None:
            # nonsense is found here, where it costs no answer
            ip_network(network)
    return tuple(
        Device(number, name, hardware, network, bool(adult), tuple(users[number]))
        for number, name, hardware, network, adult in rows
    )


def _hours(store: sqlite3.Connection) -> tuple[Hours, ...]:
    rows = _rows(store, "SELECT id, child, subject, title, days, starts, ends, holidays FROM hours ORDER BY id")
    return tuple(
        Hours(number, child, subject, title, Window(days_of(days), starts, ends), bool(holidays))
        for number, child, subject, title, days, starts, ends, holidays in rows
    )


def _measures(store: sqlite3.Connection) -> tuple[Measure, ...]:
    rows = _rows(store, "SELECT id, child, kind, subject, until, names FROM measure ORDER BY id")
    return tuple(
        Measure(number, child, kind, subject, until, tuple(names.split()))
        for number, child, kind, subject, until, names in rows
    )


def days_of(bits: int) -> frozenset[int]:
    """Give the days of the week, 0 for Monday, that are set in `bits`."""
    return frozenset(day for day in range(7) if bits >> day & 1)


def bits_of(days: frozenset[int]) -> int:
    """Give the days of the week as bits."""
    return sum(1 << day for day in days)


def _rows(store: sqlite3.Connection, statement: str) -> list[Any]:
    rows = store.execute(statement).fetchmany(MAX_ROWS + 1)
    if len(rows) > MAX_ROWS:
        raise StoreError(f"the family store holds more than {MAX_ROWS} rows of a kind: it is not a family's")
    return rows
