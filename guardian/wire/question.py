"""Read a client's packet: header, question and OPT, and nothing further.

Law 1: every read is bounds-checked; the worst packet costs a bounded walk (RFC 9267).
Law 2: a packet either becomes a Query or a BadQuestionError that carries what to answer, if anything.
Law 3: one question a packet (RFC 9619); no compression in it, for nothing stands before it to point to.
Law 4: a hardware address that is stated twice, or is none, is nobody's: whoever wrote the first may not be the router.
"""

from __future__ import annotations

import struct

from guardian.errors import WireError
from guardian.model import Query
from guardian.wire import codes
from guardian.wire.names import MAX_LABEL, MAX_NAME, skip_name

_HEADER = struct.Struct("!HHHHHH")
_TYPE_CLASS = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")
_OPTION = struct.Struct("!HH")

_HARDWARE = 6
"""Octets of a hardware address."""
NOBODY = "00:00:00:00:00:00"
"""The hardware address that is stated by a packet which states none that is plain."""

_new = tuple.__new__

HEADER_SIZE = 12
MAX_QUESTION = 4096
"""Octets of a packet that we are willing to read: room for padding (RFC 8467)."""
MAX_ADDITIONAL = 4
"""Records that a question may bring along: OPT, and what signs a transaction."""
MAX_OPTIONS = 32
"""EDNS options that we are willing to walk."""
_KEPT_FLAGS = codes.RD | codes.AD | codes.CD
_COMMON_HEADERS = {
    _HEADER.pack(0, flags, 1, 0, 0, additionals)[2:]: (flags, 0, additionals)
    for flags in (rd | ad | cd for rd in (0, codes.RD) for ad in (0, codes.AD) for cd in (0, codes.CD))
    for additionals in (0, 1)
}
"""Nearly every header, its ID left out: flags, authority and additional records."""
MAX_BARE_OPTS = 64
_BARE_OPTS: dict[bytes, tuple[int, bool, bool, str]] = {}
"""What nearly every packet ends with, read already: an OPT without options. A memo: it changes no answer."""


class BadQuestionError(WireError):
    """A packet that is not a question we serve; `answer` is what to send back, None for silence."""

    def __init__(self, message: str, answer: bytes | None = None) -> None:
        """Keep the answer beside the message."""
        super().__init__(message)
        self.answer = answer


def read_query(packet: bytes, client: str, *, stream: bool = False, stated: str = "") -> Query:
    """Read one packet of `client`, which came over a `stream` or by itself; `stated` is who its connection says it is.

    Raises BadQuestionError: silence for fewer than 12 octets or a response, NOTIMP for other opcodes, FORMERR for what
    breaks RFC 1035, 6891 or 9619, BADVERS for an EDNS version that is not 0.
    """
    if len(packet) > MAX_QUESTION:
        raise _formerr(packet, "longer than any question")
    flags, authorities, additionals = _COMMON_HEADERS.get(packet[2:HEADER_SIZE]) or _read_header(packet)
    labels = []
    position = HEADER_SIZE
    try:
        while length := packet[position]:
            if length > MAX_LABEL:
                raise _formerr(packet, "a label longer than 63 octets, or a pointer")
            labels.append(position - HEADER_SIZE)
            position += length + 1
        qtype, qclass = _TYPE_CLASS.unpack_from(packet, position + 1)
    except (IndexError, struct.error):
        raise _formerr(packet, "the question is cut off") from None
    if position - HEADER_SIZE >= MAX_NAME:
        raise _formerr(packet, "a name longer than 255 octets")
    end = position + 5
    payload, do, repeats = 0, False, True
    if additionals or authorities or len(packet) != end:
        payload, do, repeats, written = _read_rest(packet, end, authorities, additionals)
        stated = stated or written
    identity = int.from_bytes(packet[:2], "big")
    name = packet[HEADER_SIZE : position + 1].lower()
    question = packet[HEADER_SIZE:end]
    # what Query() makes, at half its cost
    read = (identity, name, tuple(labels), qtype, qclass, question, flags, payload, do, repeats, client, stream, stated)
    return _new(Query, read)


def _read_header(packet: bytes) -> tuple[int, int, int]:
    """Give the flags that matter and the number of authority and additional records of a header out of the ordinary."""
    if len(packet) < HEADER_SIZE:
        message = "shorter than a header"
        raise BadQuestionError(message)
    _, flags, questions, answers, authorities, additionals = _HEADER.unpack_from(packet)
    if flags & (codes.QR | codes.OPCODE):
        raise _wrong_kind(packet, flags)
    if questions != 1 or answers or additionals > MAX_ADDITIONAL:
        raise _formerr(packet, "not exactly one question and what may go with it")
    return flags & _KEPT_FLAGS, authorities, additionals


def _read_rest(packet: bytes, position: int, authorities: int, additionals: int) -> tuple[int, bool, bool, str]:
    """Give the payload size and the DO bit of the OPT record, whether the packet can repeat, and what it states."""
    if additionals != 1 or authorities:
        return _walk_rest(packet, position, authorities, additionals)
    tail = packet[position:]
    known = _BARE_OPTS.get(tail)
    if known is None:
        known = _walk_rest(packet, position, authorities, additionals)
        if known[2]:
            if len(_BARE_OPTS) >= MAX_BARE_OPTS:
                _BARE_OPTS.clear()
            _BARE_OPTS[tail] = known
    return known


def _walk_rest(packet: bytes, position: int, authorities: int, additionals: int) -> tuple[int, bool, bool, str]:
    """Find the OPT record; give its payload size, its DO bit, whether the packet can repeat, and what it states."""
    if authorities > 1:
        raise _formerr(packet, "an authority section in a question")
    payload, do, repeats, seen, stated = 0, False, not authorities, False, ""
    for index in range(authorities + additionals):
        opaque = index < authorities
        try:
            owner = packet[position]
            position, _ = skip_name(packet, position)
            rtype, rclass, ttl, size = _RECORD.unpack_from(packet, position)
        except (IndexError, struct.error, WireError):
            raise _formerr(packet, "a record is damaged") from None
        position += _RECORD.size
        if position + size > len(packet):
            raise _formerr(packet, "a record is cut off")
        if rtype == codes.OPT:
            if opaque or seen or owner:
                raise _formerr(packet, "two OPT records, or one that is not at the root or in its section")
            seen = True
            if (ttl >> 16) & 0xFF:
                raise BadQuestionError("EDNS version not 0", _bad_version(packet))
            payload, do = max(rclass, codes.PLAIN_PAYLOAD), bool(ttl & codes.DO)
            stated = _walk_options(packet, position, size)
            repeats = repeats and size == 0
        else:
            repeats = False
        position += size
    if position != len(packet):
        raise _formerr(packet, "octets after the message")
    return payload, do, repeats, stated


def _walk_options(packet: bytes, position: int, size: int) -> str:
    """Give the hardware address that the options state, empty where they state none."""
    end = position + size
    stated = ""
    for _ in range(MAX_OPTIONS + 1):
        if position == end:
            return stated
        if position + _OPTION.size > end:
            break
        code, length = _OPTION.unpack_from(packet, position)
        position += _OPTION.size + length
        if position > end:
            break
        if code == codes.HARDWARE_OPTION:
            is_plain = length == _HARDWARE and not stated
            stated = packet[position - length : position].hex(":") if is_plain else NOBODY
    raise _formerr(packet, "EDNS options that don't add up, or too many")


def _wrong_kind(packet: bytes, flags: int) -> BadQuestionError:
    if flags & codes.QR:
        return BadQuestionError("a response")
    return BadQuestionError("an opcode that is not QUERY", _bare_answer(packet, codes.NOTIMP))


def _formerr(packet: bytes, message: str) -> BadQuestionError:
    return BadQuestionError(message, _bare_answer(packet, codes.FORMERR))


def _bare_answer(packet: bytes, rcode: int, additionals: int = 0) -> bytes:
    """Answer with a header alone: nothing of a malformed packet is echoed but its ID, opcode and RD."""
    flags = int.from_bytes(packet[2:4], "big") & (codes.OPCODE | codes.RD) | codes.QR | codes.RA | rcode & 0xF
    return packet[:2] + _HEADER.pack(0, flags, 0, 0, 0, additionals)[2:]


def _bad_version(packet: bytes) -> bytes:
    opt = b"\x00" + _RECORD.pack(codes.OPT, codes.OUR_PAYLOAD, (codes.BADVERS >> 4) << 24, 0)
    return _bare_answer(packet, codes.BADVERS, 1) + opt
