"""Run `guardian requests`: what children ask for, and what a parent answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.cli.called import child_called, number_of, whom
from guardian.cli.deciding import WHO, decide, family_of, from_store, now_of, show, tell
from guardian.cli.house import add_config, open_house
from guardian.cli.table import table
from guardian.cli.when import until_in_words
from guardian.errors import DecisionError
from guardian.family.requests import Request, answer, ask, read_requests
from guardian.family.spans import Span, end_of

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from datetime import datetime

    from guardian.family.family import Family

NONE = "nobody asks for anything"
_KINDS = {"open": "to open", "objection": "about a rule:"}


def add_arguments(parser: ArgumentParser) -> None:
    """Give the command its words and options."""
    words = parser.add_subparsers(dest="word", metavar="WORD", required=True)
    listed = words.add_parser("list", help="what was asked, and what was answered")
    put = words.add_parser("ask", help="write down what a child asks for aloud; its own device can ask, too")
    put.add_argument("about", metavar="SITE", help="the site; with --objection, the rule, in the child's words")
    put.add_argument("--objection", action="store_true", help="the child objects to a rule")
    put.add_argument("--reason", default="", metavar="TEXT", help="why, in the child's words")
    given = words.add_parser("answer", help="say yes for a while or always, or no with a reason")
    given.add_argument("number", type=int, metavar="NUMBER", help="the number of the request")
    word = given.add_mutually_exclusive_group(required=True)
    word.add_argument("--yes", choices=[*Span], metavar="LENGTH", help=f"yes: {', '.join(Span)}")
    word.add_argument("--no", metavar="REASON", help="no, and why; the child reads it")
    given.add_argument("--reason", default="", metavar="TEXT", help="a word to go with a yes")
    for one, required in ((listed, False), (put, True)):
        one.add_argument("--child", required=required, metavar="NAME", help="who asks")
    for one in (listed, put, given):
        add_config(one)
        one.add_argument("--json", action="store_true", help="write JSON")


def run(arguments: Namespace) -> int:
    """Do what the word says."""
    return {"list": _list, "ask": _ask, "answer": _answer}[arguments.word](arguments)


def _list(given: Namespace) -> int:
    house = open_house(given.config)
    family = family_of(house)
    child = number_of(family, given.child)
    nothing: tuple[Request, ...] = ()
    requests = from_store(house, lambda store: read_requests(store, child), nothing)
    now = now_of(family)
    rows = [
        (
            f"{one.id}",
            whom(family, one.child),
            f"{_KINDS[one.kind]} {one.about}",
            one.words,
            one.made,
            _answered(one, now),
        )
        for one in requests
    ]
    lines = list(table(("NO", "CHILD", "ASKS", "WHY", "DAY", "ANSWER"), rows))
    if any(one.answer is None for one in requests):
        lines.append("to answer: guardian requests answer NO --yes 1h, or --no REASON")
    return show(given, {"requests": [_told(family, one) for one in requests]}, lines, NONE)


def _ask(given: Namespace) -> int:
    house = open_house(given.config)
    child = child_called(family_of(house), given.child).id
    kind: Literal["open", "objection"] = "objection" if given.objection else "open"
    decided = decide(house, lambda desk: ask(desk.store, child, kind, given.about, given.reason, desk.today))
    request = _numbered(from_store(house, read_requests, ()), decided.result)
    sentence = f"request {request.id}: {whom(decided.family, child)} asks {_KINDS[kind]} {request.about}"
    decided = decided._replace(note="it waits for an answer: guardian requests list")
    return tell(given, decided, sentence, request=_told(decided.family, request))


def _answer(given: Namespace) -> int:
    house = open_house(given.config)
    before = _numbered(from_store(house, read_requests, ()), given.number)
    if before.answer is not None:
        raise DecisionError(f"request {given.number} is answered already: {before.answer}")
    decided = decide(
        house,
        lambda desk: answer(
            desk.store,
            given.number,
            yes=given.yes is not None,
            words=given.reason if given.yes else given.no,
            until=end_of(Span(given.yes), desk.now) if given.yes else None,
            who=WHO,
            now=desk.now,
        ),
    )
    request = _numbered(from_store(house, read_requests, ()), given.number)
    child = whom(decided.family, request.child)
    sentence = f"{child}, {request.about}: {_answered(request, decided.now)}"
    return tell(given, decided, sentence, request=_told(decided.family, request))


def _numbered(requests: tuple[Request, ...], number: int) -> Request:
    for request in requests:
        if request.id == number:
            return request
    raise DecisionError(f"there is no request {number}; see guardian requests list")


def _answered(request: Request, now: datetime) -> str:
    if request.answer is None:
        return "waits"
    words = f" ({request.answer_words})" if request.answer_words else ""
    if request.answer == "no" or request.kind != "open":
        return f"{request.answer}{words}"
    return f"yes, {until_in_words(request.answer_until, now)}{words}"


def _told(family: Family, request: Request) -> dict[str, object]:
    return {
        "number": request.id,
        "child": whom(family, request.child),
        "kind": request.kind,
        "about": request.about,
        "reason": request.words,
        "day": request.made,
        "answer": request.answer,
        "answer_reason": request.answer_words,
        "until": request.answer_until,
    }
