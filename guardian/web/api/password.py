"""Change one's own password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.family.adults import set_password
from guardian.web.api.session import CodeText, PasswordText
from guardian.web.passwords import check_choice
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route

if TYPE_CHECKING:
    from guardian.web.routes import Call


class PasswordChange(Body):
    """The old password and the new one."""

    old: PasswordText
    code: CodeText = ""
    new: PasswordText


async def change_password(call: Call, body: PasswordChange) -> None:
    """Change it; every session of this adult ends, this one too."""
    check_choice(body.new, call.principal.who)
    adult = await call.auth.confirm(call.principal, body.old, body.code, call.address)
    digest = await call.auth.digest(body.new)
    today = await call.home.today()
    await call.home.keep(lambda store: set_password(store, adult.id, digest, adult.second_factor, adult.name, today))


ROUTES = (
    Route(
        "PUT",
        f"{PREFIX}/password",
        Right.ACCOUNT,
        "Change one's own password, which signs one out everywhere",
        change_password,
        body=PasswordChange,
    ),
)
