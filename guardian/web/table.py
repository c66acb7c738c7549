"""Hold the table of routes: everything that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import RootModel

from guardian.web import adguard
from guardian.web.api import (
    adults,
    budgets,
    catalogue,
    children,
    choices,
    claims,
    devices,
    holidays,
    hours,
    lessons,
    log,
    measures,
    minutes,
    newcomers,
    own_standing,
    password,
    requests,
    rules,
    second_factor,
    session,
    settings,
    setup,
    standing,
    status,
    tokens,
    troubleshooting,
)
from guardian.web.openapi import document
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Table

if TYPE_CHECKING:
    from guardian.web.routes import Call

RESOURCES = (
    setup, session, password, second_factor, adults, tokens, status,
    children, devices, newcomers, claims, hours, choices, rules, measures, lessons, budgets, holidays, settings,
    requests, standing, own_standing, minutes, troubleshooting, log, catalogue, adguard,
)  # fmt: skip
"""Each has its `ROUTES`."""


class Document(RootModel[dict[str, Any]]):
    """What can be asked, as OpenAPI 3.1."""


def whole_table(release: str) -> Table:
    """Give every route there is, the document of all of them included; `release` is the version it is of."""

    async def read_document(_: Call) -> Document:
        return told

    routes = [route for resource in RESOURCES for route in resource.ROUTES]
    summary = "This document: what can be asked, and by whom"
    table = Table(
        [*routes, Route("GET", f"{PREFIX}/openapi.json", Right.ANYBODY, summary, read_document, gives=Document)]
    )
    told = Document(document(table, release))
    return table
