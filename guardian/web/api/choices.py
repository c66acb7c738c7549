"""Say which categories and services a child has otherwise than its band."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from guardian.family.choices import choose
from guardian.web.api.missing import of_child
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class ChoiceTold(Told):
    """What one child has otherwise."""

    subject: str
    action: Literal["open", "block"]


class ChoicesTold(Told):
    """All choices for one child."""

    choices: list[ChoiceTold]


class ChoiceGiven(Body):
    """What is to be made of a category or service."""

    action: Literal["open", "block"]


async def list_choices(call: Call, child: int) -> ChoicesTold:
    """Give what a child has otherwise than its band."""
    family = await call.home.family()
    of_child(family, child)
    return ChoicesTold(
        choices=[
            ChoiceTold(subject=one.subject, action="open" if one.opens else "block")
            for one in family.choices
            if one.child == child
        ]
    )


async def make_choice(call: Call, child: int, subject: str, body: ChoiceGiven) -> None:
    """Open or close a category or service for a child."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: choose(store, child, subject, body.action, who, today))


async def undo_choice(call: Call, child: int, subject: str) -> None:
    """Go back to what the child's band does."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: choose(store, child, subject, None, who, today))


_PATH = f"{PREFIX}/children/{{child}}/choices"
_ONE = f"{_PATH}/{{subject:text}}"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "What a child has otherwise than its band", list_choices, gives=ChoicesTold),
    Route(
        "PUT", _ONE, Right.DECIDE, "Open or close `category:games` or `service:tiktok`", make_choice, body=ChoiceGiven
    ),
    Route("DELETE", _ONE, Right.DECIDE, "Go back to what the band does", undo_choice),
)
