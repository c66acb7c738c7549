"""Hold the JSON Schema of guardian.yaml, for editors: `python -m guardian.config.schema > config/schema.json`.

Law 1: the schema is a help while typing; only `read_settings` decides.
"""

from __future__ import annotations

import json
import sys

from guardian.config.settings import Settings

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema_text() -> str:
    """Return the schema as JSON text with a final newline; the same for the same models."""
    schema = {"$schema": DRAFT, **_trimmed(Settings.model_json_schema())}
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _trimmed(schema: dict[str, object]) -> dict[str, object]:
    """Drop titles, which only repeat the keys, and defaults of several parts, which are not written as the file is."""
    return {
        key: _trimmed(value) if isinstance(value, dict) else value
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str)) and not (key == "default" and isinstance(value, list | dict))
    }


if __name__ == "__main__":
    sys.stdout.write(schema_text())
