"""Hold what a pattern in the syntax of AdGuard means for names: a name of its own, or a pattern to search with.

Law 1: what can be said by a name is: `||x^` and `*.x` go to the set, only the rest is searched for.
Law 2: a pattern without three characters in a row that are no star is refused, or one for whole top-level domains.
Law 3: what only a web address can match (a path, a port) is refused, never cut down to its host.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from guardian.lists.hostname import LETTERS, MAX_TEXT, Refusal, to_a_labels, to_wire
from guardian.lists.literals import SHORTEST
from guardian.lists.objection import Objection
from guardian.model import Pattern

_START: Final = re.compile(rb"(\|\|?)?((?:(?:https?|wss?)?:)?//|/(?=\*))?")
_END: Final = re.compile(rb"(?:\^\*?\|?|/\*?|\|)\Z")
_MAX_LABEL: Final = 63


class Mask(NamedTuple):
    """What a pattern means: the name in wire form, or the pattern where there is no such name."""

    name: bytes = b""
    suffix: bool = False
    exact: bool = False
    pattern: Pattern | None = None


def read_mask(text: bytes) -> Mask | Refusal | Objection:
    """Return what a pattern means that is no regular expression, or why it means nothing here.

    `||` starts at a label, `|`, `https://`, `://` and `//` at the name; `^`, `|`, `/` and `/*` end the name.
    """
    start, end = _START.match(text), _END.search(text)
    bars, scheme = (start[1] or b"", start[2] or b"") if start else (b"", b"")
    label_start = bars == b"||"
    name_start = not label_start and bool(bars or scheme)
    whole = text[len(bars) + len(scheme) : end.start() if end else None]
    body = whole.strip(b"*")
    anywhere = whole[:1] == b"*"
    if anywhere:
        label_start = name_start = False
    name_end = end is not None and whole[-1:] != b"*"
    if not body:
        return Objection.TOO_WIDE
    if b"*" not in body:
        # AdGuard lets `*.x` go on behind x, as in a.x.example; nobody who writes it means that.
        below = body[:1] == b"." and not (label_start or name_start) and (name_end or whole == b"*" + body)
        if below or (name_end and (label_start or name_start)):
            name = to_wire(body[1:] if below else body)
            if isinstance(name, Refusal):
                return name
            return Mask(name, suffix=below or label_start, exact=not below)
    return _searched(body, label_start=label_start, name_start=name_start, name_end=name_end)


def _searched(body: bytes, *, label_start: bool, name_start: bool, name_end: bool) -> Mask | Refusal | Objection:
    if not body.isascii():
        encoded = _encoded(body, begins=label_start or name_start, ends=name_end)
        if not isinstance(encoded, bytes):
            return encoded
        body = encoded
    body = re.sub(rb"\*+", b"*", body.lower())
    if body.translate(None, LETTERS + b"*"):
        return _odd_character(body)
    if b".." in body or (body[:1] == b"." and (label_start or name_start)):
        return Refusal.EMPTY_LABEL
    if len(body) > MAX_TEXT:
        return Refusal.LONG_NAME
    if max(map(len, re.split(rb"[.*]", body))) > _MAX_LABEL:
        return Refusal.LONG_LABEL
    if max(map(len, body.split(b"*"))) < SHORTEST:
        return Objection.TOO_WIDE
    if name_end and b"." not in body and b"*" not in body:
        return Objection.WHOLE_LABEL
    return Mask(pattern=Pattern(body.decode("ascii"), False, label_start, name_start, name_end))


def _encoded(body: bytes, *, begins: bool, ends: bool) -> bytes | Refusal | Objection:
    """Put the labels that are not ASCII into A-labels, as far as each is whole."""
    labels = body.split(b".")
    for index, label in enumerate(labels):
        if label.isascii():
            continue
        cut = b"*" in label or (index == 0 and not begins) or (index == len(labels) - 1 and not ends)
        if cut:
            return Objection.PART_OF_IDN
        encoded = to_a_labels(label)
        if isinstance(encoded, Refusal):
            return encoded
        labels[index] = encoded
    return b".".join(labels)


def _odd_character(body: bytes) -> Refusal:
    if any(sign in body for sign in (b"/", b"?", b"=", b"&", b"%", b"^", b";")):
        return Refusal.WEB_ADDRESS
    return Refusal.PORT if b":" in body else Refusal.CHARACTER
