"""The table of routes: what is in it is there for whom it says, and nothing else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from guardian.family.adults import Role
from guardian.web.guard import METHODS, SAFE_METHODS
from guardian.web.openapi import document
from guardian.web.principals import ROLES, SCOPES, Right, Scope
from guardian.web.routes import Route, Table
from guardian.web.table import whole_table

if TYPE_CHECKING:
    from guardian.web.routes import Call

BY_ADDRESS = (Right.OWN, Right.HERE)
"""Rights that a device has by its address, and nobody else."""
MOST_OPEN = 4
"""Routes that anybody may ask (security.md, R20)."""


class Size(BaseModel):
    size: int


async def nothing(call: Call) -> None: ...


async def one(call: Call, thing: int) -> None: ...


async def named(call: Call, name: str) -> None: ...


def route(method: str = "GET", path: str = "/things", handler: Any = nothing, **more: Any) -> Route:  # noqa: ANN401
    return Route(method, path, Right.SEE, "A thing", handler, **more)


# --- the whole table --------------------------------------------------------------------------------------------------


def test_at_most_four_routes_are_for_anybody_and_a_secret_goes_with_each_that_changes_anything() -> None:
    open_to_all = {(one.method, one.path) for one in whole_table("0").routes if one.right is Right.ANYBODY}
    assert len(open_to_all) <= MOST_OPEN
    by_a_secret = {("POST", f"/api/v1/{one}") for one in ("session", "setup", "claim")}
    assert {one for one in open_to_all if one[0] not in SAFE_METHODS} == by_a_secret


def test_what_is_only_asked_changes_nothing_and_what_changes_is_no_question() -> None:
    for one in whole_table("0").routes:
        assert one.method in METHODS
        assert one.method not in SAFE_METHODS or one.body is None, one.path


def test_to_see_is_not_enough_to_change_anything() -> None:
    changing = [one for one in whole_table("0").routes if one.method not in SAFE_METHODS]
    assert not [one.path for one in changing if one.right is Right.SEE]


def test_every_route_is_told_of_in_the_document_with_who_may_and_in_a_sentence() -> None:
    table = whole_table("0")
    told = document(table, "0")["paths"]
    for one in table.routes:
        operation = told[one.plain_path()][one.method.lower()]
        assert operation["x-right"] == one.right
        assert operation["summary"]
        assert bool(operation["security"]) == (one.right not in {Right.ANYBODY, *BY_ADDRESS}), one.path
    assert sum(len(methods) for methods in told.values()) == len(table.routes)


def test_every_operation_of_the_document_has_a_name_of_its_own() -> None:
    names = [
        one["operationId"] for methods in document(whole_table("0"), "0")["paths"].values() for one in methods.values()
    ]
    assert sorted(set(names)) == sorted(names)


def test_every_model_that_the_document_points_to_is_in_it() -> None:
    told = document(whole_table("0"), "0")
    pointed = set()

    def walk(value: Any) -> None:  # noqa: ANN401
        if isinstance(value, dict):
            if "$ref" in value:
                pointed.add(value["$ref"].rpartition("/")[2])
            for part in value.values():
                walk(part)
        elif isinstance(value, list):
            for part in value:
                walk(part)

    walk(told)
    assert pointed <= set(told["components"]["schemas"])


# --- how it finds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/things", {}),
        ("/things/0", {"thing": 0}),
        ("/things/42", {"thing": 42}),
        ("/named/a%20b", {"name": "a b"}),
        ("/named/%2e%2e", {"name": ".."}),
        ("/named/%2Fetc", {"name": "/etc"}),
        ("/named/%ff", {"name": "\ufffd"}),
    ],
)
def test_a_path_is_found_with_what_stands_in_it(path: str, place: dict[str, Any]) -> None:
    table = Table(
        [route(), route(path="/things/{thing}", handler=one), route(path="/named/{name:text}", handler=named)]
    )
    found = table.find(path)
    assert found is not None
    assert found.place == place


@pytest.mark.parametrize(
    "path", ["", "/", "things", "/things/", "//things", "/Things", "/things/x", "/things/1.0", "/things/٤", "/named/"]
)
def test_another_path_is_not_found(path: str) -> None:
    table = Table(
        [route(), route(path="/things/{thing}", handler=one), route(path="/named/{name:text}", handler=named)]
    )
    assert table.find(path) is None


def test_a_path_that_is_written_out_goes_before_one_that_could_hold_it() -> None:
    table = Table([route(path="/named/{name:text}", handler=named), route(path="/named/all")])
    found = table.find("/named/all")
    assert found is not None
    assert found.routes["GET"].path == "/named/all"


def test_a_text_longer_than_a_name_may_be_is_not_found() -> None:
    table = Table([route(path="/named/{name:text}", handler=named)])
    assert table.find("/named/" + "x" * 256) is None


def test_one_thing_can_not_be_asked_in_two_ways() -> None:
    with pytest.raises(TypeError, match="twice"):
        Table([route(), route()])


@pytest.mark.parametrize("more", [{"path": "/things/{thing}"}, {"handler": one}, {"body": Size}, {"query": Size}])
def test_a_route_whose_handler_takes_something_else_can_not_be_written(more: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="the handler takes"):
        route(**more)


# --- who may ----------------------------------------------------------------------------------------------------------


def test_rights_are_what_the_tables_say() -> None:
    assert set(ROLES) == set(Role)
    assert set(SCOPES) == set(Scope)
    given = set().union(*ROLES.values(), *SCOPES.values())
    assert given == set(Right) - {Right.ANYBODY, *BY_ADDRESS}


def test_no_program_can_admit_others_or_change_an_adults_password() -> None:
    assert not set().union(*SCOPES.values()) & {Right.ADMIT, Right.ACCOUNT, *BY_ADDRESS}
