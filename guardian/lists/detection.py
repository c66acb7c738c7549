"""Hold how the form of a list is told from its first lines.

Law 1: only lines that look like rules vote; the form with the most votes wins.
Law 2: of equal votes the more particular form wins: a bare name can stand in nearly all of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.hosts import is_hosts_line
from guardian.lists.text import is_comment
from guardian.model import Format

if TYPE_CHECKING:
    from collections.abc import Iterable

SAMPLE: Final = 100
"""How many lines with rules decide the form of a list in Format.AUTO."""

_LONGEST: Final = 4096
_ORDER: Final = (
    Format.HOSTS,
    Format.ADGUARD,
    Format.DNSMASQ,
    Format.UNBOUND,
    Format.RPZ,
    Format.WILDCARD,
    Format.DOMAINS,
)
_DNSMASQ: Final = re.compile(rb"(?:address|local|server)[ \t]*=[ \t]*/")
_UNBOUND: Final = re.compile(rb"(?:local-(?:zone|data|data-ptr):|server:[ \t]*\Z)")
_RPZ: Final = re.compile(
    rb"\$(?:TTL|ORIGIN)[ \t]|(?:\S{1,255}+[ \t]++)?(?:[0-9]{1,10}[smhdw]?[ \t]++)?(?:IN[ \t]++)?"
    rb"(?:(?:SOA|NS|CNAME|TXT)[ \t]++\S|A[ \t]++[0-9]+\.|AAAA[ \t]++[0-9A-F]*:)",
    re.IGNORECASE,
)
# Expressions of Pi-hole and squidGuard begin with a caret or a bracket, and AdGuard's stand between slashes.
_ADGUARD: Final = re.compile(
    rb"@@|\|{1,2}\S|/[^/\s]+/\Z|//?[\w.*?&_-]|://|[&?=]|[._-]\S{0,255}?(?:[/?=&]|[.-]\Z)"
    rb"|(?![\^(])[^\s\\()]*(?:\^\|?\Z|\^[*$]|\$[a-z~][a-z0-9-]{1,20}+(?:[=,]|\Z)|#@?[?$%]{0,2}#\S)"
)
_WILDCARD: Final = re.compile(rb"\*\.[\w-]+\.[\w.-]+\Z")


def form_of(lines: Iterable[bytes]) -> Format:
    """Return the form that most of the first lines with rules are in, or AUTO when there are none yet."""
    votes = dict.fromkeys(_ORDER, 0)
    seen = 0
    for line in lines:
        text = line[:_LONGEST].strip()
        if text and not is_comment(text):
            votes[_form_of_line(text)] += 1
            seen += 1
            if seen == SAMPLE:
                break
    return max(_ORDER, key=votes.__getitem__) if seen else Format.AUTO


def _form_of_line(text: bytes) -> Format:
    if is_hosts_line(text.split(None, 2)[:2]):
        return Format.HOSTS
    if _DNSMASQ.match(text):
        return Format.DNSMASQ
    if _UNBOUND.match(text):
        return Format.UNBOUND
    if _RPZ.match(text):
        return Format.RPZ
    if _WILDCARD.match(text):
        return Format.WILDCARD
    return Format.ADGUARD if _ADGUARD.match(text) else Format.DOMAINS
