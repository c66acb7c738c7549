"""Run `guardian holidays`: days without school, on which some hours do not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.deciding import WHO, decide, family_of, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.errors import DecisionError
from guardian.family.family import Holiday
from guardian.family.schedules import set_holidays

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

NONE = "no holidays are known: guardian holidays add 2026-12-24 2027-01-06 --title winter"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="all holidays")
    add = words.add_parser("add", help="add holidays: hours that were added with --not-on-holidays do not hold then")
    remove = words.add_parser("remove", help="take holidays away")
    for one in (add, remove):
        one.add_argument("first", metavar="FIRST", help="the first day, as 2026-12-24")
        one.add_argument("last", nargs="?", metavar="LAST", help="the last day (default: the same)")
    add.add_argument("--title", default="", metavar="TITLE", help="what the family calls them")
    for one in (listed, add, remove):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"list": _list, "add": _change, "remove": _change}[arguments.word](arguments)


def _list(given: Namespace) -> int:
    holidays = family_of(open_house(given.config)).holidays
    rows = [(one.first, one.last, one.title) for one in holidays]
    told = {"holidays": [one._asdict() for one in holidays]}
    return show(given, told, list(table(("FIRST", "LAST", "TITLE"), rows)), NONE)


def _change(given: Namespace) -> int:
    house = open_house(given.config)
    adds, last = given.word == "add", given.last or given.first
    before = family_of(house).holidays
    others = [one for one in before if (one.first, one.last) != (given.first, last)]
    if not adds and len(others) == len(before):
        raise DecisionError(f"there are no holidays from {given.first} to {last}; see guardian holidays list")
    days = [*others, Holiday(given.first, last, given.title)] if adds else others
    decided = decide(house, lambda desk: set_holidays(desk.store, days, WHO, desk.today))
    sentence = f"{'holidays' if adds else 'no holidays any more'}: {given.first} to {last}"
    return tell(given, decided, sentence, holidays=[one._asdict() for one in decided.family.holidays])
