r"""Turn domain names from text to wire form and back.

Law 1: wire form is lower case, ends with the root label and is at most 255 octets (RFC 1035 section 2.3.4).
Law 2: text is A-labels joined by dots; an octet that text can't show is written `\DDD` (RFC 1035 section 5.1).
"""

from __future__ import annotations

from guardian.errors import WireError

MAX_NAME = 255
MAX_LABEL = 63
ROOT = b"\x00"
POINTER = 0xC0
"""From here on, an octet and the next are a pointer (RFC 1035 section 4.1.4)."""
_HEADER_SIZE = 12
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_*/+")


def to_wire(text: str) -> bytes:
    """Give the wire form of a name; a final dot is optional.

    Raises WireError where a label is empty or longer than 63 octets, the name is longer than 255, or not ASCII.
    """
    stripped = text.removesuffix(".")
    if not stripped:
        return ROOT
    try:
        labels = stripped.encode("ascii").lower().split(b".")
    except UnicodeEncodeError as error:
        message = f"{text!r} is not ASCII; write it in its A-label form (xn--…)"
        raise WireError(message) from error
    if not all(0 < len(label) <= MAX_LABEL for label in labels):
        message = f"{text!r} has a label that is empty or longer than {MAX_LABEL} octets"
        raise WireError(message)
    wire = b"".join(bytes((len(label),)) + label for label in labels) + ROOT
    if len(wire) > MAX_NAME:
        message = f"{text!r} is longer than {MAX_NAME} octets"
        raise WireError(message)
    return wire


def to_text(wire: bytes) -> str:
    """Give the text of a name in wire form, without the final dot; the root is `.`."""
    parts = []
    for offset in label_offsets(wire):
        label = wire[offset + 1 : offset + 1 + wire[offset]]
        parts.append("".join(chr(octet) if octet in _PLAIN else f"\\{octet:03d}" for octet in label.lower()))
    return ".".join(parts) or "."


def label_offsets(wire: bytes) -> tuple[int, ...]:
    """Give the offset of each label of a well-formed name in wire form, the root left out."""
    offsets = []
    position = 0
    while length := wire[position]:
        offsets.append(position)
        position += length + 1
    return tuple(offsets)


def skip_name(message: bytes, position: int) -> tuple[int, int]:
    """Give where the name at `position` ends, compressed or not, and its octets with all that it points to walked.

    Raises IndexError where it is cut off, WireError where it is longer than 255 octets, or a pointer does not point
    strictly backwards (RFC 9267) or points into the header, where no name stands.
    """
    start, size, end = position, 0, 0
    while length := message[position]:
        if length > MAX_LABEL:
            end = end or position + 2
            position = start = _target(message, position, start)
            continue
        position += length + 1
        size += length + 1
        if size >= MAX_NAME:
            raise WireError(f"a name longer than {MAX_NAME} octets")
    return end or position + 1, size + 1


def read_name(message: bytes, position: int, *, compressed: bool = True) -> bytes:
    """Give the name at `position` in wire form, its pointers resolved.

    Raises what `skip_name` raises, and WireError for a pointer where names must not be `compressed`.
    """
    start, size, labels = position, 0, []
    while length := message[position]:
        if length > MAX_LABEL:
            if not compressed:
                raise WireError("a compressed name where none may be")
            position = start = _target(message, position, start)
            continue
        end = position + length + 1
        labels.append(message[position:end])
        size += length + 1
        if size >= MAX_NAME:
            raise WireError(f"a name longer than {MAX_NAME} octets")
        position = end
    return b"".join(labels).lower() + ROOT


def _target(message: bytes, position: int, start: int) -> int:
    """Read the pointer at `position`, which must point back from `start`, where its name begins."""
    target = (message[position] & MAX_LABEL) << 8 | message[position + 1]
    if message[position] < POINTER or not _HEADER_SIZE <= target < start:
        raise WireError("a pointer that does not point back to a name")
    return target
