"""Hold what every match of a regular expression contains: runs of characters to search for first.

Law 1: the answer errs towards fewer: a run is given only where no match can be without it.
Law 2: what needs backtracking is refused here: a list is hostile input (RE2 syntax, POSIX classes allowed).
Law 3: the time is linear in the text; its length and its depth are bounded.
"""

from __future__ import annotations

import re
from typing import Final

from guardian.lists.objection import Objection

SHORTEST: Final = 3
"""How many characters a run needs to be of use."""

MAX_REGEX: Final = 1024
_MAX_DEPTH: Final = 16
_MAX_RUNS: Final = 64
_REPEAT: Final = re.compile(r"(?:[*+?]|\{(\d{1,4})(?:,\d{0,4})?\})[?+]?")
_GROUP: Final = re.compile(r"\(\?(?:[imsU-]{0,8}:|P?<[A-Za-z_]\w{0,31}>|[imsU-]{1,8}(?=\)))")
_LOOK: Final = re.compile(r"\(\?(?:<?[=!]|>|\(|P=|P>|R|#)")
_CLASS: Final = re.compile(r"\[\^?\]?(?:\[:\^?\w{1,10}:\]|\\.|[^\]\\])*\]", re.DOTALL)
_PLAIN: Final = re.compile(r"(?:[^\\.^$*+?{}()\[\]|]|\\[^\w])+(?![*+?{])")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ONE: Final = re.compile(r"\[(?:\\([^\w])|([^\\^\]]))\]")


class _UnreadError(Exception):
    def __init__(self, why: Objection) -> None:
        super().__init__(why)
        self.why = why


def required_runs(regex: str) -> frozenset[str] | Objection:
    """Return runs of at least SHORTEST characters, in lower case, one of which is in every name that matches.

    An objection says why the expression is of no use: it is broken, can't run in linear time, or has no such run.
    """
    if len(regex) > MAX_REGEX:
        return Objection.DEEP_REGEX
    scan = _Scan(regex)
    try:
        runs = scan.alternatives(0)
        if scan.at < len(regex):
            return Objection.BROKEN_REGEX
    except _UnreadError as unread:
        return unread.why
    return runs if _worth(runs) >= SHORTEST else Objection.TOO_WIDE


def _worth(runs: frozenset[str]) -> int:
    """Rate a choice of runs by its shortest; no run is worth nothing."""
    return min(map(len, runs), default=0)


class _Scan:
    """One pass over one expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def alternatives(self, depth: int) -> frozenset[str]:
        """Read up to the end or the bracket that closes; give one run for each branch, or none at all."""
        if depth > _MAX_DEPTH:
            raise _UnreadError(Objection.DEEP_REGEX)
        found: set[str] = set()
        worthless = False
        while True:
            branch = self._branch(depth)
            worthless = worthless or not branch
            found |= branch
            if self.text[self.at : self.at + 1] != "|":
                break
            self.at += 1
        return frozenset() if worthless or len(found) > _MAX_RUNS else frozenset(found)

    def _branch(self, depth: int) -> frozenset[str]:
        best: frozenset[str] = frozenset()
        run = ""
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            if plain := _PLAIN.match(self.text, self.at):
                self.at = plain.end()
                run += _ESCAPED.sub(r"\1", plain[0]).lower()
                continue
            literal, runs = self._atom(depth)
            least, repeated = self._repeat()
            if literal and least:
                run += literal
            if least and _worth(runs) > _worth(best):
                best = runs
            if not literal or repeated:
                best = max(best, frozenset((run,)) if run else best, key=_worth)
                run = ""
        return max(best, frozenset((run,)) if run else best, key=_worth)

    def _repeat(self) -> tuple[int, bool]:
        """Return how often the atom before stands at least, and whether a repeat was written."""
        match = _REPEAT.match(self.text, self.at)
        if match is None:
            return 1, False
        self.at = match.end()
        if match[1] is not None:
            return int(match[1]), True
        return int(match[0][0] == "+"), True

    def _atom(self, depth: int) -> tuple[str, frozenset[str]]:
        """Read one piece: its character if it is a literal one, and the runs in it if it is a group."""
        sign = self.text[self.at]
        if sign == "(":
            return "", self._group(depth)
        if sign == "[":
            return self._class(), frozenset()
        if sign == "\\":
            return self._escape(), frozenset()
        if sign in "*+?":
            raise _UnreadError(Objection.BROKEN_REGEX)
        self.at += 1
        return "" if sign in ".^${}" else sign.lower(), frozenset()

    def _group(self, depth: int) -> frozenset[str]:
        if _LOOK.match(self.text, self.at):
            raise _UnreadError(Objection.LOOKAROUND)
        opened = _GROUP.match(self.text, self.at)
        if opened is None and self.text.startswith("(?", self.at):
            raise _UnreadError(Objection.BROKEN_REGEX)
        self.at = opened.end() if opened else self.at + 1
        runs = self.alternatives(depth + 1)
        if self.text[self.at : self.at + 1] != ")":
            raise _UnreadError(Objection.BROKEN_REGEX)
        self.at += 1
        return runs

    def _class(self) -> str:
        match = _CLASS.match(self.text, self.at)
        if match is None:
            raise _UnreadError(Objection.BROKEN_REGEX)
        self.at = match.end()
        one = _ONE.fullmatch(match[0])
        return (one[1] or one[2]).lower() if one else ""

    def _escape(self) -> str:
        sign = self.text[self.at + 1 : self.at + 2]
        if not sign:
            raise _UnreadError(Objection.BROKEN_REGEX)
        if sign.isdigit() or sign in "kgQE":
            raise _UnreadError(Objection.LOOKAROUND)
        self.at += 2
        if not sign.isalnum():
            return sign
        if sign in "xpPu" and self.text[self.at : self.at + 1] == "{":
            self.at = self.text.find("}", self.at) + 1 or len(self.text)
        elif sign == "x":
            self.at += 2
        return ""
