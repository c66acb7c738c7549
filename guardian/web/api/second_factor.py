"""Let an authenticator app's code be asked for at signing in, or no longer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.adults import set_password
from guardian.web.api.session import CodeText, PasswordText
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told
from guardian.web.second_factor import address_of, is_secret, new_secret, step_of

if TYPE_CHECKING:
    from guardian.web.routes import Call


class SecretTold(Told):
    """A secret for an app; it counts only once it is sent back with a code."""

    secret: str
    address: str
    """The same as a QR code holds it."""


class SecondFactorChange(Body):
    """What is to be asked for from now on."""

    password: PasswordText
    code: CodeText = ""
    """Of the second factor that is in force, where one is."""
    secret: Annotated[str, Field(max_length=64)] | None
    """As it was given; null for none."""
    new_code: CodeText = ""
    """What the app shows for this secret."""


async def draw_secret(call: Call) -> SecretTold:
    """Draw a secret; nothing is kept of it."""
    secret = new_secret()
    return SecretTold(secret=secret, address=address_of(secret, call.principal.who))


async def change_second_factor(call: Call, body: SecondFactorChange) -> None:
    """Change it; every session of this adult ends, this one too."""
    if body.secret is not None and not _shown(body.secret, body.new_code, call.home.now()):
        detail = "the app shows another code for this secret; is the clock of the phone right?"
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail)
    adult = await call.auth.confirm(call.principal, body.password, body.code, call.address)
    digest = await call.auth.digest(body.password)
    today = await call.home.today()
    await call.home.keep(lambda store: set_password(store, adult.id, digest, body.secret, adult.name, today))


def _shown(secret: str, code: str, now: int) -> bool:
    return is_secret(secret) and step_of(secret, code.strip(), now, last=0) is not None


_PATH = f"{PREFIX}/second-factor"
ROUTES = (
    Route("POST", _PATH, Right.ACCOUNT, "Draw a secret for an authenticator app", draw_secret, gives=SecretTold),
    Route(
        "PUT",
        _PATH,
        Right.ACCOUNT,
        "Ask for an app's code at signing in, or no longer",
        change_second_factor,
        body=SecondFactorChange,
    ),
)
