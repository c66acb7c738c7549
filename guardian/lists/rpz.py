"""Hold the reader of a response policy zone: a zone file whose names are triggers and whose records are actions.

Law 1: the reading is lenient: SOA, NS, class and TTL may be missing, as in the zones that lists are published in.
Law 2: any action that answers something else than the truth blocks; a list never rewrites.
Law 3: of several CNAMEs of one name the first counts; the table that knows them is bounded.
Law 4: a parenthesis that is never closed costs a bounded number of lines, not the file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from guardian.lists.domains import rule_of
from guardian.lists.hostname import Refusal
from guardian.lists.objection import Objection
from guardian.lists.record_types import type_number
from guardian.model import Rule, Scope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.text import Report

_TOKEN: Final = re.compile(rb"\"(?:\\.|[^\"\\])*+\"?|;.*|[()]|[^\s();\"]++", re.DOTALL)
_MAX_TOKENS: Final = 16
_MAX_LINES: Final = 200
"""How many lines one record may take."""
_TTL: Final = re.compile(rb"(?:[0-9]{1,10}[smhdw]?)+", re.IGNORECASE)
_CLASSES: Final = frozenset((b"in", b"ch", b"hs", b"cs"))
_BY_ADDRESS: Final = (b".rpz-ip", b".rpz-client-ip", b".rpz-nsip", b".rpz-nsdname")
_DATA: Final = frozenset((b"cname", b"a", b"aaaa", b"dname"))
_FAST: Final = re.compile(rb"([\w*.-]{1,255}+)(?:[ \t]++(?i:IN))?+[ \t]++(?i:CNAME)[ \t]++(\*?\.)[ \t\r]*+")


class Zone:
    """Reads the lines of one zone in their order.

    `scope` is what a plain name covers: in a zone it is itself alone. `max_owners` bounds how many names are kept to
    find second CNAMEs; behind that many, an exception outweighs a block of the same name.
    """

    def __init__(self, report: Report, scope: Scope, *, max_owners: int = 100_000) -> None:
        """Begin before the first line of a zone without a name."""
        self._report = report
        self._scope = scope
        self._max_owners = max_owners
        self._owners: set[bytes] = set()
        self._origin = b""
        self._apex: bytes | None = None
        self._owner = b""
        self._tokens: list[bytes] = []
        self._open_since = 0

    def read_line(self, text: bytes, line: int) -> Iterator[Rule]:
        """Yield the rule of the record that ends on this line; blanks at its start stand for the name before."""
        if not self._open_since and (match := _FAST.fullmatch(text)):
            self._owner = match[1]
            yield from self._act(match[1], match[2], line)
            return
        if not self._open_since and not text.strip():
            return
        if text.lstrip()[:1] == b";" and not self._open_since:
            self._report.note_comment(text.strip())
            return
        if not self._gather(text, line):
            return
        tokens, self._tokens = self._tokens, []
        if tokens[:1] == [b""] and len(tokens) == 1:
            return
        if tokens and tokens[0][:1] == b"$":
            self._direct(tokens, line)
        elif tokens:
            yield from self._record(tokens, line)

    def _gather(self, text: bytes, line: int) -> bool:
        """Add a line to the record being read (RFC 1035 section 5.1); say whether it is whole."""
        opened = self._open_since
        if not opened and text[:1] in (b" ", b"\t"):
            self._tokens.append(b"")
        for token in _TOKEN.findall(text):
            if token == b"(":
                self._open_since = self._open_since or line
            elif token == b")":
                self._open_since = 0
            elif token[:1] != b";" and len(self._tokens) < _MAX_TOKENS:
                self._tokens.append(token)
        if self._open_since and line - self._open_since >= _MAX_LINES:
            self._report.refuse(self._open_since, Objection.LONG_RECORD)
            self._open_since, self._tokens = 0, []
        return not self._open_since

    def _direct(self, tokens: list[bytes], line: int) -> None:
        directive = tokens[0].upper()
        if directive == b"$ORIGIN" and len(tokens) > 1:
            self._origin = self._absolute(tokens[1])
            if self._apex is None:
                self._apex = self._origin
        elif directive != b"$TTL":
            self._report.refuse(line, Objection.NOT_A_RECORD)

    def _absolute(self, name: bytes) -> bytes:
        """Return a name without its final dot, behind the origin that it is relative to."""
        name = name.lower()
        if name == b"@":
            return self._origin
        if name.endswith(b"."):
            return name[:-1]
        return name + b"." + self._origin if self._origin else name

    def _record(self, tokens: list[bytes], line: int) -> Iterator[Rule]:
        owner, rest = tokens[0] or self._owner, tokens[1:]
        while rest and (rest[0].lower() in _CLASSES or _TTL.fullmatch(rest[0])):
            rest = rest[1:]
        kind = rest[0].lower() if rest else b""
        if len(rest) < 2 or type_number(kind.decode("ascii", "replace")) is None:
            self._report.refuse(line, Objection.NOT_A_RECORD)
            return
        self._owner = owner
        if kind == b"soa":
            self._apex = self._absolute(owner)
        if kind not in _DATA:
            # A zone's own SOA and NS are no fault and no rule; other data says nothing about blocking.
            self._report.ignored += kind not in (b"soa", b"ns")
            return
        yield from self._act(owner, rest[1].lower() if kind == b"cname" else b"", line)

    def _act(self, owner: bytes, target: bytes, line: int) -> Iterator[Rule]:
        """Yield the rule of one trigger; the target is that of a CNAME, or empty for other data."""
        name = self._absolute(owner)
        apex = self._apex
        if apex:
            if name == apex:
                return
            if not name.endswith(b"." + apex):
                self._report.refuse(line, Objection.OUT_OF_ZONE)
                return
            name = name[: -len(apex) - 1]
        action = target.removesuffix(b".")
        if name.endswith(_BY_ADDRESS) or action == b"rpz-tcp-only":
            self._report.ignored += 1
            return
        below = name.startswith(b"*.")
        exception = action == b"rpz-passthru" or (action != b"" and action == name.removeprefix(b"*."))
        if target and self._is_second(name):
            return
        bare = name[2:] if below else name
        scope = Scope.SUFFIX if below else self._scope
        if b"*" in bare:
            self._report.refuse(line, Refusal.STAR)
        elif rule := rule_of(bare, line=line, scope=scope, report=self._report, exception=exception):
            yield rule._replace(exact=False) if below else rule

    def _is_second(self, name: bytes) -> bool:
        if name in self._owners:
            return True
        if len(self._owners) < self._max_owners:
            self._owners.add(name)
        return False
