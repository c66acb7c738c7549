"""Say what is wrong with a request as problem details (RFC 9457), in words for people.

Law 1: what was sent is never repeated raw: a key is named only where the form has it, and JSON is escaped for HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from http import HTTPStatus

    from pydantic_core import ErrorDetails

PROBLEM = "application/problem+json"
MAX_FAULTS = 20
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
"""What a browser could take for markup, were it ever shown JSON as a page; outside of texts JSON has none of them."""


class Fault(BaseModel):
    """One thing that is wrong with what was sent."""

    where: str
    """The key, `hours.0.start`; empty for the whole."""
    what: str


class Problem(BaseModel):
    """What is wrong (RFC 9457)."""

    status: int
    title: str
    detail: str
    faults: list[Fault] = Field(default_factory=list)


class ProblemError(Exception):
    """A request that is not answered as asked."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        closes: bool = False,
    ) -> None:
        """`detail` is for a person: what, and what to do; `headers` go with it, `closes` ends the connection."""
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})
        self.closes = closes
        super().__init__(detail)


def problem_response(error: ProblemError) -> web.Response:
    """Give the answer that tells of a problem."""
    told = Problem(
        status=error.status, title=error.status.phrase, detail=error.detail, faults=list(error.faults[:MAX_FAULTS])
    )
    text = json_text(told, without_empty=True)
    response = web.Response(status=error.status, text=text, content_type=PROBLEM, headers=error.headers)
    if error.closes:
        response.force_close()
    return response


def json_text(told: BaseModel, *, without_empty: bool = False) -> str:
    """Write a model as JSON that means nothing as HTML."""
    return told.model_dump_json(by_alias=True, exclude_defaults=without_empty).translate(_ESCAPES)


def faults_of(errors: Sequence[ErrorDetails]) -> list[Fault]:
    """Word what pydantic found; a key that the form has not is not repeated."""
    found = []
    for error in errors[:MAX_FAULTS]:
        unknown = error["type"] == "extra_forbidden"
        path = error["loc"][:-1] if unknown else error["loc"]
        what = "has a key that is not known here" if unknown else error["msg"]
        found.append(Fault(where=".".join(map(str, path)), what=what))
    return found
