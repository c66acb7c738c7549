"""Show who changed which setting on which day: to all adults, and to children from 13 what concerns them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from guardian.family.growing import grown
from guardian.family.log import Did, Line, read_log
from guardian.model import Band
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from guardian.web.routes import Call

OWN_LINES = 100
_TEENS = frozenset({Band.TEEN, Band.YOUTH})


class LineTold(Told):
    """One change; never the name of a site."""

    day: str
    who: str
    what: Did
    detail: str
    """A subject, a band or a number."""
    child: int | None
    """Null where it concerns every child, or none."""


class LogTold(Told):
    """The latest changes, the newest first."""

    lines: list[LineTold]


async def list_changes(call: Call) -> LogTold:
    """Give the latest changes of settings."""
    return _told(await call.home.read(read_log))


async def list_own_changes(call: Call) -> LogTold:
    """Give those that concern the child whose device asks."""
    family, today = await call.home.family(), await call.home.today()
    mine = [grown(child, today) for child in family.children if child.id in call.principal.children]
    if len(mine) != 1 or mine[0].band not in _TEENS:
        detail = "who changed what is shown from 13 on, on a device of one's own"
        raise ProblemError(HTTPStatus.FORBIDDEN, detail)
    return _told(await call.home.read(lambda store: read_log(store, mine[0].id, OWN_LINES)))


def _told(lines: Iterable[Line]) -> LogTold:
    return LogTold(lines=[LineTold.model_validate(line._asdict()) for line in lines])


ROUTES = (
    Route("GET", f"{PREFIX}/log", Right.SEE, "Who changed which setting on which day", list_changes, gives=LogTold),
    Route(
        "GET", f"{PREFIX}/own/log", Right.OWN, "The same of one's own rules, from 13", list_own_changes, gives=LogTold
    ),
)
