"""Hold the reader of one line of a dnsmasq configuration: `local=/x/`, `address=/x/0.0.0.0`, `server=/x/#`.

Law 1: every form blocks x and all below it, for every type; dnsmasq itself lets AAAA pass `address=/x/0.0.0.0`.
Law 2: `server=/x/#` and `local=/x/#` except x and all below it; `*.x` is what is below x alone.
Law 3: an address or a server is never used: a list can block, it can never say where a name leads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.domains import rule_of
from guardian.lists.hostname import PLAIN, Refusal
from guardian.lists.mask import Mask, read_mask
from guardian.lists.objection import Objection
from guardian.lists.text import is_comment
from guardian.model import Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.text import Report

FAST: Final = re.compile(
    rb"(?:address=|(?:local|server)=(?!/[^/]*/#))/(?!(?i:localhost))("
    + PLAIN
    + rb")/(?:#|0\.0\.0\.0|127\.0\.0\.1|::1?)?[ \t\r]{0,32}"
)
"""The common lines that block one name, which is the group."""

_OPTION: Final = re.compile(rb"([a-z0-9-]{2,40}+)[ \t]*+(?:=[ \t]*+(.*))?", re.DOTALL)
_COMMENT: Final = re.compile(rb"\s#")
_NAMING: Final = frozenset((b"address", b"local", b"server"))


def read_dnsmasq(text: bytes, *, line: int, report: Report) -> Iterator[Rule]:
    """Yield a rule for each name of one stripped line (dnsmasq(8), `--address`, `--server`, `--local`)."""
    if not text or is_comment(text):
        report.note_comment(text)
        return
    cut = _COMMENT.search(text)
    option = _OPTION.fullmatch(text[: cut.start()].rstrip() if cut else text)
    if option is None:
        report.refuse(line, Objection.NOT_DNSMASQ)
    elif option[1] not in _NAMING or not (option[2] or b"").startswith(b"/"):
        report.ignored += 1
    else:
        _, *names, target = option[2].split(b"/")
        if not names:
            report.refuse(line, Objection.NOT_DNSMASQ)
        exception = target == b"#" and option[1] != b"address"
        for name in names:
            if rule := _read_name(name, line=line, report=report, exception=exception):
                yield rule


def _read_name(name: bytes, *, line: int, report: Report, exception: bool) -> Rule | None:
    if name in (b"", b"#"):  # names without a dot, and every name there is
        report.refuse(line, Objection.TOO_WIDE)
        return None
    if not name.startswith(b"*"):
        bare = name.removeprefix(b".")
        return rule_of(bare, line=line, scope=Scope.SUFFIX, report=report, exception=exception)
    mask = Refusal.STAR if b"*" in name[1:] else read_mask(name + b"^")
    if not isinstance(mask, Mask):
        report.refuse(line, mask)
        return None
    report.rules += 1
    return Rule(mask.name, mask.suffix, mask.exact, exception, important=False, line=line, pattern=mask.pattern)
