"""Hold what a route is: a method, a path, who may, what is sent, what is given back, and who does it.

Law 1: what is not in the table of routes is not there; a route says who may, or can't be written.
Law 2: a path is matched part by part as it was sent; nothing is normalised, and nothing in it is a file.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from ipaddress import IPv4Address, IPv6Address

    from guardian.web.auth import Auth
    from guardian.web.home import Home
    from guardian.web.principals import Principal, Right

PREFIX = "/api/v1"
MAX_PART = 255
"""Characters of one part of a path, decoded."""
_PARAMETER: Final = re.compile(r"\{([a-z_]+)(:text)?\}")
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}|0", re.ASCII)


class Body(BaseModel):
    """The base of what is sent: strict, and every key known."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", use_attribute_docstrings=True)


class Told(BaseModel):
    """The base of what is given back."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that was let in, for who answers it."""

    home: Home
    auth: Auth
    principal: Principal
    address: IPv4Address | IPv6Address
    """From where; never kept."""
    secure: bool
    """Whether it came encrypted."""


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked.

    The handler is called with the `Call`, what stands in the path (by name: a whole number, or a text where the path
    says `{name:text}`), and, where the route has them, `body` and `query`. It gives a model, None (204), or a whole
    `web.StreamResponse`.
    """

    method: str
    path: str
    """With `{parameters}`."""
    right: Right
    summary: str
    """A sentence for the documentation."""
    handler: Callable[..., Awaitable[object]]
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    gives: type[BaseModel] | None = None
    status: int = 200
    """Of a model that is given back."""

    def __post_init__(self) -> None:
        """TypeError where the handler does not take what the route would hand it."""
        wanted = {name for name, _ in self.parameters()}
        wanted |= {"body"} if self.body else set()
        wanted |= {"query"} if self.query else set()
        taken = set(list(inspect.signature(self.handler).parameters)[1:])
        if wanted != taken:
            raise TypeError(f"{self.method} {self.path}: the handler takes {taken}, the route has {wanted}")

    def parameters(self) -> list[tuple[str, type]]:
        """Give the names in the path, and whether each is an `int` or a `str`."""
        return [(name, str if text else int) for name, text in _PARAMETER.findall(self.path)]

    def plain_path(self) -> str:
        """Give the path as OpenAPI writes it."""
        return _PARAMETER.sub(r"{\1}", self.path)


class Found(NamedTuple):
    """What a path leads to."""

    routes: dict[str, Route]
    """By method."""
    place: dict[str, Any]


class Table:
    """All routes; TypeError where two are one and the same."""

    def __init__(self, routes: Sequence[Route]) -> None:
        """Sort the routes by their paths."""
        self.routes = tuple(routes)
        self._paths: dict[tuple[str, ...], dict[str, Route]] = {}
        # what is written out goes before what could hold it
        for route in sorted(routes, key=lambda one: _PARAMETER.search(one.path) is not None):
            methods = self._paths.setdefault(tuple(route.path.split("/")), {})
            if route.method in methods:
                raise TypeError(f"{route.method} {route.path} stands in the table twice")
            methods[route.method] = route

    def find(self, path: str) -> Found | None:
        """Give what a path as it was sent, without its query, leads to; None where nothing is there."""
        parts = path.split("/")
        for wanted, routes in self._paths.items():
            place = _fits(wanted, parts)
            if place is not None:
                return Found(routes, place)
        return None


def _fits(wanted: Sequence[str], parts: Sequence[str]) -> dict[str, Any] | None:
    if len(wanted) != len(parts):
        return None
    place: dict[str, Any] = {}
    for want, part in zip(wanted, parts, strict=True):
        parameter = _PARAMETER.fullmatch(want)
        if parameter is None:
            if want != part:
                return None
            continue
        name, is_text = parameter.groups()
        if is_text:
            text = unquote(part, errors="replace")
            if not 0 < len(text) <= MAX_PART:
                return None
            place[name] = text
        elif _NUMBER.fullmatch(part):
            place[name] = int(part)
        else:
            return None
    return place
