"""Hold what of a list did not come into the set, in words, with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.update.compilation import ListReport


def unread(one: ListReport) -> Iterator[tuple[int, str]]:
    """Give each line that was not understood, and what was passed over; line 0 is the list as a whole."""
    if one.report.refused:
        yield 0, f"{one.report.refused} lines refused"
    yield from one.report.refusals
    if one.report.ignored:
        yield 0, f"{one.report.ignored} rules are for browsers alone and were passed over"
    if one.info.left_out:
        why = "too dear to answer by, or regular expressions without the extra guardian-dns[regex]"
        yield 0, f"{one.info.left_out} rules left out: {why}"
