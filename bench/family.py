"""A family of ten children and fifty devices with full schedules, who asks of whom the load generator is one child."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from guardian.family.children import add_child
from guardian.family.choices import choose
from guardian.family.decisions import EVERYTHING, Hours
from guardian.family.devices import add_device
from guardian.family.hours import DAY, Window
from guardian.family.rules import add_rule
from guardian.family.schedules import set_hours
from guardian.model import Band
from guardian.store.database import open_store, transaction

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

CHILDREN, DEVICES = 10, 50
RULES, CHOICES = 20, 20
"""Of each child."""
_EVERY_DAY = frozenset(range(7))
_WHO = "bench"


def found_family(path: Path, now: datetime) -> None:
    """Write the store: the device at 127.0.0.1 is the first child's, whose band closes the bench's list.

    Nobody's hours close everything within six hours of `now`, so that every server must answer alike.
    """
    store = open_store(path)
    try:
        with transaction(store):
            children = [_child(store, number, now) for number in range(CHILDREN)]
            for number in range(1, DEVICES + 1):
                owners = {children[(number - 1) % CHILDREN]}
                owners |= {children[number % CHILDREN]} if number % 7 == 0 else set()
                network = f"127.0.0.{number}"
                add_device(store, f"device {number}", network=network, children=owners, who=_WHO, today=now.date())
    finally:
        store.close()


def _child(store: sqlite3.Connection, number: int, now: datetime) -> int:
    child = add_child(store, f"child {number}", Band.MIDDLE, None, _WHO, now.date())
    far = (now + timedelta(hours=9)).hour * 60
    for day in range(7):
        bedtime = Window(frozenset({day}), far, (far + 360) % DAY)
        set_hours(store, Hours(0, child, EVERYTHING, "bedtime", bedtime, on_holidays=True), _WHO, now.date())
    for subject in ("category:games", "category:social", "category:streaming", "service:youtube", "service:roblox"):
        for start in (0, 8 * 60, 16 * 60):
            window = Window(_EVERY_DAY, start + 15 * (number % 4), start + 400)
            set_hours(store, Hours(0, child, subject, "", window, on_holidays=False), _WHO, now.date())
    for one in range(RULES):
        add_rule(store, child, f"site-{number}-{one}.example", opens=bool(one % 2), who=_WHO, now=now)
    for one in range(CHOICES):
        choose(store, child, f"service:of-{one}", "open" if one % 4 == 0 else "block", _WHO, now.date())
    return child
