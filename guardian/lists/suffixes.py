"""Refuse rules that mean too much: a public suffix, under which strangers register, or a pattern for half the world.

Law 1: a public suffix is what registries say it is (the ICANN part of the public suffix list); a service under which
       others have names (`blogspot.com`) may be blocked.
Law 2: only what compiles lists imports this room's file: its table takes some 2 MiB.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from publicsuffixlist import PublicSuffixList

from guardian.errors import WireError
from guardian.lists.patterns import choices_of
from guardian.wire.names import ROOT, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.lists.text import Report
    from guardian.model import Pattern, Rule

PUBLIC: Final = "a public suffix: names of many owners stand below it; name the sites instead"
WIDE: Final = "too wide: but for a public suffix and words like www, the pattern says nothing"
_COMMON: Final = re.compile(r"(?:www?\d*|https?|web|mail|com|net|org|info)")
_WORD: Final = re.compile(r"[a-z0-9_-]{3,}")


class Suffixes(NamedTuple):
    """The public suffixes, in wire form."""

    names: frozenset[bytes]
    """With the root, and with what stands above a wildcard: nobody means to close that."""
    parents: frozenset[bytes]
    """Each name one label below is a suffix (`*.ck`)."""
    exceptions: frozenset[bytes]
    """Those that are none (`!www.ck`)."""

    def has(self, name: bytes) -> bool:
        """Say whether a name in wire form is a public suffix."""
        return name in self.names or (name[name[0] + 1 :] in self.parents and name not in self.exceptions)


@cache
def public_suffixes() -> Suffixes:
    """Read the table that ships with publicsuffixlist, once."""
    names: set[bytes] = {ROOT}
    parents: set[bytes] = set()
    exceptions: set[bytes] = set()
    for entry in PublicSuffixList(only_icann=True)._publicsuffix:  # noqa: SLF001 - it gives no other way to list them
        kind = parents if entry.startswith("*.") else exceptions if entry.startswith("!") else names
        try:
            kind.add(to_wire(entry.removeprefix("*.").removeprefix("!")))
        except WireError:
            continue  # the same entry stands there in its A-label form, too
    return Suffixes(frozenset(names | parents), frozenset(parents), frozenset(exceptions))


def without_too_wide(rules: Iterable[Rule], report: Report) -> Iterator[Rule]:
    """Give the rules on, but refuse with their line those that are public suffixes or patterns that say too little."""
    suffixes = public_suffixes()
    names, parents = suffixes.names, suffixes.parents
    for rule in rules:
        name = rule.name
        if (not name or name in names or name[name[0] + 1 :] in parents) and (why := _objection(rule, suffixes)):
            report.rules -= 1
            report.refuse(rule.line, why)
        else:
            yield rule


def _objection(rule: Rule, suffixes: Suffixes) -> str:
    if rule.pattern is None:
        return PUBLIC if suffixes.has(rule.name) else ""
    return WIDE if not choices_of(rule.pattern) or _is_too_wide(rule.pattern, suffixes) else ""


def _is_too_wide(pattern: Pattern, suffixes: Suffixes) -> bool:
    if pattern.regex:
        return False
    text = pattern.text
    if pattern.name_end:
        text = _without_suffix(text, suffixes)
    return not any(not _COMMON.fullmatch(word) for word in _WORD.findall(text))


def _without_suffix(text: str, suffixes: Suffixes) -> str:
    """Cut the public suffix that a pattern ends with, with the dot before it."""
    start = text.rfind("*") + 1
    while (dot := text.find(".", start)) >= 0:
        try:
            if suffixes.has(to_wire(text[dot + 1 :])):
                return text[:dot]
        except WireError:
            return text
        start = dot + 1
    return text
