"""Hold the JSON Schema of guardian.yaml, for editors: `python -m guardian.config.schema > config/schema.json`.

Law 1: the schema is a help while typing; only `read_settings` decides.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaWarningKind

from guardian.config.settings import Settings

if TYPE_CHECKING:
    from pydantic import BaseModel

DRAFT = "https://json-schema.org/draft/2020-12/schema"


class Schema(GenerateJsonSchema):
    """The generator, silent about defaults that older versions of pydantic can't write: `_trimmed` drops them."""

    ignored_warning_kinds: set[JsonSchemaWarningKind] = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012 - as in the base


def schema_text(model: type[BaseModel] = Settings) -> str:
    """Return the schema as JSON text with a final newline; the same for the same models."""
    schema = {"$schema": DRAFT, **_trimmed(model.model_json_schema(schema_generator=Schema))}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _trimmed(schema: dict[str, object]) -> dict[str, object]:
    """Return the schema alike for all versions of pydantic.

    Titles only repeat the keys; defaults of several parts are not written as the file is; a reference says all.
    """
    match schema:
        case {"$ref": target} | {"allOf": [{"$ref": target}]}:
            return {"$ref": target}
    return {
        key: _trimmed(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and isinstance(value, list | dict))
    }


if __name__ == "__main__":
    sys.stdout.write(schema_text())
