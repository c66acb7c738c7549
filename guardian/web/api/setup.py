"""Become a parent by the code that the machine's terminal shows: at the first start, or where a password is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.family.adults import Role, add_adult, read_adults, set_password
from guardian.web.api.session import CodeText, NameText, PasswordText
from guardian.web.passwords import check_choice
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class SettingUp(Body):
    """The parent who sets guardian up."""

    code: CodeText
    """As `guardian setup-code` shows it."""
    name: NameText
    """Of a parent who is there already: who gets a new password, without a second factor."""
    password: PasswordText


async def set_up(call: Call, body: SettingUp) -> None:
    """Add a parent, or give one a new password."""
    check_choice(body.password, body.name)
    today = await call.home.today()

    def change(store: sqlite3.Connection, digest: str) -> None:
        folded = body.name.strip().casefold()
        known = next((one for one in read_adults(store) if one.name.casefold() == folded), None)
        if known is None:
            add_adult(store, body.name, Role.PARENT, digest, body.name.strip(), today)
        elif known.role is Role.PARENT:
            set_password(store, known.id, digest, None, known.name, today)
        else:
            raise DecisionError(f"{known.name} is a {known.role} here; a code makes parents, so choose another name")

    await call.auth.set_up(body.code, body.password, change, call.address)


ROUTES = (Route("POST", f"{PREFIX}/setup", Right.ANYBODY, "Become a parent by a code", set_up, body=SettingUp),)
