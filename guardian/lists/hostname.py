"""Hold how a host name in a list becomes a name on the wire, or why it does not.

Law 1: a name is taken whole or refused with a reason; no part of it is cut away to make it fit.
Law 2: letters, digits, hyphen and underscore may stand anywhere in a label: names that break RFC 952 are asked for.
Law 3: a rule for a single label is refused; it would close a whole top-level domain.
Law 4: a reason is one of a fixed table: no byte of a hostile list reaches a terminal or a page through it.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from typing import Final

PLAIN: Final = rb"(?:[\w-]{1,63}+\.)++[A-Za-z][\w-]{0,62}+"
"""A pattern for the common names: two labels or more, the last one starting with a letter. It never backtracks."""

MAX_TEXT: Final = 253
"""The longest name as text, without its final dot: 255 octets on the wire (RFC 1035 section 2.3.4)."""

LETTERS: Final = b"abcdefghijklmnopqrstuvwxyz0123456789_-."
"""What a name as text consists of, in lower case."""

_MAX_LABEL: Final = 63
_MAX_ADDRESS: Final = 64
_LENGTH: Final = tuple(bytes([length]) for length in range(_MAX_LABEL + 1))
_ADDRESS: Final = re.compile(
    rb"\[?(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9._-]{1,15})?)\]?"
)


class Refusal(enum.StrEnum):
    """Why a piece of text is not taken as a name."""

    BROWSER_RULE = "a rule in the syntax of AdGuard or browsers: only names are read here"
    WEB_ADDRESS = "a web address or a path: blocking its host would block more than the list says"
    PORT = "a port or another colon: DNS knows names only"
    STAR = "a star is only read as the first label, as in *.example.com"
    EMPTY_LABEL = "an empty label: two dots in a row, or nothing but a dot"
    LONG_LABEL = "a label of more than 63 characters"
    LONG_NAME = "a name of more than 253 characters"
    SINGLE_LABEL = "a single label would block a whole top-level domain"
    NUMBER = "the last label is a number: neither a name nor a whole address"
    NOT_UTF8 = "not UTF-8 text"
    NOT_IDN = "characters that no internationalised name may hold (UTS #46)"
    CHARACTER = "a character that host names do not have"


def join_labels(text: bytes) -> bytes:
    """Return the wire form of a name that is already known to be good, with the root label."""
    labels = text.split(b".")
    if len(labels) == 2:  # most names have two or three labels: no loop for them
        first, second = labels
        return _LENGTH[len(first)] + first + _LENGTH[len(second)] + second + b"\0"
    if len(labels) == 3:
        first, second, third = labels
        return _LENGTH[len(first)] + first + _LENGTH[len(second)] + second + _LENGTH[len(third)] + third + b"\0"
    return b"".join([_LENGTH[len(label)] + label for label in labels]) + b"\0"


def to_wire(text: bytes, *, single: bool = False) -> bytes | Refusal:
    """Return the wire form in lower case (RFC 1035 section 3.1) of a name as a list writes it.

    One final dot may stand. Characters outside ASCII become A-labels by UTS #46, non-transitional, so that `ß` stays
    itself. A-labels are kept as they are, decodable or not: a client may ask for either. `single` takes one label, too:
    where a name is not blocked but left out.
    """
    if not text.isascii():
        mapped = to_a_labels(text)
        if isinstance(mapped, Refusal):
            return mapped
        text = mapped
    text = text.removesuffix(b".").lower()
    fault = _fault(text)
    return join_labels(text) if fault is None or (single and fault is Refusal.SINGLE_LABEL) else fault


def is_address(text: bytes) -> bool:
    """Say whether the text is an IPv4 or IPv6 address; brackets and a zone may stand (RFC 4007 section 11)."""
    if len(text) > _MAX_ADDRESS or _ADDRESS.fullmatch(text) is None:
        return False
    if text[:1] == b"[":
        if text[-1:] != b"]":
            return False
        text = text[1:-1]
    try:
        ipaddress.ip_address(text.decode("ascii"))
    except ValueError:
        return False
    return True


def is_undecodable(text: bytes) -> bool:
    """Say whether one of the labels claims to be an A-label and is none (RFC 3492)."""
    return any(label.startswith(b"xn--") and not _is_punycode(label[4:]) for label in text.lower().split(b"."))


def _is_punycode(tail: bytes) -> bool:
    try:
        label = tail.decode("punycode")
        return not label.isascii() and label.encode("punycode") == tail
    except (ValueError, OverflowError):
        return False


def to_a_labels(text: bytes) -> bytes | Refusal:
    """Return text with its labels outside ASCII as A-labels (RFC 5890), mapped by UTS #46; no more is judged."""
    import idna  # noqa: PLC0415 - its tables cost 0.8 MiB: only lists with such names pay for them

    if len(text) > 4 * MAX_TEXT:
        return Refusal.LONG_NAME  # no name of 253 characters takes more bytes; mapping more is only work
    try:
        name = idna.uts46_remap(text.decode("utf-8"), std3_rules=False, transitional=False)
    except UnicodeDecodeError:
        return Refusal.NOT_UTF8
    except idna.IDNAError:
        return Refusal.NOT_IDN
    if len(name) > MAX_TEXT + 1:
        return Refusal.LONG_NAME  # an A-label is never shorter; encoding it takes time that grows with its square
    try:
        return b".".join(
            label.encode("ascii") if label.isascii() else b"xn--" + label.encode("punycode")
            for label in name.split(".")
        )
    except UnicodeError:
        return Refusal.NOT_IDN


def _fault(text: bytes) -> Refusal | None:
    if text.translate(None, LETTERS):
        return _odd_character(text)
    labels = text.split(b".")
    if b"" in labels:
        return Refusal.EMPTY_LABEL
    if len(text) > MAX_TEXT:
        return Refusal.LONG_NAME
    if max(map(len, labels)) > _MAX_LABEL:
        return Refusal.LONG_LABEL
    if len(labels) == 1:
        return Refusal.SINGLE_LABEL
    return Refusal.NUMBER if labels[-1].isdigit() else None


def _odd_character(text: bytes) -> Refusal:
    if text.startswith((b"||", b"|", b"@@")) or b"^" in text or b"$" in text or b"#" in text:
        return Refusal.BROWSER_RULE
    if b"/" in text or b"?" in text:
        return Refusal.WEB_ADDRESS
    if b":" in text:
        return Refusal.PORT
    if b"*" in text:
        return Refusal.STAR
    return Refusal.CHARACTER
