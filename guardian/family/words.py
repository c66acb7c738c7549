"""Read what people type into the family store: names of people and things, reasons, sites, subjects.

Law 1: what can't be taken is a DecisionError that says what can; nothing is cut short in silence.
Law 2: no text here can break a line of a terminal or a page: one line, no control characters, no turned direction.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

from guardian.errors import DecisionError
from guardian.family.decisions import EVERYTHING
from guardian.lists.hostname import Refusal, to_wire
from guardian.wire.names import to_text

MAX_NAME = 40
"""Characters of a nickname, a device's name or a title."""
MAX_REASON = 200
MAX_ADDRESS = 2048
"""Characters of a web address that somebody pastes."""
_SUBJECT: Final = re.compile(r"(?:category|service):[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
_JOINERS: Final = frozenset("\u200c\u200d\ufe0e\ufe0f")
"""They make one emoji out of several, and letters of some scripts."""


def read_name(text: str, whose: str) -> str:
    """Return the name of a child, an adult or a device: `whose` says which, in a message."""
    name = read_line(text, MAX_NAME, f"the name of {whose}")
    if not name:
        raise DecisionError(f"the name of {whose} is empty: a nickname or an emoji is enough")
    return name


def read_line(text: str, longest: int, what: str) -> str:
    """Return one line of text, composed (NFC), without spaces around it; it may be empty."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > longest:
        raise DecisionError(f"{what} has {len(line)} characters; at most {longest} are kept")
    for character in line:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"} and character not in _JOINERS:
            raise DecisionError(f"{what} holds a character that can't be shown (U+{ord(character):04X})")
    return line


def read_site(text: str) -> str:
    """Return the name of a site, lower-case A-labels; of a pasted web address, its host."""
    typed = text.strip()
    if len(typed) > MAX_ADDRESS:
        raise DecisionError("that is too long for the name of a site: write it such as wikipedia.org")
    host = typed
    if "/" in typed:
        try:
            host = urlsplit(typed if "//" in typed else f"//{typed}").hostname or ""
        except ValueError:
            host = ""
    wire = to_wire(host.encode("utf-8", "replace"))
    if isinstance(wire, Refusal):
        raise DecisionError(f"that is no name of a site ({wire.value}): write it such as wikipedia.org")
    return to_text(wire)


def read_subject(text: str) -> str:
    """Return what a decision is about: `everything`, `category:NAME` or `service:NAME`."""
    subject = text.strip().lower()
    if subject != EVERYTHING and not _SUBJECT.fullmatch(subject):
        raise DecisionError(
            f"a decision is about {EVERYTHING}, a category or a service: write category:games, or service:tiktok"
        )
    return subject
