"""Hold the one door to list text: an open file in, rules out, in any form that guardian reads.

Law 1: a list is in one form; in the plain ones each line is read as what it is (a hosts line, a name).
Law 2: the fast path takes only what the careful path would take the same way.
Law 3: no line raises; ListError means that the file is no list, and the rules yielded before it are not to be used.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from guardian.lists import dnsmasq, unbound
from guardian.lists.adguard import read_adguard
from guardian.lists.detection import form_of
from guardian.lists.domains import read_domain
from guardian.lists.hostname import MAX_TEXT, PLAIN, join_labels
from guardian.lists.hosts import is_hosts_line, read_hosts
from guardian.lists.rpz import Zone
from guardian.lists.text import LONG_LINE, is_comment, read_blocks
from guardian.model import Format, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

    from guardian.lists.text import Report

_PLAIN: Final = re.compile(
    rb"(?:(?:0\.0\.0\.0|127\.0\.0\.1)[ \t]{1,32}+)?(?!(?i:localhost))(" + PLAIN + rb")[ \t\r]{0,32}"
)
_STARRED: Final = re.compile(rb"\*\.(?!(?i:localhost))(" + PLAIN + rb")[ \t\r]{0,32}")
_BARRED: Final = re.compile(rb"\|\|(?!(?i:localhost))(" + PLAIN + rb")\^[ \t\r]{0,32}")
_NOTHING: Final = re.compile(rb"(?!)")
_COMMENT: Final = re.compile(rb"\s#|#(?![@?$%]*#)")


class _Form(NamedTuple):
    """How the common lines of a form are taken."""

    fast: re.Pattern[bytes]
    """A line that blocks one name, which is the group."""
    covers: Scope | None
    """What such a name covers; None leaves it to the scope of the list."""
    scope: Scope
    """The scope of the list unless its reader is told another."""


_FORMS: Final = {
    Format.AUTO: _Form(_PLAIN, None, Scope.SUFFIX),
    Format.HOSTS: _Form(_PLAIN, None, Scope.EXACT),
    Format.DOMAINS: _Form(_PLAIN, None, Scope.SUFFIX),
    Format.WILDCARD: _Form(_STARRED, Scope.SUFFIX, Scope.SUFFIX),
    Format.ADGUARD: _Form(_BARRED, Scope.SUFFIX, Scope.EXACT),
    Format.DNSMASQ: _Form(dnsmasq.FAST, Scope.SUFFIX, Scope.SUFFIX),
    Format.UNBOUND: _Form(unbound.FAST, Scope.SUFFIX, Scope.EXACT),
    Format.RPZ: _Form(_NOTHING, None, Scope.EXACT),
}


def read_rules(
    source: BinaryIO,
    *,
    form: Format,
    scope: Scope | None,
    report: Report,
    own: bool = False,
    max_bytes: int = 256 * 2**20,
    max_line: int = 64 * 1024,
) -> Iterator[Rule]:
    """Yield the rules of a list in the order of its lines, and fill the report on the way.

    `source` is an open binary file, plain or gzip. `scope` None is the form's own default: hosts name hosts one by one,
    domains cover all below them. `own` says that the operator wrote the list: only then may its rules name devices.
    `max_bytes` bounds the file, packed and unpacked; a line longer than `max_line` bytes is refused. Raises ListError
    when the file is binary, a web page, too large, or gzip that is damaged, cut off or a bomb; an OSError of `source`
    passes through.
    """
    line = 0
    report.form = form
    careful = _careful_reader(form, scope, report, own=own)
    for block in read_blocks(source, report=report, max_bytes=max_bytes, max_line=max_line):
        lines = block.split(b"\n")
        if report.form is Format.AUTO and (found := form_of(lines)) is not Format.AUTO:
            report.form = found
            careful = _careful_reader(found, scope, report, own=own)
        kind = _FORMS[report.form]
        suffix = (kind.covers or scope or kind.scope) is Scope.SUFFIX
        yield from _read_lines(lines, line, kind.fast.fullmatch, careful, report, max_line, suffix=suffix)
        line += len(lines)


def _careful_reader(
    form: Format, scope: Scope | None, report: Report, *, own: bool
) -> Callable[[bytes, int], Iterator[Rule]]:
    """Return what reads one line and its number in full."""
    chosen = scope or _FORMS[form].scope
    if form is Format.RPZ:
        return Zone(report, chosen).read_line
    if form is Format.ADGUARD:
        return partial(_stripped, partial(read_adguard, scope=chosen, report=report, own=own))
    if form is Format.DNSMASQ:
        return partial(_stripped, partial(dnsmasq.read_dnsmasq, report=report))
    if form is Format.UNBOUND:
        return partial(_stripped, partial(unbound.read_unbound, scope=chosen, report=report))
    return partial(_stripped, partial(_read_plain, scope=chosen, report=report))


def _stripped(read: Callable[..., Iterator[Rule]], text: bytes, line: int) -> Iterator[Rule]:
    text = text.strip()
    return read(text, line=line) if text else iter(())


def _read_lines(
    lines: list[bytes],
    line: int,
    fast: Callable[[bytes], re.Match[bytes] | None],
    careful: Callable[[bytes, int], Iterator[Rule]],
    report: Report,
    max_line: int,
    *,
    suffix: bool,
) -> Iterator[Rule]:
    new = tuple.__new__
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
            yield from careful(text, line)


def _read_plain(text: bytes, *, line: int, scope: Scope, report: Report) -> Iterator[Rule]:
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
