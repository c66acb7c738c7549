"""Hold the reader of one line in the syntax of AdGuard for DNS: `||x^`, `@@||x^$important`, `/regex/`, or a hosts line.

Law 1: a rule is read whole or not at all: an unknown modifier or half a pattern refuses it.
Law 2: what only a browser can do (cosmetic rules, `$script`) is counted as ignored, not as a fault of the list.
Law 3: a bare name stands for itself alone, as in AdGuard Home, unless the scope says otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.domains import SEVERAL_WORDS, rule_of
from guardian.lists.hostname import LETTERS, Refusal, is_address, is_undecodable
from guardian.lists.hosts import is_hosts_line, read_hosts
from guardian.lists.literals import required_runs
from guardian.lists.mask import Mask, read_mask
from guardian.lists.modifiers import Modifiers, read_modifiers
from guardian.lists.objection import Objection
from guardian.lists.text import is_comment
from guardian.model import Pattern, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.text import Report
    from guardian.model import Scope

_COSMETIC: Final = re.compile(rb"#@?(?:[?$%]|\$\?)?#(?=[^\s#]|#[^\s#])|#@?%#|\$@?\$(?=[a-z]{1,20}+[\[(])")
_TRAILING: Final = re.compile(rb"\s[#!]")
_BARE: Final = re.compile(rb"(?![.-])[^\s|^$*/:@]+")
_ADDRESS_RULE: Final = re.compile(rb"(?:\|{0,2}|://)([0-9A-Fa-f.:\[\]]{2,64}+)\^?\|?")
_NO_MODIFIERS: Final = Modifiers()


def read_adguard(text: bytes, *, line: int, scope: Scope, report: Report, own: bool = False) -> Iterator[Rule]:
    """Yield the rules of one stripped line; a hosts line may hold several names.

    `own` says that the operator wrote the line: then it may name devices (`$client`, `$ctag`).
    """
    cosmetic = _COSMETIC.search(text)
    trailing = _TRAILING.search(text)
    if cosmetic and not (trailing and trailing.start() < cosmetic.start()):
        report.ignored += 1
        return
    if not text or is_comment(text):
        report.note_comment(text)
        return
    if trailing and text[:1] != b"/":
        text = text[: trailing.start()].rstrip()
    words = text.split(None, 1)
    if is_hosts_line(words):
        yield from read_hosts(text.split(), line=line, scope=scope, report=report)
        return
    if _BARE.fullmatch(text) or is_address(text):
        rule = rule_of(text, line=line, scope=scope, report=report)
    elif len(words) > 1 and _BARE.fullmatch(words[0]):
        rule = None
        report.refuse(line, SEVERAL_WORDS)
    else:
        rule = _read_rule(text, line, report, own=own)
    if rule:
        yield rule


def _read_rule(text: bytes, line: int, report: Report, *, own: bool) -> Rule | None:
    body = text.removeprefix(b"@@")
    exception = body is not text and body != text
    pattern, options, is_regex = _split(body)
    modifiers = _NO_MODIFIERS if options is None else read_modifiers(options, own=own)
    if modifiers is None:
        report.ignored += 1
        return None
    if isinstance(modifiers, Objection):
        report.refuse(line, modifiers)
        return None
    if not is_regex and (bare := _ADDRESS_RULE.fullmatch(pattern)) and is_address(bare[1]):
        report.addresses += 1
        return None
    mask = _read_regex(pattern) if is_regex else read_mask(pattern)
    if not isinstance(mask, Mask):
        report.refuse(line, mask)
        return None
    if b"xn--" in mask.name and is_undecodable(pattern.strip(b"|^*.")):
        report.undecodable += 1
    report.rules += 1
    return Rule(
        mask.name,
        mask.suffix,
        mask.exact,
        exception,
        modifiers.important,
        line,
        modifiers.cancels,
        modifiers.condition,
        mask.pattern,
    )


def _split(body: bytes) -> tuple[bytes, bytes | None, bool]:
    """Return the pattern, what stands behind its `$`, and whether the pattern is a regular expression.

    The last `/` that no backslash escapes, with nothing or a `$` behind it, ends a regular expression: a `$` may stand
    inside one. `//example.com^` is none.
    """
    if body[:1] == b"/":
        end = body.rfind(b"/")
        while end > 1:
            escaped = (end - len(body[:end].rstrip(b"\\"))) % 2
            if not escaped and body[end + 1 : end + 2] in (b"", b"$"):
                return body[1:end], body[end + 2 :] if len(body) > end + 1 else None, True
            end = body.rfind(b"/", 0, end)
    pattern, sign, options = body.partition(b"$")
    return pattern, options if sign else None, False


def _read_regex(text: bytes) -> Mask | Refusal | Objection:
    try:
        regex = text.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal.NOT_UTF8
    runs = required_runs(regex)
    if isinstance(runs, Objection):
        return runs
    if all(run.encode().translate(None, LETTERS) for run in runs):
        return Refusal.WEB_ADDRESS  # no name holds what every match holds
    return Mask(pattern=Pattern(regex, regex=True))
