"""Hold the words of a fault: what a value is called, what was meant, and what may stand there.

Law 1: a message names the value as it was written and never runs over a line.
Law 2: a hint says what to do; where a word is near a known one, it says which.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic_core import ErrorDetails

    from guardian.config.places import Path

REFUSED = "guardian_fault"
MAX_SHOWN = 60
NEAR = 0.7
"""How alike two words must be (0 to 1) for one to be meant by the other."""
YAML_1_1_BOOLEANS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})


def shown(value: object) -> str:
    """Return a value as a message names it: quoted, on one line, at most `MAX_SHOWN` characters."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = value if isinstance(value, str) else str(value)
    cut = text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
    return repr(cut) if isinstance(value, str) else cut


def suggestion(word: str, known: Iterable[str], label: str = "allowed") -> str:
    """Return a hint that names the nearest of the known words, and all of them."""
    words = list(known)
    near = difflib.get_close_matches(word[:MAX_SHOWN].lower(), words, n=1, cutoff=NEAR)
    meant = f"did you mean '{near[0]}'? " if near else ""
    return f"{meant}{label}: {', '.join(words)}"


def refusal(message: str, hint: str = "", at: Path = ()) -> PydanticCustomError:
    """Return the error that a validator raises: its words, and where below the value the fault lies."""
    return PydanticCustomError(REFUSED, "{message}", {"message": message, "hint": hint, "at": at})


def worded(error: ErrorDetails) -> tuple[str, str]:
    """Return the message and the hint for one of pydantic's errors."""
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == REFUSED:
        return context["message"], context["hint"]
    if error["type"] == "value_error":
        return str(context["error"]), ""
    words = WORDS.get(error["type"])
    return words(error["input"], context) if words else (error["msg"], "")


def _boolean(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    near = isinstance(value, str) and value.lower() in YAML_1_1_BOOLEANS
    return f"{shown(value)} is not true or false", "write true or false, without quotes" if near else ""


def _integer(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    quoted = isinstance(value, str) and value.isascii() and value.isdigit()
    return f"{shown(value)} is not a whole number", "take the quotes off" if quoted else ""


def _text(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    scalar = isinstance(value, bool | int | float)
    return f"{shown(value)} is not text", f'put it in quotes: "{shown(value)}"' if scalar else ""


def _sequence(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    if value is None:
        return "is empty: a list belongs here", "write [] for none, or take the line out"
    return f"{shown(value)} is not a list", "write each entry on a line behind '- '"


def _mapping(value: object, _: Mapping[str, Any]) -> tuple[str, str]:
    hint = "write its keys below it, indented, or take the line out"
    if value is None:
        return "is empty: keys and values belong here", hint
    return f"{shown(value)} is not a mapping of keys to values", hint


def _too_low(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    return f"{shown(value)} is too low", f"the lowest allowed is {context['ge']}"


def _too_high(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    return f"{shown(value)} is too high", f"the highest allowed is {context['le']}"


def _too_short(_: object, context: Mapping[str, Any]) -> tuple[str, str]:
    return f"needs at least {context['min_length']}", ""


def _too_long(_: object, context: Mapping[str, Any]) -> tuple[str, str]:
    return f"holds more than {context['max_length']}", ""


def _one_of(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    return f"{shown(value)} is not allowed here", f"allowed: {context['expected']}"


def _missing(_: object, __: Mapping[str, Any]) -> tuple[str, str]:
    return "is missing", ""


WORDS: dict[str, Callable[[object, Mapping[str, Any]], tuple[str, str]]] = {
    "missing": _missing,
    "bool_type": _boolean,
    "bool_parsing": _boolean,
    "int_type": _integer,
    "int_parsing": _integer,
    "int_from_float": _integer,
    "string_type": _text,
    "list_type": _sequence,
    "tuple_type": _sequence,
    "dict_type": _mapping,
    "model_type": _mapping,
    "model_attributes_type": _mapping,
    "greater_than_equal": _too_low,
    "less_than_equal": _too_high,
    "too_short": _too_short,
    "string_too_short": _too_short,
    "too_long": _too_long,
    "string_too_long": _too_long,
    "enum": _one_of,
    "literal_error": _one_of,
}
"""pydantic's error types that a person can meet, and how we say each."""
