"""Run `guardian rules`: what was opened and closed by hand, and how it goes back to what the bands do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.called import (
    add_child,
    is_subject,
    number_of,
    subject_called,
    subject_in_words,
    whom,
)
from guardian.cli.deciding import WHO, decide, family_of, now_of, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.cli.when import until_in_words
from guardian.errors import DecisionError
from guardian.family.choices import choose
from guardian.family.rules import remove_rule
from guardian.family.words import read_site

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.deciding import Desk
    from guardian.family.decisions import Choice, NameRule

NONE = "nothing was opened or closed by hand: guardian allow NAME, guardian block NAME"


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="all sites, categories and services that were opened or closed by hand")
    remove = words.add_parser("remove", help="go back to what the band does")
    remove.add_argument("what", metavar="WHAT", help="a site, a category or a service")
    add_child(listed, "what holds for this child")
    add_child(remove, "for this child; without it, whoever it was decided for")
    for one in (listed, remove):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"list": _list, "remove": _remove}[arguments.word](arguments)


def _list(given: Namespace) -> int:
    family = family_of(open_house(given.config))
    child, now = number_of(family, given.child), now_of(family)
    choices = [one for one in family.choices if child in {None, one.child}]
    rules = [one for one in family.rules if child is None or one.child in {None, child}]
    rules = [one for one in rules if one.until is None or one.until > now.timestamp()]
    rows = [
        (subject_in_words(one.subject), _state(one), whom(family, one.child), "for good", "") for one in choices
    ] + [(one.name, _state(one), whom(family, one.child), until_in_words(one.until, now), one.reason) for one in rules]
    told = {
        "choices": [{"subject": one.subject, "opens": one.opens, "child": whom(family, one.child)} for one in choices],
        "rules": [
            {
                "number": one.id,
                "name": one.name,
                "opens": one.opens,
                "child": None if one.child is None else whom(family, one.child),
                "until": one.until,
                "reason": one.reason,
            }
            for one in rules
        ],
    }
    return show(given, told, list(table(("WHAT", "IS", "CHILD", "HOW LONG", "WHY"), rows)), NONE)


def _remove(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    child = number_of(family, given.child)
    if is_subject(given.what):
        what = subject_called(house, given.what)
        choices = [one for one in family.choices if one.subject == what and child in {None, one.child}]
        rules: list[NameRule] = []
    else:
        what, choices = read_site(given.what), []
        rules = [one for one in family.rules if one.name == what and (given.child is None or one.child == child)]
    if not choices and not rules:
        raise DecisionError(f"{given.what} was neither opened nor closed by hand there; see guardian rules list")

    def change(desk: Desk) -> None:
        for choice in choices:
            choose(desk.store, choice.child, what, None, WHO, desk.today)
        for rule in rules:
            remove_rule(desk.store, rule.id, WHO, desk.today)

    decided = decide(house, change)
    children = [whom(family, one.child) for one in choices] + [whom(family, one.child) for one in rules]
    sentence = f"{', '.join(children)}: {subject_in_words(what)} as the band does"
    return tell(given, decided, sentence, removed={"what": what, "children": children})


def _state(one: Choice | NameRule) -> str:
    return "open" if one.opens else "closed"
