"""Pad a reply that goes out encrypted, so that its length tells little of the name (RFC 7830, RFC 8467).

Law 1: a reply without OPT stays as it is: its question had none, and may not be answered with one (RFC 6891).
"""

from __future__ import annotations

from guardian.wire import codes

REPLY_BLOCK = 468
"""Octets; a padded reply has a multiple of it (RFC 8467 section 4.1)."""
_OPT = b"\0" + codes.OPT.to_bytes(2, "big") + codes.OUR_PAYLOAD.to_bytes(2, "big") + b"\0\0"
"""How the last record of our replies begins: at the root, with our payload, no extended rcode, version 0."""
_OPT_SIZE = 11
"""Octets of an OPT record before its options."""
_OPTION_SIZE = 4
"""Octets of an option before its data."""


def padded_reply(message: bytes) -> bytes:
    """Give one of our own replies with padding in its OPT."""
    at = message.rfind(_OPT)
    end = at + _OPT_SIZE
    if at < 0 or end + (size := int.from_bytes(message[end - 2 : end], "big")) != len(message):
        return message
    zeros = -(len(message) + _OPTION_SIZE) % REPLY_BLOCK
    if len(message) + _OPTION_SIZE + zeros > codes.MAX_MESSAGE:
        return message
    option = codes.PADDING.to_bytes(2, "big") + zeros.to_bytes(2, "big") + bytes(zeros)
    return message[: end - 2] + (size + len(option)).to_bytes(2, "big") + message[end:] + option
