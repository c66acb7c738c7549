"""Let a parent make a code, and let a device say by it whose it is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.claims import CODE_SECONDS, claim_device, is_any_open, make_code
from guardian.web.api.adults import Added
from guardian.web.api.fields import Number
from guardian.web.api.session import NameText
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class NewCode(Body):
    """For whom the device is to be."""

    child: Number | None
    """Null for an adult's."""


class CodeTold(Told):
    """A code, shown this once."""

    code: str
    seconds: int
    """For so long it can be typed on the device."""


class Claim(Body):
    """What somebody types on the device."""

    code: Annotated[str, Field(min_length=1, max_length=20)]
    name: NameText
    """What the device is to be called, where it is new."""
    instead_of: Number | None = None
    """The device that it was, under another hardware address."""


async def draw_code(call: Call, body: NewCode) -> CodeTold:
    """Make a code by which one device becomes a child's or an adult's."""
    now, who = call.home.now(), call.principal.who
    code = await call.home.keep(lambda store: make_code(store, body.child, who, now))
    return CodeTold(code=code, seconds=CODE_SECONDS)


async def claim_this_device(call: Call, body: Claim) -> Added:
    """Take the word of the device that asks for whose it is."""
    now = call.home.now()
    wrong = ProblemError(HTTPStatus.UNAUTHORIZED, "this code is wrong, used or too old; a parent makes a new one")
    # who guesses while no code is open costs this machine's card no write
    if not await call.home.read(lambda store: is_any_open(store, now)):
        raise wrong
    asker = await call.home.device_at(call.address)
    if asker.profile is None or not asker.hardware:
        detail = "guardian can't tell this device from others here; add it by its hardware address, on a parent's phone"
        raise ProblemError(HTTPStatus.CONFLICT, detail)
    today = await call.home.today()

    def claim(store: sqlite3.Connection) -> int | None:
        return claim_device(
            store, body.code, asker.hardware, body.name, instead_of=body.instead_of, today=today, now=now
        )

    device = await call.home.decide(claim)
    if device is None:
        raise wrong
    return Added(id=device)


ROUTES = (
    Route(
        "POST", f"{PREFIX}/codes", Right.DECIDE, "Make a code for a device", draw_code, body=NewCode, gives=CodeTold,
        status=201,
    ),
    Route(
        "POST", f"{PREFIX}/claim", Right.ANYBODY, "Say by a code whose this device is", claim_this_device, body=Claim,
        gives=Added, status=201,
    ),
)  # fmt: skip
