"""Write a message as one line of JSON, and read one strictly: frozen dataclasses in, frozen dataclasses out.

Law 1: a line has at most MAX_LINE octets and MAX_DEPTH levels; nothing is kept of one that breaks its form.
Law 2: every field is there, has its type, and no other field is: what is not understood is never passed over.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from guardian.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_LINE = 64 * 1024
MAX_DEPTH = 6
MAX_ITEMS = 256
"""Of one array."""
KIND = "is"
"""The key that says which message a line is."""


def write_line(message: object, kinds: Mapping[str, type]) -> bytes:
    """Give a message of one of these kinds as a line with its end."""
    kind = next(word for word, known in kinds.items() if type(message) is known)
    told = {KIND: kind, **asdict(message)}  # type: ignore[call-overload] # every kind is a dataclass
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_line(line: bytes, kinds: Mapping[str, type]) -> object:
    """Give the message in a line; WireError where it is none of these kinds, or not in their form."""
    value = read_json(line, max_octets=MAX_LINE, max_depth=MAX_DEPTH)
    if not isinstance(value, dict):
        raise WireError("a line that is no object")
    word = value.pop(KIND, None)
    kind = kinds.get(word) if isinstance(word, str) else None
    if kind is None:
        raise WireError(f"a message of no known kind; known: {', '.join(kinds)}")
    return _message(kind, value, str(word))


def read_json(text: bytes, *, max_octets: int, max_depth: int) -> Any:  # noqa: ANN401 - JSON may be anything
    """Give the value in a text; WireError where it is too long or too deep, has a key twice, or is not JSON."""
    if len(text) > max_octets:
        raise WireError(f"more than {max_octets} octets")
    if _depth(text) > max_depth:
        raise WireError(f"more than {max_depth} levels")
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except ValueError as error:
        raise WireError("this is not JSON") from error


def _depth(line: bytes) -> int:
    """Give how deep brackets stand within each other, those in texts left out of account."""
    depth = deepest = 0
    quoted = escaped = False
    for octet in line:
        if escaped:
            escaped = False
        elif quoted:
            escaped = octet == 0x5C
            quoted = octet != 0x22
        elif octet == 0x22:
            quoted = True
        elif octet in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif octet in b"]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise WireError("a key that stands twice")
    return found


def _no_constant(word: str) -> object:
    raise WireError(f"{word} is no number")


def _message(kind: Any, value: object, key: str) -> object:  # noqa: ANN401 - a class of which fields are read
    if not isinstance(value, dict):
        raise WireError(f"{key} is no object")
    types = get_type_hints(kind)
    wanted = {field.name for field in fields(kind)}
    if missing := wanted - value.keys():
        raise WireError(f"{key}: {', '.join(sorted(missing))} is missing")
    if unknown := value.keys() - wanted:
        raise WireError(f"{key}: {len(unknown)} keys that it has not")
    return kind(**{name: _value(types[name], value[name], f"{key}.{name}") for name in wanted})


def _value(kind: Any, value: object, key: str) -> object:  # noqa: ANN401 - a type as written at a field
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        (kind,) = (one for one in get_args(kind) if one is not NoneType)
    if get_origin(kind) is tuple:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise WireError(f"{key} is no array of at most {MAX_ITEMS}")
        return tuple(_value(get_args(kind)[0], one, key) for one in value)
    if is_dataclass(kind):
        return _message(kind, value, key)
    if type(value) is not kind:
        raise WireError(f"{key} is no {kind.__name__}")
    return value
