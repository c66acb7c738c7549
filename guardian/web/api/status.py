"""Say how guardian is doing, and what needs a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.control.messages import HowAreYou
from guardian.control.status import Status, needs
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class StatusTold(Told):
    """How guardian is doing."""

    version: str
    minutes: int
    """How long it has been running."""
    names: int
    """In the lists that are in force."""
    lists: int
    paused_until: str | None
    """A time of day, while filtering pauses for the whole house."""
    needs: list[str]
    """What needs a person, each with what to do; empty where all is well."""


async def read_status(call: Call) -> StatusTold:
    """Ask the running filter."""
    status = await call.home.ask(HowAreYou(), Status)
    return StatusTold(
        version=status.version,
        minutes=status.minutes,
        names=status.set.names,
        lists=status.set.lists,
        paused_until=status.paused_until,
        needs=list(needs(status)),
    )


ROUTES = (Route("GET", f"{PREFIX}/status", Right.SEE, "How guardian is doing", read_status, gives=StatusTold),)
