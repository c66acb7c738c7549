"""Write the question that goes to an upstream and recognise what comes back.

Law 1: the client's ID, case and EDNS options never leave; chance is an argument, drawn by the caller.
Law 2: an answer counts only if ID and question, case included, are ours (RFC 5452, 0x20).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from guardian.wire import codes
from guardian.wire.question import HEADER_SIZE

if TYPE_CHECKING:
    from guardian.model import AskKey

_HEADER = struct.Struct("!HHHHHH")
_TYPE_CLASS = struct.Struct("!HH")
_OPT = struct.Struct("!BHHIH")
_OPTION = struct.Struct("!HH")
BLOCK = 128
"""Octets; a padded question has a multiple of it."""
_BARE = frozenset({codes.FORMERR, codes.SERVFAIL, codes.NOTIMP, codes.REFUSED})
_CASE_BITS = bytes(0x20 if chr(octet).isalpha() and octet < 0x80 else 0 for octet in range(256))


def write_question(key: AskKey, identity: int, chance: int, *, padded: bool = False) -> bytes:
    """Give the message that asks `key`.

    `identity` is the 16-bit ID; `chance` holds at least eight random bits an octet of the name and sets the letters'
    case. `padded` is for an encrypted way: the length tells nothing of the name, up to BLOCK octets (RFC 8467
    section 4.1), and the case stays as it is, since nobody can forge an answer there.
    """
    flags = codes.RD | (codes.CD if key.checking_disabled else 0)
    name = key.name if padded else _mixed_case(key.name, chance)
    message = _HEADER.pack(identity, flags, 1, 0, 0, 1) + name + _TYPE_CLASS.pack(key.qtype, key.qclass)
    extended = codes.DO if key.dnssec_ok else 0
    if not padded:
        return message + _OPT.pack(0, codes.OPT, codes.OUR_PAYLOAD, extended, 0)
    zeros = -(len(message) + _OPT.size + _OPTION.size) % BLOCK
    opt = _OPT.pack(0, codes.OPT, codes.OUR_PAYLOAD, extended, _OPTION.size + zeros)
    return message + opt + _OPTION.pack(codes.PADDING, zeros) + bytes(zeros)


def question_of(message: bytes, key: AskKey) -> bytes:
    """Cut the question section out of a message made by `write_question` for `key`."""
    return message[HEADER_SIZE : HEADER_SIZE + len(key.name) + _TYPE_CLASS.size]


def is_bare_failure(message: bytes) -> bool:
    """Say whether a message is a failure that repeats no question: old servers answer so what they don't understand."""
    if len(message) < HEADER_SIZE:
        return False
    _, flags, questions, *_ = _HEADER.unpack_from(message)
    return bool(flags & codes.QR) and not questions and flags & 0xF in _BARE


def _mixed_case(name: bytes, chance: int) -> bytes:
    size = len(name)
    mask = int.from_bytes(name.translate(_CASE_BITS), "big")
    return (int.from_bytes(name, "big") ^ (mask & chance)).to_bytes(size, "big")
