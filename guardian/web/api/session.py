"""Sign in, see who one is, and sign out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from aiohttp import web
from pydantic import Field

from guardian.web.errors import json_text
from guardian.web.guard import JSON
from guardian.web.principals import ROLES, Right
from guardian.web.routes import PREFIX, Body, Route, Told
from guardian.web.sessions import clear_cookie, close_session, open_session, set_cookie

if TYPE_CHECKING:
    from guardian.web.routes import Call

PasswordText = Annotated[str, Field(max_length=200)]
CodeText = Annotated[str, Field(max_length=20)]
NameText = Annotated[str, Field(min_length=1, max_length=200)]


class SigningIn(Body):
    """Who signs in."""

    name: NameText
    password: PasswordText
    code: CodeText = ""
    """What the authenticator app shows; empty where there is none."""


class SessionTold(Told):
    """Who is signed in."""

    name: str
    rights: list[Right]
    form: str
    """What each change of this session has in its header `Guardian-Form`."""


async def sign_in(call: Call, body: SigningIn) -> web.Response:
    """Open a session and hand over its cookie; whatever cookie came with it counts for nothing."""
    adult = await call.auth.sign_in(body.name, body.password, body.code, call.address)
    now = call.home.now()
    opened = await call.home.keep(lambda store: open_session(store, adult.id, now))
    told = SessionTold(name=adult.name, rights=sorted(ROLES[adult.role]), form=opened.form)
    response = web.Response(status=201, text=json_text(told), content_type=JSON)
    set_cookie(response, opened.secret, secure=call.secure)
    return response


async def read_session(call: Call) -> SessionTold:
    """Say who is signed in."""
    principal = call.principal
    return SessionTold(name=principal.who, rights=sorted(principal.rights), form=principal.form or "")


async def sign_out(call: Call) -> web.Response:
    """End this session."""
    digest = call.principal.session or ""
    await call.home.keep(lambda store: close_session(store, digest))
    response = web.Response(status=204)
    clear_cookie(response, secure=call.secure)
    return response


_PATH = f"{PREFIX}/session"
ROUTES = (
    Route("POST", _PATH, Right.ANYBODY, "Sign in", sign_in, body=SigningIn, gives=SessionTold, status=201),
    Route("GET", _PATH, Right.ACCOUNT, "Who is signed in", read_session, gives=SessionTold),
    Route("DELETE", _PATH, Right.ACCOUNT, "Sign out", sign_out),
)
