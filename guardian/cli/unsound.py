"""Find out whether what the family decided can be read, and what of it has no effect any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.called import known_subjects
from guardian.cli.deciding import from_store
from guardian.errors import Fault, StoreError
from guardian.family.decisions import EVERYTHING
from guardian.family.family import Family
from guardian.family.reading import read_family
from guardian.store.database import is_sound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.cli.house import House


def unsound_family(house: House) -> Iterator[str]:
    """Say what keeps the family store from being used; nothing where it is sound, or where there is none."""
    path = house.state.family
    try:
        if not from_store(house, is_sound, nothing=True):
            yield f"{path}: the family store is damaged; `guardian restore` brings a backup"
        from_store(house, read_family, Family())
    except StoreError as error:
        yield str(error)


def idle_decisions(house: House) -> Iterator[Fault]:
    """Warn of each category or service that a decision is about and that is no more."""
    try:
        family = from_store(house, read_family, Family())
    except StoreError:
        return  # told as a fault
    decided = {
        *(one.subject for one in family.hours),
        *(one.subject for one in family.choices),
        *(one.subject for one in family.measures),
        *(one.subject for one in family.budgets),
    }
    known = {EVERYTHING, *(f"{kind}:{name}" for kind, names in known_subjects(house).items() for name in names)}
    for subject in sorted(decided - known):
        message = f"{subject} is no category and no service any more: what the family decided on it has no effect"
        yield Fault(str(house.state.family), 0, 0, "", message, "decide on another one, or take it back")
