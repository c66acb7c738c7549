"""Say which adults may sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.family.adults import Role, add_adult, read_adults, remove_adult
from guardian.web.api.session import NameText, PasswordText
from guardian.web.passwords import check_choice
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class AdultTold(Told):
    """An adult."""

    id: int
    name: str
    role: Role
    second_factor: bool
    """Whether an app's code is asked for."""


class AdultsTold(Told):
    """All adults."""

    adults: list[AdultTold]


class NewAdult(Body):
    """An adult to add."""

    name: NameText
    role: Role
    password: PasswordText
    """The first one; they change it themselves."""


class Added(Told):
    """What was added."""

    id: int


async def list_adults(call: Call) -> AdultsTold:
    """Give all adults: who may decide is no secret among adults."""
    adults = await call.home.read(read_adults)
    return AdultsTold(
        adults=[
            AdultTold(id=one.id, name=one.name, role=one.role, second_factor=one.second_factor is not None)
            for one in adults
        ]
    )


async def add(call: Call, body: NewAdult) -> Added:
    """Add an adult."""
    check_choice(body.password, body.name)
    digest = await call.auth.digest(body.password)
    today, who = await call.home.today(), call.principal.who
    return Added(id=await call.home.keep(lambda store: add_adult(store, body.name, body.role, digest, who, today)))


async def remove(call: Call, adult: int) -> None:
    """Remove an adult, who is signed out by it."""
    today, who = await call.home.today(), call.principal.who
    await call.home.keep(lambda store: remove_adult(store, adult, who, today))


_PATH = f"{PREFIX}/adults"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "All adults", list_adults, gives=AdultsTold),
    Route("POST", _PATH, Right.ADMIT, "Add an adult", add, body=NewAdult, gives=Added, status=201),
    Route("DELETE", f"{_PATH}/{{adult}}", Right.ADMIT, "Remove an adult", remove),
)
