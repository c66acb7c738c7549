"""Say on which days there is no school."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.family import Holiday
from guardian.family.schedules import MAX_HOLIDAYS, set_holidays
from guardian.web.api.fields import DayText, TitleText
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class HolidayTold(Told):
    """Some days without school."""

    first: str
    last: str
    title: str


class HolidaysTold(Told):
    """All of them."""

    holidays: list[HolidayTold]


class HolidayGiven(Body):
    """Some days without school."""

    first: DayText
    last: DayText
    title: TitleText = ""


class HolidaysGiven(Body):
    """All of them, in place of those before."""

    holidays: Annotated[list[HolidayGiven], Field(max_length=MAX_HOLIDAYS)]


async def list_holidays(call: Call) -> HolidaysTold:
    """Give all holidays."""
    family = await call.home.family()
    return HolidaysTold(
        holidays=[HolidayTold(first=one.first, last=one.last, title=one.title) for one in family.holidays]
    )


async def replace_holidays(call: Call, body: HolidaysGiven) -> None:
    """Replace all holidays."""
    today, who = await call.home.today(), call.principal.who
    holidays = [Holiday(one.first, one.last, one.title) for one in body.holidays]
    await call.home.decide(lambda store: set_holidays(store, holidays, who, today))


_PATH = f"{PREFIX}/holidays"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "Days without school", list_holidays, gives=HolidaysTold),
    Route("PUT", _PATH, Right.DECIDE, "Replace all holidays", replace_holidays, body=HolidaysGiven),
)
