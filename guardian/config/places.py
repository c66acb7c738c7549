"""Hold where a value stands: its path from the top of a document, and the line and column it was written at."""

from __future__ import annotations

import re
from typing import NamedTuple

Path = tuple[str | int, ...]
"""From the top of a document to one of its values: keys and list indexes."""

PLAIN_KEY = re.compile(r"[\w-]{1,60}", re.ASCII)
MAX_KEY = 60


class Place(NamedTuple):
    """Where a value and its key begin; lines and columns count from 1, columns in characters.

    An entry of a list has no key of its own: both are the entry's place.
    """

    line: int
    column: int
    key_line: int
    key_column: int


def spelled(path: Path) -> str:
    """Return a path as people write it: `lists.sources[0].name`; an odd key is quoted, on one line."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            key = part if PLAIN_KEY.fullmatch(part) else repr(part[:MAX_KEY])
            text += f".{key}" if text else key
    return text
