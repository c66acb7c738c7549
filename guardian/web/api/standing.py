"""Say what holds now: of every child to a parent, of its own children to a device.

Law 1: a parent is not told whether a child's minutes run or how many are left: that is the child's.
Law 2: on a device of several children each sees what holds for those, and no site that one of them alone has a rule on.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal

from guardian.control.messages import Standings, StandingsNow
from guardian.family.growing import grown
from guardian.family.log import Did, read_log
from guardian.web.api.own import OWN, is_shared
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime

    from guardian.control.messages import ChildNow
    from guardian.family.family import Family
    from guardian.family.members import Child
    from guardian.web.routes import Call

CHANGED_DAYS = 30
MAX_CHANGED = 20
BUDGET = "budget"
_OF_RULES = frozenset(
    {
        Did.CHILD_ADDED, Did.CHILD_CHANGED, Did.BAND_CHANGED, Did.BAND_GROWN, Did.DEVICE_ADDED, Did.DEVICE_CHANGED,
        Did.HOURS_SET, Did.HOURS_REMOVED, Did.CHOICE_MADE, Did.CHOICE_REMOVED, Did.RULE_ADDED, Did.RULE_REMOVED,
        Did.MEASURE_TAKEN, Did.MEASURE_ENDED, Did.BUDGET_SET, Did.BUDGET_REMOVED, Did.HOLIDAYS_SET,
        Did.BACKUP_RESTORED,
    }
)  # fmt: skip


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


class MinutesTold(Told):
    """Minutes of the day that the child starts and stops."""

    subject: str
    minutes: int
    left_seconds: int
    runs: bool


class ChoiceOfOwn(Told):
    """A category or service that is otherwise than the band has it."""

    subject: str
    action: Literal["open", "block"]


class RuleOfOwn(Told):
    """A site that a parent opened or closed, and why."""

    name: str
    action: Literal["open", "block"]
    reason: str
    until: int | None


class ChangeTold(Told):
    """What was changed of one's rules."""

    day: str
    what: Did
    detail: str


class OwnChild(ChildStanding):
    """What holds for a child on its own device."""

    name: str
    moves_on: str | None
    """The month from which on more is open; null where nothing is planned."""
    safe_search: str | None
    video: str | None
    minutes: list[MinutesTold]
    choices: list[ChoiceOfOwn]
    rules: list[RuleOfOwn]
    changed: list[ChangeTold]
    """In the last thirty days, the newest first."""


class OwnStanding(Told):
    """What a child's device is told of itself."""

    clock_known: bool
    trouble: str
    shared: bool
    """Several children use this device: the strictest of what holds for them applies."""
    children: list[OwnChild]
    counted: list[str]
    """What guardian counts of this house: nothing, as long as this is empty."""


async def list_standings(call: Call) -> StandingsTold:
    """Give what holds now for every child."""
    now = await call.home.ask(Standings(), StandingsNow)
    children = [ChildStanding.model_validate(_standing(one, with_minutes=False)) for one in now.children]
    return StandingsTold(clock_known=now.clock_known, trouble=now.trouble, children=children)


async def read_own_standing(call: Call) -> OwnStanding:
    """Give what holds now for the children of this device."""
    now = await call.home.ask(Standings(), StandingsNow)
    family, moment = await call.home.family(), await call.home.moment()
    standings = {one.child: one for one in now.children}
    shared = is_shared(call.principal)
    children = []
    for child in family.children:
        if child.id in call.principal.children and child.id in standings:
            changed = await call.home.read(partial(_changed, child.id, moment.date()))
            children.append(_own(child, standings[child.id], family, moment, changed, shared=shared))
    return OwnStanding(clock_known=now.clock_known, trouble=now.trouble, shared=shared, children=children, counted=[])


def _standing(now: ChildNow, *, with_minutes: bool) -> dict[str, object]:
    closed = [
        {"subject": one.subject, "why": one.why, "until": one.until}
        for one in now.closed
        if with_minutes or one.why != BUDGET
    ]
    return {
        "child": now.child, "band": now.band, "paused": now.paused, "lesson": list(now.lesson), "closed": closed
    }  # fmt: skip


def _own(
    child: Child, now: ChildNow, family: Family, moment: datetime, changed: list[ChangeTold], *, shared: bool
) -> OwnChild:
    today = grown(child, moment.date())
    whose = {None} if shared else {None, child.id}
    return OwnChild.model_validate(
        _standing(now, with_minutes=True)
        | {
            "name": child.name,
            "moves_on": today.moves_on,
            "safe_search": child.safe_search,
            "video": child.video,
            "minutes": [
                MinutesTold(
                    subject=one.subject, minutes=one.minutes, left_seconds=one.left(moment), runs=one.runs(moment)
                )
                for one in family.budgets
                if one.child == child.id
            ],
            "choices": [
                ChoiceOfOwn(subject=one.subject, action="open" if one.opens else "block")
                for one in family.choices
                if one.child == child.id
            ],
            "rules": [
                RuleOfOwn(name=one.name, action="open" if one.opens else "block", reason=one.reason, until=one.until)
                for one in family.rules
                if one.child in whose and (one.until is None or one.until > moment.timestamp())
            ],
            "changed": changed,
        }
    )


def _changed(child: int, today: date, store: sqlite3.Connection) -> list[ChangeTold]:
    since = f"{today - timedelta(days=CHANGED_DAYS):%Y-%m-%d}"
    lines = [line for line in read_log(store, child) if line.what in _OF_RULES and line.day >= since]
    return [ChangeTold(day=line.day, what=line.what, detail=line.detail) for line in lines[:MAX_CHANGED]]


ROUTES = (
    Route(
        "GET", f"{PREFIX}/standings", Right.SEE, "What holds now for each child", list_standings, gives=StandingsTold
    ),
    Route("GET", f"{OWN}/standing", Right.OWN, "What holds now on this device", read_own_standing, gives=OwnStanding),
)
