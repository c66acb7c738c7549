"""Run `guardian restore`: a backup takes the place of what the family has decided since.

Law 1: all of it or nothing; what was there is kept, and `--previous` brings it back.
"""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.cli.backup_file import contents, counts, open_backup
from guardian.cli.deciding import WHO, now_of, taken_in
from guardian.cli.house import add_config, open_house
from guardian.cli.passphrase import add_passphrase
from guardian.errors import StoreError
from guardian.family.adults import read_adults
from guardian.family.backup import saved
from guardian.family.reading import read_family
from guardian.family.restoring import restore
from guardian.store.backup import keep_store, open_sound, previous_of
from guardian.store.database import read_store, transaction

if TYPE_CHECKING:
    import sqlite3
    from argparse import ArgumentParser, Namespace

    from guardian.family.backup import Backup


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    add_passphrase(parser)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("file", type=Path, nargs="?", metavar="FILE", help="what `guardian backup` wrote")
    source.add_argument("--previous", action="store_true", help="the family as it was before the last restore")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Restore."""
    house = open_house(arguments.config)
    path = house.state.family
    backup = _previous(path) if arguments.previous else open_backup(arguments.file, arguments.passphrase_file)
    store, damaged = open_sound(path)
    with contextlib.closing(store):
        _restore(store, previous_of(path) if damaged is None else None, backup)
        locked_out = bool(backup.adults) and not any(adult.password for adult in read_adults(store))
    in_force, note = taken_in(house)
    if arguments.json:
        told = {**counts(backup), "damaged": str(damaged) if damaged else None, "in_force": in_force, "note": note}
        print(json.dumps(told, indent=2, ensure_ascii=False))
        return 0
    print(f"restored: {contents(backup)}")
    print(note)
    if damaged:
        print(f"the store that was there was damaged and is kept as {damaged}; start guardian again")
    else:
        print("to have back what was there before: guardian restore --previous")
    if locked_out:
        print("a backup holds no passwords: `guardian setup-code` lets a parent choose one")
    return 0


def _restore(store: sqlite3.Connection, previous: Path | None, backup: Backup) -> None:
    before, now = saved(store), now_of(read_family(store))
    with transaction(store):
        restore(store, backup, WHO, now)
        # last of all, so that a restore that fails leaves the family of before the one before
        if previous is not None:
            keep_store(previous, lambda kept: restore(kept, before, WHO, now))


def _previous(path: Path) -> Backup:
    previous = previous_of(path)
    if not previous.exists():
        raise StoreError(f"{previous}: nothing was restored here, so there is no family before that")
    with contextlib.closing(read_store(previous)) as store:
        return saved(store)
