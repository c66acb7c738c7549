"""Run `guardian budget`: minutes a day that a child starts and stops itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from guardian.cli.called import add_child, child_called, number_of, subject_called, subject_in_words, whom
from guardian.cli.deciding import WHO, decide, family_of, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.cli.when import read_minutes
from guardian.family.budgets import set_budget, start_budget, stop_budget
from guardian.family.decisions import EVERYTHING

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.house import House

NONE = "no child has minutes a day: guardian budget set 60 --child NAME --only games"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="who has how many minutes a day; never how many were used")
    put = words.add_parser("set", help="give so many minutes a day")
    put.add_argument("minutes", type=read_minutes, metavar="LENGTH", help="minutes, such as 60; or 2h")
    remove = words.add_parser("remove", help="take the limit away")
    start = words.add_parser("start", help="let the child's minutes run; its own device can do the same")
    stop = words.add_parser("stop", help="keep the minutes that are left for later today")
    for one in (put, remove, start, stop):
        one.add_argument("--child", required=True, metavar="NAME", help="whose minutes")
        one.add_argument("--only", metavar="WHAT", help="minutes for this: games, tiktok, category:social (everything)")
    add_child(listed, "of this child")
    for one in (listed, put, remove, start, stop):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    act = {"list": _list, "set": _set, "remove": _set, "start": _start, "stop": _stop}
    return act[arguments.word](arguments)


def _list(given: Namespace) -> int:
    family = family_of(open_house(given.config))
    child = number_of(family, given.child)
    budgets = [one for one in family.budgets if child in {None, one.child}]
    rows = [(whom(family, one.child), subject_in_words(one.subject), f"{one.minutes}") for one in budgets]
    told = [{"child": whom(family, one.child), "subject": one.subject, "minutes": one.minutes} for one in budgets]
    return show(given, {"budgets": told}, list(table(("CHILD", "FOR", "MINUTES A DAY"), rows)), NONE)


def _set(given: Namespace) -> int:
    house = open_house(given.config)
    child, subject = _meant(house, given)
    minutes = given.minutes if given.word == "set" else None
    decided = decide(house, lambda desk: set_budget(desk.store, child, subject, minutes, WHO, desk.now))
    limit = f"{minutes} minutes a day for" if minutes else "no limit of minutes for"
    sentence = f"{whom(decided.family, child)}: {limit} {subject_in_words(subject)}"
    return tell(given, decided, sentence, budget={"child": given.child, "subject": subject, "minutes": minutes})


def _start(given: Namespace) -> int:
    house = open_house(given.config)
    child, subject = _meant(house, given)
    decided = decide(house, lambda desk: start_budget(desk.store, child, subject, desk.now))
    end = decided.now + timedelta(seconds=decided.result)
    sentence = f"{whom(decided.family, child)}: {_left(decided.result)} left; they run, until {end:%H:%M}"
    return tell(given, decided, sentence, left_seconds=decided.result, runs=True)


def _stop(given: Namespace) -> int:
    house = open_house(given.config)
    child, subject = _meant(house, given)
    decided = decide(house, lambda desk: stop_budget(desk.store, child, subject, desk.now))
    sentence = f"{whom(decided.family, child)}: {_left(decided.result)} left for today"
    return tell(given, decided, sentence, left_seconds=decided.result, runs=False)


def _meant(house: House, given: Namespace) -> tuple[int, str]:
    subject = subject_called(house, given.only) if given.only else EVERYTHING
    return child_called(family_of(house), given.child).id, subject


def _left(seconds: int) -> str:
    return f"{-(-seconds // 60)} minutes"
