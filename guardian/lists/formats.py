"""Hold the one door to list text: an open file in, rules out, in any form that guardian reads.

Law 1: each line is read as what it is (a hosts line, a name); the form of the list only settles what its names cover.
Law 2: the fast path takes only what the careful path would take the same way.
Law 3: no line raises; ListError means that the file is no list, and the rules yielded before it are not to be used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.domains import read_domain
from guardian.lists.hostname import MAX_TEXT, PLAIN, join_labels
from guardian.lists.hosts import is_hosts_line, read_hosts
from guardian.lists.text import LONG_LINE, is_comment, read_blocks
from guardian.model import Format, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from guardian.lists.text import Report

SAMPLE: Final = 100
"""How many lines with rules decide the form of a list in Format.AUTO."""

_SCOPES: Final = {Format.HOSTS: Scope.EXACT, Format.DOMAINS: Scope.SUFFIX}
_FAST: Final = re.compile(
    rb"(?:(?:0\.0\.0\.0|127\.0\.0\.1)[ \t]{1,32}+)?(?!(?i:localhost))(" + PLAIN + rb")[ \t\r]{0,32}"
)
_COMMENT: Final = re.compile(rb"\s#|#(?![@?$%]*#)")


def read_rules(
    source: BinaryIO,
    *,
    form: Format,
    scope: Scope | None,
    report: Report,
    max_bytes: int = 256 * 2**20,
    max_line: int = 64 * 1024,
) -> Iterator[Rule]:
    """Yield the rules of a list in the order of its lines, and fill the report on the way.

    `source` is an open binary file, plain or gzip. `scope` None is the form's own default: hosts name hosts one by one,
    domains cover all below them. `max_bytes` bounds the file, packed and unpacked; a line longer than `max_line` bytes
    is refused. Raises ListError when the file is binary, a web page, too large, or gzip that is damaged, cut off or a
    bomb; an OSError of `source` passes through.
    """
    line = 0
    report.form = form
    chosen = scope
    for block in read_blocks(source, report=report, max_bytes=max_bytes, max_line=max_line):
        lines = block.split(b"\n")
        if report.form is Format.AUTO:
            report.form = _form_of(lines)
        chosen = scope or _SCOPES.get(report.form, Scope.SUFFIX)
        yield from _read_lines(lines, line, chosen, report, max_line)
        line += len(lines)


def _read_lines(lines: list[bytes], line: int, scope: Scope, report: Report, max_line: int) -> Iterator[Rule]:
    fast, new = _FAST.fullmatch, tuple.__new__
    suffix = scope is Scope.SUFFIX
    for text in lines:
        line += 1
        match = fast(text)
        if match is not None and len(name := match[1]) <= MAX_TEXT and b"xn--" not in (name := name.lower()):
            report.rules += 1
            # What Rule() makes, at a third of its cost: a list has millions of these.
            yield new(Rule, (join_labels(name), suffix, True, False, False, line, False, None, None))
        elif len(text) > max_line:
            report.refuse(line, LONG_LINE)
        else:
            yield from _read_line(text.strip(), line, scope, report)


def _read_line(text: bytes, line: int, scope: Scope, report: Report) -> Iterator[Rule]:
    if not text:
        return
    if is_comment(text):
        report.note_comment(text)
        return
    words = _without_comment(text).split()
    if is_hosts_line(words):
        yield from read_hosts(words, line=line, scope=scope, report=report)
    elif rule := read_domain(words, line=line, scope=scope, report=report):
        yield rule


def _without_comment(text: bytes) -> bytes:
    """Cut a trailing comment; `example.com##.banner` is a rule for browsers and stays whole, to be refused."""
    sign = text.find(b"#")
    found = _COMMENT.match(text, sign - 1) or _COMMENT.match(text, sign) if sign > 0 else None
    return text[:sign] if found else text


def _form_of(lines: list[bytes]) -> Format:
    """Return the form that most of the first lines with rules are in, or AUTO when there are none yet."""
    seen = hosts = 0
    for text in lines:
        words = text.split(None, 2)[:2]
        if not words or is_comment(text.strip()):
            continue
        seen += 1
        hosts += is_hosts_line(words)
        if seen == SAMPLE:
            break
    if not seen:
        return Format.AUTO
    return Format.HOSTS if 2 * hosts >= seen else Format.DOMAINS
