"""Compare what we read of a client's or an upstream's packet with what dnspython reads of it.

Law 1: where the two disagree on accepting a packet, the reason stands in WE_REFUSE; anything else is a quarrel.
Law 2: we read no contents of records and options, so dnspython is shown them as types and codes that it doesn't know.
Law 3: what both accept, both read alike.
Law 4: of an answer all is kept that dnspython reaches from the name asked, and nothing else.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdata
import dns.rrset

from guardian.wire import codes
from guardian.wire.chain import MAX_CHAIN
from guardian.wire.question import MAX_ADDITIONAL, MAX_OPTIONS, BadQuestionError, read_query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from guardian.model import Query

HEADER_SIZE = 12
UNKNOWN_TYPE = 65_280
UNKNOWN_OPTION = 65_001
NAMING = frozenset({codes.NS, codes.CNAME, codes.SOA, 12, 15, 33, codes.DNAME})
"""The types whose data holds names that we may write again without compression; 12, 15, 33: PTR, MX, SRV."""
_QUESTION, _ANSWER, _AUTHORITY, _ADDITIONAL = range(4)


class Piece(NamedTuple):
    """One record of a packet, or its question (which has no data)."""

    section: int
    owner: bytes
    rtype: int
    ttl: int
    type_at: int
    data: bytes
    data_at: int


@dataclass(frozen=True)
class Layout:
    """Where things stand in a packet, as far as it can be followed; nothing is judged."""

    flags: int
    counts: tuple[int, int, int, int]
    pieces: tuple[Piece, ...]

    @property
    def options(self) -> list[Piece]:
        """Every OPT record."""
        return [piece for piece in self.pieces if piece.rtype == codes.OPT and piece.section != _QUESTION]

    def pointers(self, section: int | None = None) -> list[int]:
        """Where the owners' pointers lead."""
        owners = [one.owner for one in self.pieces if section in {None, one.section}]
        return [int.from_bytes(owner[-2:], "big") & 0x3FFF for owner in owners if is_pointed(owner)]


def lay_out(packet: bytes) -> Layout:
    """Follow a packet of 12 octets or more from front to end; stop where it can't be followed."""
    _, flags, *counts = struct.unpack_from("!HHHHHH", packet)
    pieces: list[Piece] = []
    position = HEADER_SIZE
    try:
        for section, count in enumerate(counts):
            for _ in range(count):
                piece, position = _piece(packet, position, section)
                pieces.append(piece)
    except (IndexError, struct.error):
        pass
    return Layout(flags, (counts[0], counts[1], counts[2], counts[3]), tuple(pieces))


def _piece(packet: bytes, position: int, section: int) -> tuple[Piece, int]:
    start = position
    while 0 < packet[position] < 0x40:
        position += packet[position] + 1
    position += 2 if packet[position] else 1
    owner = packet[start:position]
    if section == _QUESTION:
        rtype, _ = struct.unpack_from("!HH", packet, position)
        return Piece(section, owner, rtype, 0, position, b"", 0), position + 4
    rtype, _, ttl, size = struct.unpack_from("!HHIH", packet, position)
    data_at = position + 10
    data = packet[data_at : data_at + size]
    return Piece(section, owner, rtype, ttl, position, data, data_at), data_at + size


def is_pointed(owner: bytes) -> bool:
    """Say whether a name as it stands in a packet ends with a pointer."""
    position = 0
    while 0 < owner[position] < 0x40:
        position += owner[position] + 1
    return owner[position] >= 0xC0


def option_codes(opt: Piece) -> list[int]:
    """Where each option's code stands, as far as they add up."""
    found = []
    position = 0
    while position + 4 <= len(opt.data):
        found.append(opt.data_at + position)
        position += 4 + int.from_bytes(opt.data[position + 2 : position + 4], "big")
    return found


def opaque(packet: bytes, shown: frozenset[int] = frozenset()) -> bytes:
    """Give the packet with every record but OPT, and every option, of a type that nobody knows (Law 2).

    Records of the types `shown` stay, if they are of class IN.
    """
    hidden = bytearray(packet)
    for piece in lay_out(packet).pieces:
        if piece.section == _QUESTION:
            continue
        if piece.rtype in shown and packet[piece.type_at + 2 : piece.type_at + 4] == b"\x00\x01":
            continue
        if piece.rtype != codes.OPT:
            struct.pack_into("!H", hidden, piece.type_at, UNKNOWN_TYPE)
            continue
        for place in option_codes(piece):
            struct.pack_into("!H", hidden, place, UNKNOWN_OPTION)
    return bytes(hidden)


WE_REFUSE: dict[str, Callable[[Layout], bool]] = {
    "a response is no question; it gets silence, or two servers could answer each other forever": (
        lambda layout: bool(layout.flags & codes.QR)
    ),
    "NOTIMP: only QUERY is served, dnspython reads NOTIFY and UPDATE too": (
        lambda layout: bool(layout.flags & codes.OPCODE)
    ),
    "one question a packet (RFC 9619)": lambda layout: layout.counts[_QUESTION] != 1,
    "a question brings no answers": lambda layout: layout.counts[_ANSWER] > 0,
    "a question's authority section holds one SOA at most (IXFR, RFC 1995)": (
        lambda layout: layout.counts[_AUTHORITY] > 1
    ),
    "OPT and what signs a transaction go with a question, nothing else": (
        lambda layout: layout.counts[_ADDITIONAL] > MAX_ADDITIONAL
    ),
    "BADVERS: EDNS is at version 0 (RFC 6891 section 6.1.3)": (
        lambda layout: any(opt.ttl >> 16 & 0xFF for opt in layout.options)
    ),
    "no question needs that many options": (
        lambda layout: any(len(option_codes(opt)) > MAX_OPTIONS for opt in layout.options)
    ),
    "no name stands before the question that it could point to": lambda layout: bool(layout.pointers(_QUESTION)),
    "no name stands in the header": lambda layout: any(target < HEADER_SIZE for target in layout.pointers()),
    "OPT's owner is the root itself, not a pointer to one (RFC 6891 section 6.1.2)": (
        lambda layout: any(opt.owner != b"\x00" for opt in layout.options)
    ),
}
"""Why we refuse what dnspython accepts. The other way round there is nothing but Law 2."""


def their_reading(packet: bytes) -> dns.message.Message | None:
    """Give what dnspython reads, to the last octet; None where it refuses."""
    try:
        return dns.message.from_wire(packet, keyring=False, ignore_trailing=False)
    except dns.exception.DNSException:
        return None


def our_reading(packet: bytes) -> Query | BadQuestionError:
    """Give what guardian reads, or why it refuses; any other exception escapes."""
    try:
        return read_query(packet, "192.0.2.1")
    except BadQuestionError as error:
        return error


def quarrel(packet: bytes) -> str | None:
    """Say where the two readers disagree without a listed reason; None where they are at one."""
    ours = our_reading(packet)
    theirs = their_reading(packet if len(packet) < HEADER_SIZE else opaque(packet))
    if isinstance(ours, BadQuestionError):
        if theirs is None or any(applies(lay_out(packet)) for applies in WE_REFUSE.values()):
            return None
        return f"we refuse ({ours}), dnspython accepts"
    if theirs is None:
        return "we accept, dnspython refuses"
    mine, other = our_values(ours), their_values(theirs)
    return None if mine == other else f"we read {mine}, dnspython {other}"


def our_values(query: Query) -> tuple[object, ...]:
    """What two readers of one packet must agree on."""
    return query[0], query.name, query.qtype, query.qclass, query.payload, query.dnssec_ok, query.flags, query.repeats


def their_values(message: dns.message.Message) -> tuple[object, ...]:
    """Give the same of dnspython's reading."""
    question = message.question[0]
    has_opt = message.edns >= 0
    alone = not message.authority and not message.additional and not message.had_tsig and not message.options
    return (
        message.id,
        question.name.canonicalize().to_wire(),
        int(question.rdtype),
        int(question.rdclass),
        max(message.payload, 512) if has_opt else 0,
        bool(message.ednsflags & dns.flags.DO),
        int(message.flags) & (codes.RD | codes.AD | codes.CD),
        alone,
    )


def way_of(message: dns.message.Message) -> list[dns.name.Name]:
    """Give the names from the one asked along the aliases; where they loop or never end, one more than may be."""
    way = [message.question[0].name]
    aliases = {one.name: one[0].target for one in asked_for(message) if one.rdtype == codes.CNAME}
    while way[-1] in aliases and len(way) <= MAX_CHAIN:
        way.append(aliases[way[-1]])
    return way


def asked_for(message: dns.message.Message) -> list[dns.rrset.RRset]:
    """Give the answers of the class asked; the others speak of another tree of names."""
    return [one for one in message.answer if one.rdclass == message.question[0].rdclass]


def disloyalty(message: bytes, ours: bytes) -> str | None:
    """Say what `ours`, the answer passed on, holds that `message` does not answer, or lacks; None where it is right."""
    whole, passed = their_reading(opaque(message, NAMING)), their_reading(opaque(ours, NAMING))
    if whole is None:
        return None
    if passed is None:
        return "dnspython reads the message, but not what we keep of it"
    if not _records(passed.answer) <= _records(whole.answer) or not _records(passed.authority) <= _records(
        whole.authority
    ):
        return "we pass on a record that is not in the message"
    way = way_of(whole)
    strangers = [one for one in passed.answer if not any(name.is_subdomain(one.name) for name in way)]
    if strangers or asked_for(passed) != passed.answer:
        return "we pass on a record that nobody asked for"
    if not _records(one for one in asked_for(whole) if one.name in way) <= _records(passed.answer):
        return "we leave out a record of the name asked"
    return None


def _records(section: Iterable[dns.rrset.RRset]) -> set[tuple[dns.name.Name, dns.rdata.Rdata]]:
    return {(one.name, rdata) for one in section for rdata in one}
