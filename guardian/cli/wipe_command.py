"""Run `guardian wipe`: everything that the family decided is erased, with every copy that lies beside it.

Law 1: a person says so twice: by the command, and by `--yes` or a typed word.
"""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING

from guardian.cli.deciding import Decided, family_of, now_of, taken_in, tell
from guardian.cli.house import add_config, open_house
from guardian.errors import DecisionError
from guardian.family.family import Family
from guardian.family.retention import erase_family
from guardian.store.backup import forget_backups, open_sound
from guardian.store.database import DamagedStoreError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House

WORD = "wipe"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Wipe."""
    house = open_house(arguments.config)
    children = _how_many(house)
    if not arguments.yes:
        _ask_whether(children)
    # a damaged store is put aside, where it is one of the copies
    store, _ = open_sound(house.state.family)
    with closing(store):
        erase_family(store)
    copies = forget_backups(house.state.family)
    empty = Family()
    decided = Decided(copies, empty, now_of(empty), *taken_in(house))
    sentence = f"erased: {children} children with everything of theirs, and {copies} copies in {house.state.folder}"
    return tell(arguments, decided, sentence, children=children, copies=copies)


def _how_many(house: House) -> int:
    """Count the children; those of a damaged store can't be counted, and are erased all the same."""
    try:
        return len(family_of(house).children)
    except DamagedStoreError:
        return 0


def _ask_whether(children: int) -> None:
    if not sys.stdin.isatty():
        raise DecisionError("nobody is there to ask whether everything shall be erased; if so: guardian wipe --yes")
    print(f"This erases {children} children, all devices, hours, rules, adults and the backups in guardian's folder.")
    if input(f"There is no way back. Type {WORD} to go on: ").strip() != WORD:
        raise DecisionError("nothing was erased")
