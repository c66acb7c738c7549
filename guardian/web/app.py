"""Take a request through the house: guard, route, who asks, what is sent, the answer.

Law 1: the order below is the order of trust: nothing of a request is read before the one above has let it pass.
Law 2: a fault of ours is told to the log, and answered in one sentence that says nothing of it.
"""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from guardian.control.lines import read_json
from guardian.errors import DecisionError, StoreError, WireError
from guardian.system.faults import in_words
from guardian.web.errors import Fault, ProblemError, faults_of, json_text, problem_response
from guardian.web.guard import HEADERS, JSON, MAX_BODY, MAX_DEPTH, Asked, Guard, too_long
from guardian.web.principals import NOBODY, UNSIGNED, Right
from guardian.web.routes import Call

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address

    from guardian.web.auth import Auth
    from guardian.web.home import Home
    from guardian.web.routes import Route, Table

LOG = logging.getLogger("guardian")
BODY_SECONDS = 10.0
"""For a body to come."""
SECONDS = 30.0
"""For the whole answer."""


class App:
    """What answers requests."""

    def __init__(self, table: Table, guard: Guard, auth: Auth, home: Home) -> None:
        """`auth` says who asks."""
        self._table = table
        self._guard = guard
        self._auth = auth
        self._home = home

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer whatever came."""
        try:
            async with asyncio.timeout(SECONDS):
                response = await self._answered(request)
        except ProblemError as error:
            response = problem_response(error)
        except DecisionError as error:
            response = problem_response(ProblemError(HTTPStatus.CONFLICT, str(error)))
        except StoreError as error:
            LOG.warning("%s", error)
            response = problem_response(ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)))
        except TimeoutError:
            response = problem_response(ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "guardian is busy; try again"))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end guardian, and must not be silent
            response = our_fault(error)
        return guarded(response)

    async def _answered(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = asked_of(request)
        self._guard.admit(asked)
        path = asked.target.partition("?")[0]
        found = self._table.find(path)
        if found is None:
            raise ProblemError(HTTPStatus.NOT_FOUND, "there is nothing here")
        route = found.routes.get(asked.method)
        if route is None:
            allowed = ", ".join(sorted(found.routes))
            raise ProblemError(HTTPStatus.METHOD_NOT_ALLOWED, f"this takes {allowed}", headers={"Allow": allowed})
        address = plain_address(str(request.remote))
        if route.right in UNSIGNED:
            self._auth.pace(address)
        who = NOBODY if route.right is Right.ANYBODY else await self._auth.who(asked, route.right, address)
        call = Call(self._home, self._auth, who, address, asked.secure)
        given = found.place | await _given(request, route)
        return _response(route, await route.handler(call, **given))


def asked_of(request: web.BaseRequest) -> Asked:
    """Give what of a request the guard looks at."""
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = (*headers.get(key, ()), value)
    transport = request.transport
    own = str(plain_address(transport.get_extra_info("sockname")[0])) if transport else ""
    return Asked(request.method, request.raw_path, headers, own, request.secure)


def plain_address(text: str) -> IPv4Address | IPv6Address:
    """Give an address as devices know it: without the interface, and IPv4 as such on a socket of both kinds."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def guarded(response: web.StreamResponse) -> web.StreamResponse:
    """Give an answer the headers that each has; a way that leads out of this house is a fault of ours."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    target = response.headers.get("Location", "/")
    if not target.startswith("/") or target.startswith("//") or "\\" in target:
        return guarded(our_fault(ValueError("a redirect out of this house")))
    return response


def our_fault(error: BaseException) -> web.Response:
    """Tell the log of a fault of ours, by its kind and place, and give the answer to who met it."""
    LOG.error("a fault of guardian's own, please report it: %s", in_words(error))
    return problem_response(
        ProblemError(HTTPStatus.INTERNAL_SERVER_ERROR, "guardian made a mistake here; its log says where")
    )


async def _given(request: web.BaseRequest, route: Route) -> dict[str, BaseModel]:
    """Read what was sent, as the route's models have it."""
    given = {}
    if route.query is not None:
        given["query"] = _read(route.query, _once(request))
    elif request.query_string:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "nothing stands behind a ? here")
    if route.body is not None:
        given["body"] = _read_json(route.body, await _octets(request))
    return given


async def _octets(request: web.BaseRequest) -> bytes:
    octets = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while more := await request.content.readany():
                octets += more
                if len(octets) > MAX_BODY:
                    raise too_long()
    except TimeoutError as error:
        raise ProblemError(HTTPStatus.REQUEST_TIMEOUT, "the rest did not come in time", closes=True) from error
    return octets


def _read_json(model: type[BaseModel], octets: bytes) -> BaseModel:
    try:
        read_json(octets, max_octets=MAX_BODY, max_depth=MAX_DEPTH)
        return model.model_validate_json(octets)
    except WireError as error:
        raise ProblemError(HTTPStatus.BAD_REQUEST, f"what was sent can't be read: {error}") from error
    except ValidationError as error:
        raise _unfit(error) from error


def _read(model: type[BaseModel], values: Mapping[str, str]) -> BaseModel:
    try:
        return model.model_validate(values, strict=False)
    except ValidationError as error:
        raise _unfit(error) from error


def _once(request: web.BaseRequest) -> dict[str, str]:
    values = dict(request.query)
    if len(values) != len(request.query):
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "a key stands twice behind the ?")
    return values


def _unfit(error: ValidationError) -> ProblemError:
    faults: list[Fault] = faults_of(error.errors(include_url=False, include_input=False))
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "what was sent does not fit", faults=faults)


def _response(route: Route, told: Any) -> web.StreamResponse:  # noqa: ANN401 - what a handler gives
    if isinstance(told, web.StreamResponse):
        return told
    if told is None:
        return web.Response(status=HTTPStatus.NO_CONTENT)
    if not isinstance(told, BaseModel):
        raise TypeError(f"{route.method} {route.path} gives {type(told).__name__}")
    return web.Response(status=route.status, text=json_text(told), content_type=JSON)
