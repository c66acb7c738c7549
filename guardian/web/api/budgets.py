"""Give children minutes a day that they start and stop themselves.

Law 1: a parent sees how many there are, never how many are left or whether they run; that is the child's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.budgets import MAX_MINUTES, MIN_MINUTES, set_budget
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class BudgetTold(Told):
    """Minutes a day."""

    child: int
    subject: str
    minutes: int


class BudgetsTold(Told):
    """All budgets."""

    budgets: list[BudgetTold]


class BudgetGiven(Body):
    """How many minutes a day there are to be."""

    minutes: Annotated[int, Field(ge=MIN_MINUTES, le=MAX_MINUTES)]


async def list_budgets(call: Call) -> BudgetsTold:
    """Give all budgets."""
    family = await call.home.family()
    return BudgetsTold(
        budgets=[BudgetTold(child=one.child, subject=one.subject, minutes=one.minutes) for one in family.budgets]
    )


async def give_budget(call: Call, child: int, subject: str, body: BudgetGiven) -> None:
    """Give a child minutes a day for a subject."""
    now, who = await call.home.moment(), call.principal.who
    await call.home.decide(lambda store: set_budget(store, child, subject, body.minutes, who, now))


async def drop_budget(call: Call, child: int, subject: str) -> None:
    """Take a budget away: there is no limit any more."""
    now, who = await call.home.moment(), call.principal.who
    await call.home.decide(lambda store: set_budget(store, child, subject, None, who, now))


_ONE = f"{PREFIX}/children/{{child}}/budgets/{{subject:text}}"
ROUTES = (
    Route("GET", f"{PREFIX}/budgets", Right.SEE, "Minutes a day", list_budgets, gives=BudgetsTold),
    Route("PUT", _ONE, Right.DECIDE, "Give a child minutes a day", give_budget, body=BudgetGiven),
    Route("DELETE", _ONE, Right.DECIDE, "Take the limit away", drop_budget),
)
