"""Read by which name an address is known, out of the answer to a reverse look-up."""

from __future__ import annotations

from guardian.errors import WireError
from guardian.wire import codes
from guardian.wire.names import read_name
from guardian.wire.question import HEADER_SIZE
from guardian.wire.records import walk


def read_pointer(message: bytes, asked: bytes) -> bytes | None:
    """Give the name that a PTR record tells for the question `asked`, in wire form; None where the answer has none.

    `asked` is the whole message that was sent (RFC 1035 section 3.3.12), by its ID and question the answer is known.
    Raises WireError where the message is no answer to it, or is damaged.
    """
    end = len(asked) - _OPT_SIZE
    question = asked[HEADER_SIZE:end]
    if message[:2] != asked[:2] or message[HEADER_SIZE:end].lower() != question.lower() or not message[2] & 0x80:
        raise WireError("the answer to another question")
    if message[4:6] != b"\0\1":
        raise WireError("not exactly one question")
    name = question[: -len(_PTR_IN)].lower()
    try:
        for record in walk(message, end):
            if record.section == 1 and record.rtype == codes.PTR and read_name(message, record.owner) == name:
                return read_name(message, record.data)
    except IndexError as error:
        raise WireError("a record is cut off") from error
    return None


_OPT_SIZE = 11
"""Octets of the bare OPT record at the end of what we ask."""
_PTR_IN = b"\0\x0c\0\1"
