"""Run `guardian setup-code`: print the code by which whoever sits here becomes a parent on the web."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from guardian.cli.house import add_config, open_house
from guardian.store.database import open_store, transaction
from guardian.web.setup_code import MINUTES, make_code

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its options."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Make a code and print it once; the one before is good no longer."""
    store = open_store(open_house(arguments.config).state.family)
    try:
        with transaction(store):
            code = make_code(store, int(time.time()))
    finally:
        store.close()
    if arguments.json:
        print(json.dumps({"code": code, "minutes": MINUTES}))
        return 0
    print(code)
    print(f"good once, for {MINUTES} minutes: enter it on the web with your name and a new password")
    return 0
