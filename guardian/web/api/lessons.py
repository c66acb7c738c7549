"""Open exactly the sites of a lesson for a while, then go back; a teacher may do this, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.decisions import EVERYTHING
from guardian.family.measures import end_measure, take_measure
from guardian.family.standing import LESSON
from guardian.web.api.adults import Added
from guardian.web.api.fields import Number, SiteText
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class LessonTold(Told):
    """A lesson that is on."""

    id: int
    child: int | None
    """Null for every child."""
    until: int
    """Seconds of Unix time."""
    sites: list[str]
    """What is open."""


class LessonsTold(Told):
    """All lessons that are on."""

    lessons: list[LessonTold]


class NewLesson(Body):
    """A lesson to begin now."""

    child: Number | None = None
    minutes: Annotated[int, Field(ge=1, le=720)]
    sites: Annotated[list[SiteText], Field(min_length=1, max_length=50)]


async def list_lessons(call: Call) -> LessonsTold:
    """Give the lessons that are on."""
    family, now = await call.home.family(), call.home.now()
    return LessonsTold(
        lessons=[
            LessonTold(id=one.id, child=one.child, until=one.until, sites=list(one.names))
            for one in family.measures
            if one.kind == LESSON and one.until > now
        ]
    )


async def begin_lesson(call: Call, body: NewLesson) -> Added:
    """Begin a lesson, in place of one that is on for the same child."""
    now, who = await call.home.moment(), call.principal.who
    until = int((now + timedelta(minutes=body.minutes)).timestamp())

    def begin(store: sqlite3.Connection) -> int:
        return take_measure(store, body.child, LESSON, EVERYTHING, until, body.sites, who=who, now=now)

    return Added(id=await call.home.decide(begin))


async def finish_lesson(call: Call, lesson: int) -> None:
    """End a lesson now."""
    today, who = await call.home.today(), call.principal.who
    family = await call.home.family()
    if not any(one.id == lesson and one.kind == LESSON for one in family.measures):
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such lesson: it is over")
    await call.home.decide(lambda store: end_measure(store, lesson, who, today))


_PATH = f"{PREFIX}/lessons"
ROUTES = (
    Route("GET", _PATH, Right.TEACH, "The lessons that are on", list_lessons, gives=LessonsTold),
    Route("POST", _PATH, Right.TEACH, "Begin a lesson", begin_lesson, body=NewLesson, gives=Added, status=201),
    Route("DELETE", f"{_PATH}/{{lesson}}", Right.TEACH, "End a lesson now", finish_lesson),
)
