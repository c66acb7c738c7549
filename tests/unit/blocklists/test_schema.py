"""Every file of blocklists/ fits the schema that an editor reads while a volunteer types."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from guardian.config.document import read_document
from guardian.config.schema import schema_text
from tests.unit.blocklists.pages import MODELS, ROOT, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = ROOT / "blocklists"
FILES = {path: file for file in MODELS for path in sorted(FOLDER.glob(file))}
TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
    "array": list,
}


def _faults(value: Any, schema: dict[str, Any], every: dict[str, Any], place: str) -> Iterator[str]:  # noqa: ANN401 - YAML
    """Hold a value to a schema, by the few words that ours are written in."""
    if "$ref" in schema:
        schema = every[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        if all(list(_faults(value, one, every, place)) for one in schema["anyOf"]):
            yield f"{place}: fits none of {len(schema['anyOf'])}"
        return
    if "const" in schema and value != schema["const"]:
        yield f"{place}: not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value} is none of {schema['enum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{place}: {value} does not fit {schema['pattern']}"
    if schema.get("type") == "object":
        yield from _faults_of_mapping(value, schema, every, place)
    elif "type" in schema and not isinstance(value, TYPES[schema["type"]]):
        yield f"{place}: {value!r} is no {schema['type']}"
    elif "items" in schema:
        for number, item in enumerate(value):
            yield from _faults(item, schema["items"], every, f"{place}[{number}]")


def _faults_of_mapping(value: Any, schema: dict[str, Any], every: dict[str, Any], place: str) -> Iterator[str]:  # noqa: ANN401
    if not isinstance(value, dict):
        yield f"{place}: {value!r} is no mapping"
        return
    yield from (f"{place}.{key}: missing" for key in schema.get("required", []) if key not in value)
    for key, inner in value.items():
        rest = schema.get("additionalProperties", {})
        if key in schema.get("properties", {}):
            yield from _faults(inner, schema["properties"][key], every, f"{place}.{key}")
        elif rest is False:
            yield f"{place}.{key}: unknown"
        else:
            yield from _faults(inner, rest, every, f"{place}.{key}")
            yield from _faults(key, schema.get("propertyNames", {}), every, f"{place}.{key}")


@pytest.mark.parametrize("file", MODELS)
def test_the_schema_in_the_checkout_is_the_models_own(file: str) -> None:
    stale = "stale: run python -m tests.unit.blocklists.pages"
    assert schema_of(file).read_text(encoding="utf-8") == schema_text(MODELS[file]), stale


def test_every_file_of_the_folder_has_a_schema_and_no_schema_is_left_over() -> None:
    assert set(FILES) == set(FOLDER.rglob("*.yaml"))
    assert {schema_of(file) for file in MODELS} == set((FOLDER / "schema").iterdir())


@pytest.mark.parametrize("file", MODELS)
def test_every_file_fits_its_schema(file: str) -> None:
    schema = json.loads(schema_text(MODELS[file]))
    for path in (path for path, of in FILES.items() if of == file):
        document = read_document(path.read_bytes(), path.name)
        assert list(_faults(document.value, schema, schema.get("$defs", {}), path.name)) == []


def test_a_wrong_file_does_not_fit() -> None:
    schema = json.loads(schema_text(MODELS["groups.yaml"]))
    assert list(_faults({"schema": 2, "colour": "red"}, schema, schema["$defs"], "groups.yaml"))
