"""Let a child ask for a site, or object to a rule, and a parent answer.

Law 1: that requests wait is told as a count; nothing here tells what a child tried to open, only what it asked for.
Law 2: on a device of several children each sees what was asked on that device, not what another asked on its own.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from guardian.family.requests import Request, answer, ask, count_waiting, forget_request, read_requests
from guardian.family.spans import Span, end_of
from guardian.web.api.adults import Added
from guardian.web.api.fields import ReasonText
from guardian.web.api.own import OWN, Mine, is_shared
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from guardian.web.principals import Principal
    from guardian.web.routes import Call

AboutText = Annotated[str, Field(min_length=1, max_length=2048)]


class RequestTold(Told):
    """What a child asks for, and what was answered."""

    id: int
    child: int
    kind: Literal["open", "objection"]
    about: str
    """The site; of an objection, what it is against."""
    words: str
    made: str
    """The day."""
    answer: Literal["yes", "no"] | None
    answer_words: str | None
    answer_until: int | None
    """Seconds of Unix time until which a yes holds; null for good."""


class RequestsTold(Told):
    """What was asked in the last seven days and is not done with, the oldest first."""

    requests: list[RequestTold]


class WaitingTold(Told):
    """How many requests wait for an answer; not whose they are, nor for what."""

    requests: int


class Asking(Mine):
    """What a child asks for."""

    kind: Literal["open", "objection"]
    about: AboutText
    """A site; of an objection, the rule, in the child's own words."""
    words: ReasonText = ""
    """Why, if it wants to say."""


class Answering(Body):
    """What a parent says."""

    answer: Literal["yes", "no"]
    span: Span | None = None
    """Of a yes to a site: for how long it is open."""
    words: ReasonText = ""
    """A no needs a reason that the child can read."""


async def count_requests(call: Call) -> WaitingTold:
    """Say how many wait."""
    return WaitingTold(requests=await call.home.read(count_waiting))


async def list_requests(call: Call) -> RequestsTold:
    """Give what all children ask for."""
    return _told(await call.home.read(read_requests))


async def answer_request(call: Call, request: int, body: Answering) -> None:
    """Answer; a yes to a site opens it for that child."""
    now, who = await call.home.moment(), call.principal.who
    yes = body.answer == "yes"

    def say(store: sqlite3.Connection) -> None:
        asked = next((one for one in read_requests(store) if one.id == request), None)
        if yes and body.span is None and asked is not None and asked.kind == "open":
            detail = f"say for how long: {', '.join(Span)}"
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
        until = end_of(body.span or Span.ALWAYS, now)
        answer(store, request, yes=yes, words=body.words, until=until, who=who, now=now)

    await call.home.decide(say)


async def list_own_requests(call: Call) -> RequestsTold:
    """Give what was asked by the children of this device, with the answers."""
    return _told(await call.home.read(lambda store: _own(store, call.principal)))


async def make_request(call: Call, body: Asking) -> Added:
    """Ask; asked again while it waits it is the same request."""
    child, shared = body.of(call.principal), is_shared(call.principal)
    today = await call.home.today()

    def put(store: sqlite3.Connection) -> int:
        return ask(store, child, body.kind, body.about, body.words, today, shared=shared)

    return Added(id=await call.home.keep(put))


async def end_request(call: Call, request: int) -> None:
    """Have seen the answer, or take the question back: the request is gone."""

    def end(store: sqlite3.Connection) -> None:
        found = next((one for one in _own(store, call.principal) if one.id == request), None)
        if found is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such request; a week may have gone by")
        forget_request(store, found.id, found.child)

    await call.home.keep(end)


def _own(store: sqlite3.Connection, principal: Principal) -> list[Request]:
    shared = is_shared(principal)
    return [one for child in principal.children for one in read_requests(store, child) if one.shared or not shared]


def _told(requests: Iterable[Request]) -> RequestsTold:
    return RequestsTold(requests=[RequestTold.model_validate(one._asdict()) for one in requests])


_OWN = f"{OWN}/requests"
ROUTES = (
    Route("GET", f"{PREFIX}/waiting", Right.SEE, "How many requests wait", count_requests, gives=WaitingTold),
    Route("GET", f"{PREFIX}/requests", Right.SEE, "What children ask for", list_requests, gives=RequestsTold),
    Route(
        "POST",
        f"{PREFIX}/requests/{{request}}/answer",
        Right.DECIDE,
        "Say yes for a while or always, or no with a reason",
        answer_request,
        body=Answering,
    ),
    Route("GET", _OWN, Right.OWN, "What one has asked for, and the answers", list_own_requests, gives=RequestsTold),
    Route("POST", _OWN, Right.OWN, "Ask for a site, or object", make_request, body=Asking, gives=Added, status=201),
    Route("DELETE", f"{_OWN}/{{request}}", Right.OWN, "Have seen the answer, or take it back", end_request),
)
