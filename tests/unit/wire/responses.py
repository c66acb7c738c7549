"""Write what an upstream may say, and read what is kept of it as a client would: dnspython does both.

Law 1: every message here answers NAME, in the letters' case that chance gave it.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from guardian.errors import WireError
from guardian.wire import codes
from guardian.wire.response import read_answer

if TYPE_CHECKING:
    from guardian.model import Answer

NAME = "wWw.Example.coM"
QUESTION = b"\x03wWw\x07Example\x03coM\x00\x00\x01\x00\x01"
DAY = 86_400
START = 12 + len(QUESTION)
"""Where the first record stands."""
DATA = START + 12
"""Where its data stands, when its owner is a pointer."""


def records(name: str, ttl: int, kind: str, *data: str) -> dns.rrset.RRset:
    """Make an RRset."""
    made = dns.rrset.from_text(name + ".", 0, "IN", kind, *data)
    made.ttl = ttl
    return made


def address(ttl: int, name: str = NAME) -> dns.rrset.RRset:
    """Make two A records."""
    return records(name, ttl, "A", "192.0.2.1", "192.0.2.2")


def alias(name: str, target: str, ttl: int = 300) -> dns.rrset.RRset:
    """Make a CNAME."""
    return records(name, ttl, "CNAME", target + ".")


def soa(ttl: int = 900, minimum: int = 300) -> dns.rrset.RRset:
    """Make the SOA of a denial."""
    return records("example.com", ttl, "SOA", f"ns.example.com. hostmaster.example.com. 1 3600 600 86400 {minimum}")


def signature(name: str, kind: str, ttl: int = 900) -> dns.rrset.RRset:
    """Make the RRSIG of an RRset."""
    return records(name, ttl, "RRSIG", f"{kind} 8 2 {ttl} 20300101000000 20200101000000 1 example.com. c2lnbmF0dXJl")


def says(
    *answer: dns.rrset.RRset,
    authority: tuple[dns.rrset.RRset, ...] = (),
    additional: tuple[dns.rrset.RRset, ...] = (),
    rcode: int = codes.NOERROR,
    flags: int = 0,
    kind: str = "A",
    do: bool = False,
) -> bytes:
    """Write an upstream's message."""
    asked = dns.message.make_query(NAME, kind, use_edns=0, want_dnssec=do)
    message = dns.message.make_response(asked, recursion_available=True)
    message.flags |= dns.flags.Flag(flags)
    message.set_rcode(dns.rcode.Rcode(rcode))
    message.answer.extend(answer)
    message.authority.extend(authority)
    message.additional.extend(additional)
    return message.to_wire()


def raw(*body: bytes, counts: tuple[int, int, int] | None = None, flags: int = codes.QR, questions: int = 1) -> bytes:
    """Write a message by hand: the records in its answer section, if `counts` doesn't say otherwise."""
    return struct.pack("!6H", 1, flags, questions, *(counts or (len(body), 0, 0))) + QUESTION + b"".join(body)


def record(owner: bytes, rtype: int, data: bytes, ttl: int = 60) -> bytes:
    """Write a record by hand."""
    return owner + struct.pack("!HHIH", rtype, 1, ttl, len(data)) + data


def to(offset: int) -> bytes:
    """Write a compression pointer."""
    return (0xC000 | offset).to_bytes(2, "big")


def keep(message: bytes, question: bytes | None = None, longest_ttl: int = DAY) -> Answer:
    """Read a message as the answer to its own question, or to `question`."""
    if question is None:
        question = message[12 : 12 + len(QUESTION)]
    return read_answer(message, question, longest_ttl=longest_ttl)


def passed_on(answer: Answer, question: bytes = QUESTION) -> dns.message.Message:
    """Give what a client reads when the kept body stands behind its own question."""
    header = struct.pack("!6H", 7, codes.QR | answer.rcode, 1, *answer.counts, 0)
    return dns.message.from_wire(header + question + answer.body, one_rr_per_rrset=False)


def refused(message: bytes, question: bytes = QUESTION) -> bool:
    """Say whether a message is no answer at all."""
    try:
        keep(message, question)
    except WireError:
        return True
    return False
