"""Put a backup in the place of what a family has decided.

Law 1: all of it or nothing: each part goes through the change that a parent would make by hand, with its bounds, and
       one that is refused refuses the whole.
Law 2: a child that is still there stays the same one; what a backup does not hold (who signs in, requests, measures,
       the log) is left as it is, as far as its child is there.
Law 3: a backup lets nobody in: an adult that it brings has no password, and one who has a password keeps it.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from guardian.errors import DecisionError, TrustError
from guardian.family.adults import Role, add_adult, read_adults
from guardian.family.budgets import set_budget
from guardian.family.children import AS_BAND, ChildChange, add_child, change_child
from guardian.family.choices import choose
from guardian.family.decisions import Hours
from guardian.family.devices import add_device
from guardian.family.family import Holiday
from guardian.family.hours import Window
from guardian.family.log import Did, note
from guardian.family.reading import bits_of, days_of
from guardian.family.rules import add_rule
from guardian.family.schedules import set_holidays, set_hours
from guardian.family.settings import set_setting
from guardian.model import Band
from guardian.store.database import scratch_store, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.family.backup import Backup, SavedChild

_REPLACED = ("device", "hours", "choice", "budget")
_ANY_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing in a backup depends on when it is restored."""
_LABEL: Final = re.compile("[a-z]{16}")


def restore(store: sqlite3.Connection, backup: Backup, who: str, now: datetime) -> None:
    """Restore a backup, inside of a transaction; TrustError with the place of what a family can't decide so."""
    numbers: dict[str | None, int | None] = {None: None}
    _clear(store, {child.label for child in backup.children})
    (before,) = store.execute("SELECT coalesce(max(id), 0) FROM log").fetchone()
    for place, child in enumerate(backup.children):
        with _at("children", place):
            numbers[child.name] = _restore_child(store, child, who, now)
    _restore_household(store, backup, who, now)
    _restore_decisions(store, backup, numbers, who, now)
    # one line says it; those of the single changes would drown the log
    store.execute("DELETE FROM log WHERE id > ?", (before,))
    note(store, Did.BACKUP_RESTORED, who, now)


def rehearse(backup: Backup) -> None:
    """Restore a backup in memory alone; TrustError as `restore`."""
    with contextlib.closing(scratch_store()) as store, transaction(store):
        restore(store, backup, "", _ANY_DAY)


def _clear(store: sqlite3.Connection, labels: set[str]) -> None:
    """Take away what a backup holds; a child of one of these labels stays, and gives up its name."""
    for table in _REPLACED:
        store.execute(f"DELETE FROM {table}")  # noqa: S608 - ours
    store.execute("DELETE FROM rule WHERE until IS NULL")
    store.execute("DELETE FROM adult WHERE password IS NULL")
    for number, label in store.execute("SELECT id, label FROM child").fetchall():
        if label in labels:
            store.execute("UPDATE child SET name = hex(randomblob(16)) WHERE id = ?", (number,))
        else:
            store.execute("DELETE FROM child WHERE id = ?", (number,))


def _restore_child(store: sqlite3.Connection, saved: SavedChild, who: str, now: datetime) -> int:
    band = Band(saved.band)
    if not _LABEL.fullmatch(saved.label):
        raise DecisionError("its label is no sixteen letters")
    row = store.execute("SELECT id FROM child WHERE label = ?", (saved.label,)).fetchone()
    if row is None:
        child = add_child(store, saved.name, band, None, who, now)
    else:
        (child,) = row
        change_child(store, child, ChildChange(saved.name, band), who, now)
    choices = ChildChange(safe_search=saved.safe_search or AS_BAND, video=saved.video or AS_BAND)
    change_child(store, child, choices, who, now)
    if saved.moves_on is not None:
        # a month that has passed is right in a backup: the child is older now
        date.fromisoformat(f"{saved.moves_on}-01")
    store.execute("UPDATE child SET moves_on = ?, label = ? WHERE id = ?", (saved.moves_on, saved.label, child))
    return int(child)


def _restore_household(store: sqlite3.Connection, backup: Backup, who: str, now: datetime) -> None:
    there = {adult.name.casefold() for adult in read_adults(store)}
    for place, adult in enumerate(backup.adults):
        with _at("adults", place):
            role = Role(adult.role)
            if adult.name.casefold() not in there:
                add_adult(store, adult.name, role, None, who, now)
    with _at("holidays"):
        set_holidays(store, (Holiday(*one) for one in backup.holidays), who, now)
    with _at("zone"):
        set_setting(store, "zone", backup.zone, who, now)
    with _at("unknown_band"):
        set_setting(store, "unknown_band", backup.unknown_band, who, now)


def _restore_decisions(
    store: sqlite3.Connection, backup: Backup, numbers: dict[str | None, int | None], who: str, now: datetime
) -> None:
    children = {name: number for name, number in numbers.items() if number is not None}
    for place, device in enumerate(backup.devices):
        with _at("devices", place):
            users = [children[name] for name in device.children]
            known = {"hardware": device.hardware, "network": device.network}
            add_device(store, device.name, **known, children=users, adult=device.adult, who=who, today=now)
    for place, hours in enumerate(backup.hours):
        with _at("hours", place):
            window = Window(_days(hours.days), hours.starts, hours.ends)
            held = Hours(0, numbers[hours.child], hours.subject, hours.title, window, hours.on_holidays)
            set_hours(store, held, who, now)
    for place, choice in enumerate(backup.choices):
        with _at("choices", place):
            choose(store, children[choice.child], choice.subject, "open" if choice.opens else "block", who, now)
    for place, rule in enumerate(backup.rules):
        with _at("rules", place):
            child = numbers[rule.child]
            add_rule(store, child, rule.name, opens=rule.opens, reason=rule.reason, who=who, now=now)
    for place, budget in enumerate(backup.budgets):
        with _at("budgets", place):
            set_budget(store, children[budget.child], budget.subject, budget.minutes, who, now)


def _days(bits: int) -> frozenset[int]:
    days = days_of(bits)
    if bits_of(days) != bits:
        raise DecisionError("these are no days of a week")
    return days


@contextlib.contextmanager
def _at(table: str, place: int | None = None) -> Iterator[None]:
    """Say where in a backup something is that can't be decided so."""
    where = table if place is None else f"{table}[{place}]"
    try:
        yield
    except KeyError as error:
        raise TrustError(f"{where} is about a child that this backup does not hold") from error
    except (DecisionError, sqlite3.IntegrityError, ValueError, OverflowError) as error:
        raise TrustError(f"{where} can't be restored: {error}") from error
