"""Say when something is closed, week by week."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from guardian.family.decisions import EVERYTHING, Hours
from guardian.family.hours import Window
from guardian.family.schedules import remove_hours, set_hours
from guardian.web.api.adults import Added
from guardian.web.api.fields import Number, SubjectText, TitleText
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call

DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[DayName, ...] = get_args(DayName)
StartText = Annotated[str, Field(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d$")]
EndText = Annotated[str, Field(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$")]


class HoursTold(Told):
    """When something is closed."""

    id: int
    child: int | None
    """Null for every child."""
    subject: str
    title: str
    days: list[DayName]
    """On which it begins."""
    start: str
    end: str
    """At or before the start it is on the next day."""
    on_holidays: bool


class AllHoursTold(Told):
    """All hours."""

    hours: list[HoursTold]


class HoursGiven(Body):
    """Hours to be in force."""

    child: Number | None = None
    subject: SubjectText = EVERYTHING
    title: TitleText = ""
    days: Annotated[list[DayName], Field(min_length=1, max_length=7)]
    start: StartText
    end: EndText
    """At or before the start it is on the next day; `24:00` ends with the day."""
    on_holidays: bool = True

    def hours(self, number: int) -> Hours:
        """Give them as a family decides them; number 0 is for new ones."""
        window = Window(frozenset(map(_DAYS.index, self.days)), _minute(self.start), _minute(self.end))
        return Hours(number, self.child, self.subject, self.title, window, self.on_holidays)


async def list_hours(call: Call) -> AllHoursTold:
    """Give all hours."""
    return AllHoursTold(hours=list(map(told, (await call.home.family()).hours)))


def told(hours: Hours) -> HoursTold:
    """Give hours as they are told."""
    return HoursTold(
        id=hours.id,
        child=hours.child,
        subject=hours.subject,
        title=hours.title,
        days=[_DAYS[day] for day in sorted(hours.window.days)],
        start=_clock(hours.window.start),
        end=_clock(hours.window.end),
        on_holidays=hours.on_holidays,
    )


async def add_hours(call: Call, body: HoursGiven) -> Added:
    """Add hours."""
    today, who = await call.home.today(), call.principal.who
    return Added(id=await call.home.decide(lambda store: set_hours(store, body.hours(0), who, today)))


async def replace_hours(call: Call, hours: int, body: HoursGiven) -> None:
    """Replace hours."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: set_hours(store, body.hours(hours), who, today))


async def drop_hours(call: Call, hours: int) -> None:
    """Remove hours."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: remove_hours(store, hours, who, today))


def _minute(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


_PATH = f"{PREFIX}/hours"
_ONE = f"{_PATH}/{{hours}}"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "When something is closed", list_hours, gives=AllHoursTold),
    Route("POST", _PATH, Right.DECIDE, "Add hours", add_hours, body=HoursGiven, gives=Added, status=201),
    Route("PUT", _ONE, Right.DECIDE, "Replace hours", replace_hours, body=HoursGiven),
    Route("DELETE", _ONE, Right.DECIDE, "Remove hours", drop_hours),
)
