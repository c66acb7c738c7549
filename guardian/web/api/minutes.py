"""Let a child start and stop its own minutes of the day; nothing is logged of it.

Law 1: on a device of several children each names itself; how the others' minutes stand is not told here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.family.budgets import start_budget, stop_budget
from guardian.web.api.own import OWN, Mine
from guardian.web.principals import Right
from guardian.web.routes import Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class LeftTold(Told):
    """What is left of this day's minutes."""

    seconds: int


async def start_minutes(call: Call, subject: str, body: Mine) -> LeftTold:
    """Let them run from now on."""
    child, now = body.of(call.principal), await call.home.moment()
    return LeftTold(seconds=await call.home.decide(lambda store: start_budget(store, child, subject, now)))


async def stop_minutes(call: Call, subject: str, body: Mine) -> LeftTold:
    """Stop them."""
    child, now = body.of(call.principal), await call.home.moment()
    return LeftTold(seconds=await call.home.decide(lambda store: stop_budget(store, child, subject, now)))


_ONE = f"{OWN}/budgets/{{subject:text}}"
ROUTES = (
    Route("POST", f"{_ONE}/start", Right.OWN, "Start one's minutes", start_minutes, body=Mine, gives=LeftTold),
    Route("POST", f"{_ONE}/stop", Right.OWN, "Stop one's minutes", stop_minutes, body=Mine, gives=LeftTold),
)
