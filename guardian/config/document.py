"""Hold a YAML document: plain values, and the line and column of each.

Law 1: a document is data: tags, anchors, aliases and merge keys are refused, so nothing can expand or run.
Law 2: every fault at once: those of the text wait in the document until `validate` adds the model's.
Law 3: PyYAML's own pure-Python parser, never the C one: messages and columns are the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from guardian.config.composer import Composer, Unreadable
from guardian.config.faults import suggestion, worded
from guardian.config.places import Path, Place, spelled
from guardian.config.scalars import UNWRITABLE
from guardian.errors import ConfigError, Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

BOM = b"\xef\xbb\xbf"
MAX_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Document:
    """One file as plain values; `validate` is the way to use them."""

    file: str
    """What faults call the file."""
    value: dict[str, object]
    """Of str, int, float, bool, None, list and dict; every key is a str."""
    places: Mapping[Path, Place]
    """The place of every value; the top is ()."""
    faults: tuple[Fault, ...]
    """What was wrong with the text itself, in file order."""
    refused: frozenset[Path]
    """Values that were refused for what they are; what a model says of them is noise."""

    def place(self, path: Path) -> Place:
        """Return the place of `path`, or of the nearest value above it that was written."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def fault(self, path: Path, message: str, hint: str = "") -> Fault:
        """Return a fault of the value at `path`, at its place, for what only the machine can tell."""
        place = self.place(path)
        return Fault(self.file, place.line, place.column, spelled(path), message, hint)


def read_document(text: bytes, file: str, *, max_bytes: int = 1 << 20, max_depth: int = 16) -> Document:
    """Read YAML (1.2, core schema) as plain values, with the place of each.

    Args:
        text: the file's bytes, UTF-8, a byte order mark allowed; at most `max_bytes`.
        file: what faults call the file.
        max_bytes: the most that is read.
        max_depth: how deep mappings and lists may nest.

    Raises:
        ConfigError: there is no mapping to read; faults that leave one are in `Document.faults`.
    """
    composer = Composer(_decoded(text, file, max_bytes), file, max_depth)
    try:
        value = composer.compose()
    except Unreadable:
        raise ConfigError(_ordered(composer.faults)) from None
    return Document(file, value, composer.places, _ordered(composer.faults), frozenset(composer.refused))


def validate(model: type[Model], document: Document, context: Mapping[str, object] | None = None) -> Model:
    """Return the document as a `model`.

    Args:
        model: what the document must be.
        document: as read by `read_document`.
        context: what the model's validators may know besides (pydantic's validation context).

    Raises:
        ConfigError: every fault of the text and of the values at once, in file order, at most `MAX_FAULTS`.
    """
    faults = list(document.faults)
    try:
        checked = model.model_validate(document.value, context=dict(context or {}))
    except ValidationError as error:
        faults += [fault for details in error.errors(include_url=False) for fault in _faults(model, document, details)]
        raise ConfigError(_ordered(faults)) from None
    if faults:
        raise ConfigError(_ordered(faults))
    return checked


def _decoded(text: bytes, file: str, max_bytes: int) -> str:
    if len(text) > max_bytes:
        raise ConfigError(
            [Fault(file, 0, 0, "", f"the file holds more than {max_bytes} bytes", "is it the right file?")]
        )
    text = text.removeprefix(BOM)
    try:
        decoded = text.decode()
    except UnicodeDecodeError as error:
        line, column = _position(text[: error.start].decode())
        fault = Fault(file, line, column, "", "this byte is not UTF-8 text", "save the file as UTF-8")
        raise ConfigError([fault]) from None
    bad = UNWRITABLE.search(decoded.replace("\r\n", " \n"))
    if bad:
        line, column = _position(decoded[: bad.start()])
        message = f"the character U+{ord(bad.group()):04X} is refused"
        raise ConfigError([Fault(file, line, column, "", message, "delete it; is this a text file?")])
    return decoded


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _ordered(faults: list[Fault]) -> tuple[Fault, ...]:
    unique = dict.fromkeys(sorted(faults, key=lambda fault: (fault.line, fault.column)))
    return tuple(unique)[:MAX_FAULTS]


def _faults(model: type[BaseModel], document: Document, details: ErrorDetails) -> list[Fault]:
    """Return one error of pydantic's as a fault at its place; none where the reader has spoken already."""
    path: Path = (*details["loc"], *details.get("ctx", {}).get("at", ()))
    if any(path[:length] in document.refused for length in range(len(path) + 1)):
        return []
    if details["type"] == "too_short" and len(details["input"]) >= details["ctx"]["min_length"]:
        return []  # pydantic counts only entries without a fault of their own
    message, hint = worded(details)
    place = document.place(path)
    line, column = place.line, place.column
    if details["type"] == "extra_forbidden":
        line, column = place.key_line, place.key_column
        message = "this key is unknown"
        hint = suggestion(str(path[-1]), _known_keys(model, path[:-1]), label="known")
    return [Fault(document.file, line, column, spelled(path), message, hint)]


def _known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that may stand in the mapping at `path`."""
    for part in path:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        if field is not None:
            model = _model_within(field.annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_within(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_within(argument) for argument in get_args(annotation))
    return next((model for model in found if model is not None), None)
