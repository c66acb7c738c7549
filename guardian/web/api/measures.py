"""Say what holds for a while: the internet off, a pause of filtering, bonus minutes; and end it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Literal

from guardian.family.decisions import EVERYTHING
from guardian.family.measures import end_measure, take_measure
from guardian.web.api.adults import Added
from guardian.web.api.fields import Lasting, Number, SubjectText
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class MeasureTold(Told):
    """Something for a while."""

    id: int
    child: int | None
    """Null for every child."""
    kind: Literal["off", "pause", "bonus", "lesson"]
    subject: str
    until: int
    """Seconds of Unix time."""
    names: list[str]
    """Of a lesson: the sites that are open."""


class MeasuresTold(Told):
    """All measures that are not over."""

    measures: list[MeasureTold]


class NewMeasure(Lasting):
    """A measure to begin now; it has an end."""

    child: Number | None = None
    kind: Literal["off", "pause", "bonus"]
    subject: SubjectText = EVERYTHING


async def list_measures(call: Call) -> MeasuresTold:
    """Give what holds for a while."""
    family, now = await call.home.family(), call.home.now()
    return MeasuresTold(
        measures=[
            MeasureTold.model_validate(one._asdict() | {"names": list(one.names)})
            for one in family.measures
            if one.until > now
        ]
    )


async def begin_measure(call: Call, body: NewMeasure) -> Added:
    """Begin a measure, in place of one of its kind."""
    now, who = await call.home.moment(), call.principal.who
    until = body.until(now)
    if until is None:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "say when it ends: after some minutes, or with a day")

    def begin(store: sqlite3.Connection) -> int:
        return take_measure(store, body.child, body.kind, body.subject, until, (), who=who, now=now)

    return Added(id=await call.home.decide(begin))


async def finish_measure(call: Call, measure: int) -> None:
    """End a measure now."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: end_measure(store, measure, who, today))


_PATH = f"{PREFIX}/measures"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "What holds for a while", list_measures, gives=MeasuresTold),
    Route(
        "POST",
        _PATH,
        Right.DECIDE,
        "Internet off, a pause or bonus minutes",
        begin_measure,
        body=NewMeasure,
        gives=Added,
        status=201,
    ),
    Route("DELETE", f"{_PATH}/{{measure}}", Right.DECIDE, "End a measure now", finish_measure),
)
