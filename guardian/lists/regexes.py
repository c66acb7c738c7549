"""Hold the engine that runs regular expressions from lists.

Law 1: an expression runs in linear time (RE2) or not at all: a list is hostile input.
Law 2: without the extra `guardian-dns[regex]` no expression matches; the compiler counts what it left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_MEMORY: Final = 128 * 1024
"""Octets that one automaton may take; an expression that needs more is left out."""


@cache
def engine() -> Any:  # noqa: ANN401 - the extra may be missing, and ships no types
    """Give the module of the engine, None without the extra."""
    try:
        import re2  # noqa: PLC0415 - an extra; a set without expressions must not pay for it
    except ImportError:
        return None
    return re2


def search_of(text: str) -> Callable[[bytes], object] | None:
    """Give a search over names as text; None where the engine is missing or refuses the expression."""
    re2 = engine()
    if re2 is None:
        return None
    options = re2.Options()
    options.max_mem, options.case_sensitive, options.log_errors = MAX_MEMORY, False, False
    options.never_capture, options.encoding = True, re2.Options.Encoding.LATIN1
    try:
        search: Callable[[bytes], object] = re2.compile(text.encode("latin-1", "replace"), options).search
    except re2.error:
        return None
    return search
