"""Read what a family has decided, and decide something: at a terminal, by the functions that the family's page uses.

Law 1: a change is whole or not at all; the running guardian is told of it, and it is said whether it is in force.
Law 2: a store that is not there yet is a family that has decided nothing; one that can't be read is a fault.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar

from guardian.control.client import NobodyAnswersError, ask
from guardian.control.messages import FamilyChanged
from guardian.errors import StoreError
from guardian.family.family import Family
from guardian.family.reading import read_family
from guardian.family.retention import tidy
from guardian.family.settings import zone_of
from guardian.store.database import open_store, read_store, transaction
from guardian.system.clock import clock_is_known

if TYPE_CHECKING:
    import sqlite3
    from argparse import Namespace
    from collections.abc import Callable
    from datetime import date

    from guardian.cli.house import House

Result = TypeVar("Result")
WHO: Final = "command line"
"""Who the settings log says it was."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What somebody needs who decides."""

    store: sqlite3.Connection
    """Inside of a transaction."""
    family: Family
    now: datetime
    """In the family's zone."""

    @property
    def today(self) -> date:
        """The day, by the family's wall clock."""
        return self.now.date()


class Decided(NamedTuple, Generic[Result]):
    """A decision that is written."""

    result: Result
    family: Family
    """As it is now."""
    now: datetime
    in_force: bool
    """False where no guardian runs: it holds from its next start."""
    note: str
    """The same, for people."""


def family_of(house: House) -> Family:
    """Give what the family has decided."""
    return from_store(house, read_family, Family())


def from_store(house: House, question: Callable[[sqlite3.Connection], Result], nothing: Result) -> Result:
    """Ask the store; `nothing` is the answer where there is none yet."""
    if not _is_there(house):
        return nothing
    store = read_store(house.state.family)
    try:
        return question(store)
    finally:
        store.close()


def decide(house: House, change: Callable[[Desk], Result]) -> Decided[Result]:
    """Make a change and let the running guardian take it in.

    Raises DecisionError where it can't be so, StoreError where it can't be written, or is written and not taken in.
    """
    _is_there(house)
    store = open_store(house.state.family)
    try:
        family = read_family(store)
        now = now_of(family)
        with transaction(store):
            if clock_is_known(now.timestamp(), house.state.family.stat().st_mtime):
                tidy(store, now)
            result = change(Desk(store, family, now))
        family = read_family(store)
    finally:
        store.close()
    return Decided(result, family, now, *taken_in(house))


def taken_in(house: House) -> tuple[bool, str]:
    """Let the running guardian take in what was written; say whether it is in force, also in words.

    Raises StoreError where a guardian runs and can't take it in.
    """
    try:
        ask(house.state.control, FamilyChanged())
    except NobodyAnswersError:
        return False, "guardian does not run; this holds from its next start"
    except StoreError as error:
        raise StoreError(f"this is written, but not in force: {error}") from error
    return True, "in force now"


def tell(given: Namespace, decided: Decided[Result], sentence: str, **told: object) -> int:
    """Say what was decided and whether it is in force, as `--json` wants it; give the exit code."""
    if given.json:
        print(json.dumps({**told, "in_force": decided.in_force, "note": decided.note}, indent=2, ensure_ascii=False))
    else:
        print(sentence)
        print(decided.note)
    return 0


def show(given: Namespace, told: object, lines: list[str], nothing: str = "") -> int:
    """Print a list of things, or what to do where there is none; give the exit code."""
    if given.json:
        print(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        print("\n".join(lines) if lines else nothing)
    return 0


def wall_clock(house: House) -> datetime:
    """Give the time in the family's zone; in this machine's where no family has decided anything yet."""
    now = datetime.now(UTC)
    return from_store(house, lambda store: now_of(read_family(store)), now.astimezone())


def now_of(family: Family) -> datetime:
    """Give the time on the family's wall."""
    return datetime.now(UTC).astimezone(zone_of(family))


def _is_there(house: House) -> bool:
    """Say whether the family has a store; StoreError where this user may not use it."""
    path = house.state.family
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StoreError(_not_yours(str(path))) from error
    # whether it can be written says who writes: a read-only card is no other user's
    if not os.access(path, os.R_OK):
        raise StoreError(_not_yours(str(path)))
    return True


def _not_yours(path: str) -> str:
    return f"{path}: this user may not see what the family decided; use sudo, or be the user who runs guardian"
