"""Set rows out as a table that a terminal shows straight, also where a name is an emoji."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_GAP = 2
_JOINERS = frozenset("\u200d\ufe0f\ufe0e")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Give a line for the head, then one a row; nothing where there is no row."""
    lines = [tuple(row) for row in rows]
    if not lines:
        return
    lines.insert(0, tuple(head))
    widths = [max(width(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        yield "".join(
            cell + " " * (wanted - width(cell) + _GAP) for cell, wanted in zip(line, widths, strict=True)
        ).rstrip()


def width(text: str) -> int:
    """Give how many columns a text takes, as nearly as a terminal lets one know (Unicode Annex 11)."""
    columns = 0
    joined = False
    for character in text:
        if character in _JOINERS or unicodedata.combining(character):
            joined = character == "\u200d"
            continue
        if not joined:
            columns += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        joined = False
    return columns
