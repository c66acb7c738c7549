"""Open or close a site, a category or a service, for one child or for all: what `allow` and `block` share.

Law 1: a word with a dot in it is a site; any other is a category or a service.
Law 2: a site may be opened for a while; a category or a service is chosen for good, and `guardian off` or
       `guardian bonus` is for a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.cli.called import add_child, child_called, is_subject, number_of, subject_called, subject_in_words, whom
from guardian.cli.deciding import WHO, decide, family_of, tell
from guardian.cli.holding import rule_in_words
from guardian.cli.house import add_config, open_house
from guardian.errors import DecisionError
from guardian.family.choices import choose
from guardian.family.protection import refuse_protected
from guardian.family.rules import add_rule
from guardian.family.spans import Span, end_of
from guardian.system.files import read_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from guardian.cli.deciding import Desk
    from guardian.cli.house import House


def add_what(parser: ArgumentParser) -> None:
    """Give a command its words and options."""
    parser.add_argument("what", metavar="WHAT", help="a site, such as wikipedia.org; a category; or a service")
    add_child(parser)
    parser.add_argument("--for", choices=[*Span], dest="span", help="for how long; sites alone (default: always)")
    parser.add_argument("--reason", metavar="TEXT", help="why, so that the child can read it; sites alone")
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="write JSON")


def decide_on(given: Namespace, *, opens: bool) -> int:
    """Open or close it."""
    house = open_house(given.config)
    return _choose(house, given, opens=opens) if is_subject(given.what) else _rule(house, given, opens=opens)


def _rule(house: House, given: Namespace, *, opens: bool) -> int:
    child = number_of(family_of(house), given.child)
    if not opens:
        path = house.folder / "protected.yaml"
        refuse_protected(given.what, read_text(path), str(path))
    decided = decide(
        house,
        lambda desk: add_rule(
            desk.store,
            child,
            given.what,
            opens=opens,
            reason=given.reason or "",
            until=end_of(Span(given.span or Span.ALWAYS), desk.now),
            who=WHO,
            now=desk.now,
        ),
    )
    rule = next(one for one in decided.family.rules if one.id == decided.result)
    sentence = f"{whom(decided.family, child)}: {rule_in_words(rule, decided.now)}"
    told = {"name": rule.name, "opens": opens, "until": rule.until, "reason": rule.reason}
    return tell(given, decided, sentence, rule={**told, "number": rule.id, "child": given.child})


def _choose(house: House, given: Namespace, *, opens: bool) -> int:
    subject = subject_called(house, given.what)
    if given.span is not None or given.reason is not None:
        other = "bonus" if opens else "off"
        raise DecisionError(f"{given.what} is chosen for good; for a while: guardian {other} 60 --only {given.what}")
    if opens and (category := house.categories.categories.get(subject.partition(":")[2])) and category.threat:
        raise DecisionError(
            f"{given.what} stays closed to everybody, for these sites do harm; one that is listed by mistake is opened"
            " by its own name: guardian allow SITE"
        )
    family = family_of(house)
    children = [child_called(family, given.child)] if given.child else family.children
    if not children:
        raise DecisionError("there are no children yet: guardian children add NAME --band 6-9")
    action: Literal["open", "block"] = "open" if opens else "block"

    def change(desk: Desk) -> None:
        for child in children:
            choose(desk.store, child.id, subject, action, WHO, desk.today)

    decided = decide(house, change)
    names = ", ".join(child.name for child in children)
    sentence = f"{names}: {subject_in_words(subject)} {'open' if opens else 'closed'} for good"
    return tell(
        given,
        decided,
        sentence,
        choice={"subject": subject, "opens": opens, "children": [one.name for one in children]},
    )
