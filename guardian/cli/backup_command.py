"""Run `guardian backup`: what the family has decided, in one file that only its passphrase opens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.cli.backup_file import contents, counts, open_backup
from guardian.cli.deciding import from_store
from guardian.cli.house import add_config, open_house
from guardian.cli.passphrase import add_passphrase, new_passphrase
from guardian.errors import StoreError
from guardian.family.backup import read_backup, saved, write_backup
from guardian.family.restoring import rehearse
from guardian.store.backup import write_sealed
from guardian.trust.sealed import seal

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.family.backup import Backup


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    add_passphrase(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup, best on another disk than this one")
    parser.add_argument("--check", action="store_true", help="write nothing: say whether FILE could be restored")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Back up, or check a backup."""
    backup = open_backup(arguments.file, arguments.passphrase_file) if arguments.check else _back_up(arguments)
    if arguments.json:
        print(json.dumps({"file": str(arguments.file), **counts(backup)}))
    elif arguments.check:
        print(f"{arguments.file} is whole and can be restored: {contents(backup)}")
    else:
        print(f"{arguments.file} holds {contents(backup)}")
        print("keep its passphrase somewhere else than the file: without it nobody can open it again")
    return 0


def _back_up(arguments: Namespace) -> Backup:
    house = open_house(arguments.config)
    backup = from_store(house, saved, None)
    if backup is None:
        raise StoreError(f"{house.state.family}: this family has decided nothing yet, so there is nothing to back up")
    text = write_backup(backup)
    # what could not be restored is found today, not when it is needed
    rehearse(read_backup(text))
    write_sealed(arguments.file, seal(text, new_passphrase(arguments.passphrase_file)))
    return backup
