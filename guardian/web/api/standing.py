"""Say what holds now for every child, to a parent.

Law 1: a parent is not told whether a child's minutes run or how many are left: that is the child's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.control.messages import Standings, StandingsNow
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    from guardian.control.messages import Closing
    from guardian.web.routes import Call

BUDGET = "budget"


class ClosedTold(Told):
    """What is closed by time."""

    subject: str
    """`everything`, `category:games`, `service:tiktok`."""
    why: Literal["off", "lesson", "hours", "budget"]
    until: int | None
    """Seconds of Unix time; null where the child starts it itself, or for good."""


class ChildStanding(Told):
    """What holds now for one child."""

    child: int | None
    """Null for devices that nobody has named."""
    band: str
    paused: bool
    """Filtering pauses."""
    lesson: list[str]
    """The sites that a lesson opens, while all else is closed."""
    closed: list[ClosedTold]


class StandingsTold(Told):
    """What holds now."""

    clock_known: bool
    """False while the time can't be believed: nothing is open then that has its hours."""
    trouble: str
    """Why the family store can't be read; empty where it can."""
    children: list[ChildStanding]


async def list_standings(call: Call) -> StandingsTold:
    """Give what holds now for every child."""
    now = await call.home.ask(Standings(), StandingsNow)
    children = [
        ChildStanding(
            child=one.child,
            band=one.band,
            paused=one.paused,
            lesson=list(one.lesson),
            closed=[told(closing) for closing in one.closed if closing.why != BUDGET],
        )
        for one in now.children
    ]
    return StandingsTold(clock_known=now.clock_known, trouble=now.trouble, children=children)


def told(closing: Closing) -> ClosedTold:
    """Give what is closed by time as it is told."""
    return ClosedTold.model_validate({"subject": closing.subject, "why": closing.why, "until": closing.until})


ROUTES = (
    Route(
        "GET", f"{PREFIX}/standings", Right.SEE, "What holds now for each child", list_standings, gives=StandingsTold
    ),
)
