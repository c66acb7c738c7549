"""Hold the reader of one line of an unbound configuration: `local-zone: "x." static`, `local-data: "x A 0.0.0.0"`.

Law 1: a zone that unbound would not ask about blocks x and all below it, for every type, however unbound would answer.
Law 2: a zone that is transparent excepts x and all below it.
Law 3: data blocks the name it is for, as a hosts line does; what it says of the name is never used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.domains import rule_of
from guardian.lists.objection import Objection
from guardian.lists.text import is_comment
from guardian.model import Condition, Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.text import Report

BLOCKING: Final = frozenset(
    b"static always_null always_nxdomain always_nodata always_refuse refuse deny always_deny inform_deny redirect "
    b"inform_redirect".split()
)
TRANSPARENT: Final = frozenset(b"always_transparent transparent typetransparent".split())
PASSING: Final = frozenset(b"inform nodefault noview ipset".split())
"""Types of zone that change no answer."""

# The name must not end in a digit: so its last label is no number, whether or not it has a final dot.
FAST: Final = re.compile(
    rb"[ \t]{0,8}+local-zone:[ \t]{0,8}+\"?(?!(?i:localhost))([\w-]{1,63}+(?:\.[\w-]{1,63}+)++)(?<![0-9])\.?\"?"
    rb"[ \t]{1,8}+(?:static|redirect|refuse|deny|always_(?:null|nxdomain|nodata|refuse|deny))[ \t\r]{0,32}"
)
"""The common lines that block one name, which is the group."""

_OPTION: Final = re.compile(rb"([a-z0-9-]{2,40}+):[ \t]*+(.*)", re.DOTALL)
_ZONE: Final = re.compile(rb"[\"']?([^\s\"']*+)[\"']?[ \t]++\"?([a-z0-9_]{1,30}+)\"?")
_COMMENT: Final = re.compile(rb"(?:\s|\A)#")
_TTL_OR_CLASS: Final = re.compile(rb"[0-9]{1,10}|in|ch|hs", re.IGNORECASE)
_A: Final = Condition(types=frozenset((1,)))


def read_unbound(text: bytes, *, line: int, scope: Scope, report: Report) -> Iterator[Rule]:
    """Yield the rule of one stripped line (unbound.conf(5)); `scope` is what `local-data` covers."""
    if not text or is_comment(text):
        report.note_comment(text)
        return
    cut = _COMMENT.search(text)
    option = _OPTION.fullmatch(text[: cut.start()].rstrip() if cut else text)
    if option is None:
        report.refuse(line, Objection.NOT_UNBOUND)
        return
    rule = None
    if option[1] == b"local-zone":
        rule = _read_zone(option[2], line, report)
    elif option[1] == b"local-data":
        rule = _read_data(option[2], line, scope, report)
    elif option[2]:  # a clause such as `server:` says nothing by itself
        report.ignored += 1
    if rule:
        yield rule


def _read_zone(text: bytes, line: int, report: Report) -> Rule | None:
    zone = _ZONE.fullmatch(text)
    kind = zone[2] if zone else b""
    if zone is None or not (kind in BLOCKING or kind in TRANSPARENT or kind in PASSING or kind == b"block_a"):
        report.refuse(line, Objection.NOT_UNBOUND)
        return None
    if kind in PASSING:
        report.ignored += 1
        return None
    exception = kind in TRANSPARENT
    rule = rule_of(zone[1], line=line, scope=Scope.SUFFIX, report=report, exception=exception)
    return rule._replace(condition=_A) if rule and kind == b"block_a" else rule


def _read_data(text: bytes, line: int, scope: Scope, report: Report) -> Rule | None:
    words = text.strip(b"\"'").split(None, 5)
    rest = words[1:]
    while rest and _TTL_OR_CLASS.fullmatch(rest[0]):
        rest = rest[1:]
    if len(rest) < 2:
        report.refuse(line, Objection.NOT_UNBOUND)
        return None
    if rest[0].upper() not in (b"A", b"AAAA", b"CNAME"):
        report.ignored += 1
        return None
    return rule_of(words[0], line=line, scope=scope, report=report)
