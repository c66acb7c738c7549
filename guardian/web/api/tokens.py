"""Say which programs may sign in, and for what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.web.api.session import NameText
from guardian.web.principals import Right, Scope
from guardian.web.routes import PREFIX, Body, Route, Told
from guardian.web.tokens import make_token, read_tokens, remove_token

if TYPE_CHECKING:
    from guardian.web.routes import Call


class TokenTold(Told):
    """A program that may sign in."""

    title: str
    scopes: list[Scope]
    used: str
    """The day on which it was last used; 90 days later it is forgotten."""


class TokensTold(Told):
    """All of them."""

    tokens: list[TokenTold]


class NewToken(Body):
    """A program that shall be able to sign in."""

    title: NameText
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))]


class NewTokenTold(Told):
    """A token, shown this once."""

    token: str


async def list_tokens(call: Call) -> TokensTold:
    """Give all programs; their tokens nobody can see."""
    tokens = await call.home.read(read_tokens)
    return TokensTold(tokens=[TokenTold(title=one.title, scopes=sorted(one.scopes), used=one.used) for one in tokens])


async def add_token(call: Call, body: NewToken) -> NewTokenTold:
    """Make a token."""
    today, who = await call.home.today(), call.principal.who
    token = await call.home.keep(lambda store: make_token(store, body.title, frozenset(body.scopes), who, today))
    return NewTokenTold(token=token)


async def drop_token(call: Call, title: str) -> None:
    """Let a program sign in no longer."""
    today, who = await call.home.today(), call.principal.who
    await call.home.keep(lambda store: remove_token(store, title, who, today))


_PATH = f"{PREFIX}/tokens"
ROUTES = (
    Route("GET", _PATH, Right.ADMIT, "The programs that may sign in", list_tokens, gives=TokensTold),
    Route(
        "POST", _PATH, Right.ADMIT, "Let a program sign in", add_token, body=NewToken, gives=NewTokenTold, status=201
    ),
    Route("DELETE", f"{_PATH}/{{title:text}}", Right.ADMIT, "Let a program sign in no longer", drop_token),
)
