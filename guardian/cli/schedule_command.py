"""Run `guardian schedule`: when something is closed, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.called import add_child, number_of, subject_called, subject_in_words, whom
from guardian.cli.deciding import WHO, decide, family_of, show, tell
from guardian.cli.holding import hours_in_words
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.cli.when import DAYS, clock_in_words, days_in_words, read_clock, read_days
from guardian.errors import DecisionError
from guardian.family.decisions import EVERYTHING, Hours
from guardian.family.hours import Window
from guardian.family.schedules import remove_hours, set_hours

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.family.family import Family

NONE = "nothing is closed by hours: guardian schedule add bedtime --child NAME --from 21:00 --to 07:00"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="all hours")
    add = words.add_parser("add", help="close something at certain hours; a title that is there is replaced")
    add.add_argument("title", metavar="TITLE", help="what the family calls it: bedtime, homework")
    add.add_argument("--days", type=read_days, default="daily", metavar="DAYS", help="mon-fri, or sat,sun (daily)")
    add.add_argument("--from", type=read_clock, required=True, dest="start", metavar="HH:MM", help="when it begins")
    add.add_argument(
        "--to", type=read_clock, required=True, dest="end", metavar="HH:MM", help="when it ends; at night, the next day"
    )
    add.add_argument("--only", metavar="WHAT", help="close only this: games, tiktok, category:social (everything)")
    add.add_argument("--not-on-holidays", action="store_true", help="it does not hold on holidays")
    remove = words.add_parser("remove", help="take hours away")
    remove.add_argument("title", metavar="TITLE", help="their title, or number")
    for one in (listed, add, remove):
        add_child(one)
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"list": _list, "add": _add, "remove": _remove}[arguments.word](arguments)


def _list(given: Namespace) -> int:
    family = family_of(open_house(given.config))
    child = number_of(family, given.child)
    hours = [one for one in family.hours if child is None or one.child in {None, child}]
    rows = [
        (
            f"{one.id}",
            one.title,
            whom(family, one.child),
            subject_in_words(one.subject),
            days_in_words(one.window.days),
            f"{clock_in_words(one.window.start)}-{clock_in_words(one.window.end)}",
            "yes" if one.on_holidays else "no",
        )
        for one in hours
    ]
    head = ("NO", "TITLE", "CHILD", "CLOSES", "DAYS", "HOURS", "ON HOLIDAYS")
    return show(given, {"hours": [_told(family, one) for one in hours]}, list(table(head, rows)), NONE)


def _add(given: Namespace) -> int:
    if given.start == given.end:
        raise DecisionError("hours that end when they begin would close whole days; for that: --from 00:00 --to 24:00")
    house = open_house(given.config)
    family = family_of(house)
    child = number_of(family, given.child)
    same = [one for one in family.hours if one.child == child and one.title.casefold() == given.title.casefold()]
    hours = Hours(
        id=same[0].id if same else 0,
        child=child,
        subject=subject_called(house, given.only) if given.only else EVERYTHING,
        title=given.title,
        window=Window(given.days, given.start, given.end),
        on_holidays=not given.not_on_holidays,
    )
    decided = decide(house, lambda desk: set_hours(desk.store, hours, WHO, desk.today))
    kept = next(one for one in decided.family.hours if one.id == decided.result)
    sentence = f"closed for {whom(decided.family, kept.child)}, {hours_in_words(kept)}"
    return tell(given, decided, sentence, hours=_told(decided.family, kept))


def _remove(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    hours = _called(family, given.title, given.child)
    decided = decide(house, lambda desk: remove_hours(desk.store, hours.id, WHO, desk.today))
    sentence = f"no more hours for {whom(family, hours.child)}: {hours_in_words(hours)}"
    return tell(given, decided, sentence, removed=_told(family, hours))


def _called(family: Family, word: str, child: str | None) -> Hours:
    number = number_of(family, child)
    among = [one for one in family.hours if child is None or one.child == number]
    found = [one for one in among if one.title.casefold() == word.casefold()]
    found = found or [one for one in among if f"{one.id}" == word]
    if len(found) == 1:
        return found[0]
    if found:
        numbers = ", ".join(f"{one.id} ({whom(family, one.child)})" for one in found)
        raise DecisionError(f"{len(found)} hours are called {word}; name them by number: {numbers}")
    titles = ", ".join(one.title for one in among) or "none"
    raise DecisionError(f"no hours are called {word}; there are: {titles}")


def _told(family: Family, hours: Hours) -> dict[str, object]:
    return {
        "number": hours.id,
        "title": hours.title,
        "child": None if hours.child is None else whom(family, hours.child),
        "closes": hours.subject,
        "days": [DAYS[day] for day in sorted(hours.window.days)],
        "from": clock_in_words(hours.window.start),
        "to": clock_in_words(hours.window.end),
        "on_holidays": hours.on_holidays,
    }
