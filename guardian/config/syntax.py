"""Hold what is said when a text is not YAML at all: each of the parser's complaints in plain words.

Law 1: the place is where the mistake begins (an open quote, a key without its colon), not where the parser gave up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import Fault

if TYPE_CHECKING:
    from yaml.error import Mark, MarkedYAMLError


class Complaint(NamedTuple):
    """One of the parser's complaints, and our words for it."""

    problem: str
    """Part of the parser's own text, and so bound to PyYAML 6."""
    at_start: bool
    """The mistake begins where the surrounding construct does."""
    message: str
    hint: str


COMPLAINTS = (
    Complaint("found character '\\t'", at_start=False, message="a tab stands here", hint="indent with spaces"),
    Complaint(
        "could not find expected ':'",
        at_start=True,
        message="this key has no colon",
        hint="write `key: value`, with a space after the colon",
    ),
    Complaint(
        "mapping values are not allowed here",
        at_start=False,
        message="a colon can't stand here",
        hint="quote a value that holds one; see whether the line above has one, and starts in the right column",
    ),
    Complaint(
        "sequence entries are not allowed here",
        at_start=False,
        message="a list entry can't stand here",
        hint="start the list on a line of its own",
    ),
    Complaint(
        "that cannot start any token",
        at_start=False,
        message="a value can't start with this character",
        hint="put the value in quotes",
    ),
    Complaint(
        "found unexpected end of stream", at_start=True, message="this quote is never closed", hint="close the quote"
    ),
    Complaint(
        "found unexpected document separator",
        at_start=True,
        message="this quote is never closed",
        hint="close the quote",
    ),
    Complaint(
        "found unknown escape character",
        at_start=False,
        message="this escape is unknown",
        hint="use single quotes, or write the backslash twice",
    ),
    Complaint(
        "expected ',' or ']'",
        at_start=False,
        message="the list in [ ] is not closed before this",
        hint="a ',' or a ']' is missing",
    ),
    Complaint(
        "expected ',' or '}'",
        at_start=False,
        message="the mapping in { } is not closed before this",
        hint="a ',' or a '}' is missing",
    ),
    Complaint(
        "expected <block end>",
        at_start=False,
        message="this does not belong to the lines above",
        hint="keys of one block start in one column; nothing follows a closed quote",
    ),
    Complaint("tag", at_start=False, message="a tag is refused here", hint="take out the word behind '!'"),
)


def syntax_fault(error: MarkedYAMLError, file: str) -> Fault:
    """Return the parser's error as a fault with its line and column."""
    problem = str(error.problem or "")
    for known in COMPLAINTS:
        if known.problem in problem:
            mark = error.context_mark if known.at_start and error.context_mark else error.problem_mark
            return _fault(file, mark, known.message, known.hint)
    return _fault(file, error.problem_mark, f"this is not YAML: {problem}", "")


def _fault(file: str, mark: Mark | None, message: str, hint: str) -> Fault:
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    return Fault(file, line, column, "", message, hint)
