"""Write the table of routes as OpenAPI 3.1: what is documented is what is there.

Law 1: nothing here is written by hand that the table or a model could say.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from guardian.web.errors import PROBLEM, Problem
from guardian.web.guard import JSON
from guardian.web.principals import SCOPES, UNSIGNED, Right
from guardian.web.routes import PREFIX
from guardian.web.sessions import FORM_HEADER, cookie_name

if TYPE_CHECKING:
    from pydantic import BaseModel

    from guardian.web.routes import Route, Table

_PLACE = "#/components/schemas/{model}"
_SIGNED_IN: Final[dict[str, list[str]]] = {"session": [], "form": []}
_TOKEN: Final[dict[str, list[str]]] = {"token": []}
_TYPES: Final[dict[type, dict[str, Any]]] = {
    int: {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    str: {"type": "string", "minLength": 1},
}


def document(table: Table, release: str) -> dict[str, Any]:
    """Give the document of all routes of a version of guardian."""
    models = {model for route in table.routes for model in (route.body, route.gives, Problem) if model is not None}
    ordered = sorted(models, key=lambda model: model.__name__)
    references, definitions = models_json_schema([(model, "validation") for model in ordered], ref_template=_PLACE)
    schemas = {model: references[model, "validation"] for model in ordered}
    paths: dict[str, dict[str, Any]] = {}
    for route in table.routes:
        paths.setdefault(route.plain_path(), {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "guardian", "version": release},
        "paths": paths,
        "components": {"schemas": definitions.get("$defs", {}), "securitySchemes": _schemes()},
    }


def _schemes() -> dict[str, Any]:
    return {
        "session": {"type": "apiKey", "in": "cookie", "name": cookie_name(secure=True)},
        "form": {"type": "apiKey", "in": "header", "name": FORM_HEADER},
        "token": {"type": "http", "scheme": "bearer"},
        "basic": {"type": "http", "scheme": "basic", "description": "The password is a token."},
    }


def _operation(route: Route, schemas: dict[type[BaseModel], dict[str, Any]]) -> dict[str, Any]:
    status = str(route.status if route.gives else int(HTTPStatus.NO_CONTENT))
    given: dict[str, Any] = {"description": HTTPStatus(int(status)).phrase}
    if route.gives:
        given["content"] = {JSON: {"schema": schemas[route.gives]}}
    problem = {"description": "A problem, in words", "content": {PROBLEM: {"schema": schemas[Problem]}}}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": route.handler.__name__,
        "tags": [route.path.removeprefix(PREFIX).split("/")[1]],
        "security": _security(route.right),
        "x-right": route.right.value,
        "responses": {status: given, "default": problem},
    }
    parameters = [_in_path(name, kind) for name, kind in route.parameters()] + _in_query(route)
    if parameters:
        operation["parameters"] = parameters
    if route.body:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas[route.body]}}}
    return operation


def _security(right: Right) -> list[dict[str, list[str]]]:
    """Give by what one may sign in for a right; a device is known by its address, for which OpenAPI has no word."""
    if right in UNSIGNED:
        return []
    if right is Right.ADGUARD:
        return [{"basic": []}, _TOKEN]
    by_token = any(right in rights for rights in SCOPES.values())
    return [_SIGNED_IN, _TOKEN] if by_token else [_SIGNED_IN]


def _in_path(name: str, kind: type) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TYPES[kind]}


def _in_query(route: Route) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    schema = route.query.model_json_schema()
    required = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": part}
        for name, part in schema["properties"].items()
    ]
