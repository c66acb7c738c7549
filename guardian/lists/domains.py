"""Hold the reader of one line of a list of domains: a name, `*.name` or `.name`.

Law 1: one line, one name; a line of several words is refused, for no word of it can be told to be the name.
Law 2: `*.name` and `.name` cover the name and all below it, whatever the scope of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from guardian.lists.hostname import Refusal, is_address, is_undecodable, to_wire
from guardian.model import Rule, Scope

if TYPE_CHECKING:
    from guardian.lists.text import Report

SEVERAL_WORDS: Final = "several words, and the first is no IP address"

LOCAL_NAMES: Final = frozenset(
    b"localhost localhost.localdomain local broadcasthost ip6-localhost ip6-loopback ip6-localnet ip6-mcastprefix "
    b"ip6-allnodes ip6-allrouters ip6-allhosts".split()
)
"""What hosts files write for their own machine."""


def read_domain(words: list[bytes], *, line: int, scope: Scope, report: Report) -> Rule | None:
    """Return the rule of a line of a list of domains, or None after telling the report why there is none."""
    if len(words) > 1:
        report.refuse(line, SEVERAL_WORDS)
        return None
    text = words[0]
    below = text.removeprefix(b"*") if text.startswith(b"*.") else text
    if below.startswith(b"."):
        return rule_of(below[1:], line=line, scope=Scope.SUFFIX, report=report)
    return rule_of(text, line=line, scope=scope, report=report)


def rule_of(text: bytes, *, line: int, scope: Scope, report: Report, exception: bool = False) -> Rule | None:
    """Return the rule that blocks one name or excepts it, or None after telling the report why there is none."""
    if text.lower().removesuffix(b".") in LOCAL_NAMES:
        report.local_names += 1
        return None
    if is_address(text):
        report.addresses += 1
        return None
    name = to_wire(text)
    if isinstance(name, Refusal):
        report.refuse(line, name)
        return None
    if b"xn--" in name and is_undecodable(text):
        report.undecodable += 1
    report.rules += 1
    return Rule(name, scope is Scope.SUFFIX, exact=True, exception=exception, important=False, line=line)
