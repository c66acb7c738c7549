"""Tell a child's device what holds now, until when, and why; what it may do itself; and what was changed lately.

Law 1: it tells of the device's own children alone; on a device of several, of no site that one of them alone has a rule
       on.
Law 2: what guardian counts of this house is told here, wherever it counts (DESIGN: no hidden mode).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from guardian.control.messages import HowAreYou, Standings, StandingsNow
from guardian.control.status import Status
from guardian.family.growing import grown
from guardian.family.log import Did, read_log
from guardian.family.standing import LESSON, PAUSE
from guardian.lists.catalog import Bilingual
from guardian.model import Action, Band
from guardian.web.api.catalogue import all_categories
from guardian.web.api.hours import HoursTold
from guardian.web.api.hours import told as hours_told
from guardian.web.api.own import OWN, is_shared
from guardian.web.api.standing import ChildStanding
from guardian.web.api.standing import told as closing_told
from guardian.web.principals import Right
from guardian.web.routes import Route, Told

if TYPE_CHECKING:
    import sqlite3
    from datetime import date, datetime

    from guardian.control.messages import ChildNow
    from guardian.family.family import Family
    from guardian.family.members import Child
    from guardian.web.api.catalogue import CategoriesTold
    from guardian.web.routes import Call

CHANGED_DAYS = 30
MAX_CHANGED = 20
_OF_RULES = frozenset(
    {
        Did.CHILD_ADDED, Did.CHILD_CHANGED, Did.BAND_CHANGED, Did.BAND_GROWN, Did.DEVICE_ADDED, Did.DEVICE_CHANGED,
        Did.HOURS_SET, Did.HOURS_REMOVED, Did.CHOICE_MADE, Did.CHOICE_REMOVED, Did.RULE_ADDED, Did.RULE_REMOVED,
        Did.MEASURE_TAKEN, Did.MEASURE_ENDED, Did.BUDGET_SET, Did.BUDGET_REMOVED, Did.HOLIDAYS_SET,
        Did.BACKUP_RESTORED,
    }
)  # fmt: skip


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


class CategoryOfOwn(Told):
    """What the child's band does with a kind of site."""

    subject: str
    title: Bilingual
    why: Bilingual
    action: Action


class OwnChild(ChildStanding):
    """What holds for a child on its own device."""

    name: str
    paused_until: int | None
    """Seconds of Unix time, while filtering pauses."""
    moves_on: str | None
    """The month from which on more is open; null where nothing is planned."""
    safe_search: str | None
    video: str | None
    hours: list[HoursTold]
    """When something is closed, week by week."""
    minutes: list[MinutesTold]
    categories: list[CategoryOfOwn]
    """What the band does; `choices` come before it."""
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


class _Now(NamedTuple):
    """What is the same for every child of the device."""

    family: Family
    moment: datetime
    categories: CategoriesTold
    house_pause: int | None
    """When a pause of the whole house ends."""
    shared: bool


async def read_own_standing(call: Call) -> OwnStanding:
    """Give what holds now for the children of this device."""
    told = await call.home.ask(Standings(), StandingsNow)
    status = await call.home.ask(HowAreYou(), Status)
    moment, minutes = await call.home.moment(), status.paused_minutes
    pause = None if minutes is None else int(moment.timestamp()) + 60 * minutes
    shared = is_shared(call.principal)
    now = _Now(await call.home.family(), moment, await all_categories(), pause, shared)
    standings = {one.child: one for one in told.children}
    children = []
    for child in now.family.children:
        if child.id in call.principal.children and child.id in standings:
            changed = await call.home.read(partial(_changed, child.id, moment.date()))
            children.append(_own(child, standings[child.id], now, changed))
    return OwnStanding(clock_known=told.clock_known, trouble=told.trouble, shared=shared, children=children, counted=[])


def _own(child: Child, standing: ChildNow, now: _Now, changed: list[ChangeTold]) -> OwnChild:
    family, moment = now.family, now.moment
    whose = {None, child.id}
    paused_until = _paused_until(child, now)
    return OwnChild(
        child=child.id,
        name=child.name,
        band=standing.band,
        moves_on=grown(child, moment.date()).moves_on,
        paused=paused_until is not None,
        paused_until=paused_until,
        lesson=_lesson(standing, now),
        closed=list(map(closing_told, standing.closed)),
        safe_search=child.safe_search,
        video=child.video,
        hours=[hours_told(one) for one in family.hours if one.child in whose],
        minutes=[
            MinutesTold(subject=one.subject, minutes=one.minutes, left_seconds=one.left(moment), runs=one.runs(moment))
            for one in family.budgets
            if one.child == child.id
        ],
        categories=[
            CategoryOfOwn(subject=one.subject, title=one.title, why=one.child, action=one.bands[Band(standing.band)])
            for one in now.categories.categories
        ],
        choices=[
            ChoiceOfOwn(subject=one.subject, action="open" if one.opens else "block")
            for one in family.choices
            if one.child == child.id
        ],
        rules=[
            RuleOfOwn(name=one.name, action="open" if one.opens else "block", reason=one.reason, until=one.until)
            for one in family.rules
            if one.child in ({None} if now.shared else whose) and (one.until is None or one.until > moment.timestamp())
        ],
        changed=changed,
    )


def _lesson(standing: ChildNow, now: _Now) -> list[str]:
    everybodys = {name for one in now.family.measures if one.kind == LESSON and one.child is None for name in one.names}
    return [name for name in standing.lesson if not now.shared or name in everybodys]


def _paused_until(child: Child, now: _Now) -> int | None:
    ends = [one.until for one in now.family.measures if one.kind == PAUSE and one.child in {None, child.id}]
    ends += [] if now.house_pause is None else [now.house_pause]
    return max((end for end in ends if end > now.moment.timestamp()), default=None)


def _changed(child: int, today: date, store: sqlite3.Connection) -> list[ChangeTold]:
    since = f"{today - timedelta(days=CHANGED_DAYS):%Y-%m-%d}"
    lines = [line for line in read_log(store, child) if line.what in _OF_RULES and line.day >= since]
    return [ChangeTold(day=line.day, what=line.what, detail=line.detail) for line in lines[:MAX_CHANGED]]


ROUTES = (
    Route("GET", f"{OWN}/standing", Right.OWN, "What holds now on this device", read_own_standing, gives=OwnStanding),
)
