"""Make the packets to fuzz with: sound ones of every kind, and the damage done to them.

Law 1: chance is an argument; the same Random makes the same packets.
Law 2: no packet is longer than what the listeners take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import dns.tsig

from guardian.wire import codes
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from random import Random

LONGEST = 4096
MOST_DAMAGE = 4
"""Changes made to one packet at most; none leaves it sound."""
_TELLING = bytes((0, 1, 5, 6, 12, 13, 29, 41, 63, 64, 127, 128, 191, 192, 193, 250, 255))
"""Octets that mean something where they land: lengths, pointers, types, the question's own offset."""
QUESTION = to_wire("www.example.com") + codes.A.to_bytes(2, "big") + codes.IN.to_bytes(2, "big")
"""What every answer here claims to answer."""


def sound_queries() -> list[bytes]:
    """Give questions that a client may well send."""
    plain = [
        dns.message.make_query("www.Example.com", "A"),
        dns.message.make_query(".", "NS"),
        dns.message.make_query("a" * 63 + ".example.com", "HTTPS"),
        dns.message.make_query("1.0.0.127.in-addr.arpa", "PTR", use_edns=0, payload=4096),
        dns.message.make_query("example.com", "DNSKEY", use_edns=0, want_dnssec=True),
        dns.message.make_query("example.com", "AAAA", use_edns=0, payload=0),
        dns.message.make_query("example.com", "A", use_edns=1),
        dns.message.make_query("example.com", "TXT", use_edns=0, pad=128, options=[_option(10, 8), _option(8, 7)]),
        dns.message.make_query("example.com", "A", use_edns=0, options=[_option(65_001, 0)] * 40),
    ]
    transfer = dns.message.make_query("example.com", "IXFR")
    transfer.authority.append(_records("example.com", 1, "SOA", "ns.example.com. a.example.com. 1 2 3 4 5"))
    signed = dns.message.make_query("example.com", "SOA", use_edns=0)
    signed.use_tsig(dns.tsig.Key("key.example.com", b"no secret"))
    extra = dns.message.make_query("example.com", "A", use_edns=0)
    extra.additional.append(_records("www.example.com", 60, "A", "192.0.2.1"))
    long = to_wire(".".join(["a"] * 127)) + b"\x00\x01\x00\x01"
    header = b"\x12\x34\x01\x00\x00\x01" + bytes(6)
    return [message.to_wire() for message in (*plain, transfer, signed, extra)] + [header + long]


def sound_answers() -> list[bytes]:
    """Give answers to QUESTION that an upstream may well send."""
    name, alias = "www.example.com", "cdn.example.net"
    denial = _records("example.com", 900, "SOA", "ns.example.com. a.example.com. 1 2 3 4 300")
    proof = _records("example.com", 900, "RRSIG", "SOA 8 2 900 20300101000000 20200101000000 1 example.com. c2ln")
    kinds: list[tuple[int, list[dns.rrset.RRset], list[dns.rrset.RRset]]] = [
        (codes.NOERROR, [_records(name, 300, "A", "192.0.2.1", "192.0.2.2")], []),
        (codes.NOERROR, [_records(name, 1 << 31, "A", "192.0.2.1")], [_records("example.com", 9, "NS", "a.example.")]),
        (codes.NOERROR, [_records(name, 20, "CNAME", alias + "."), _records(alias, 5, "A", "192.0.2.1")], []),
        (codes.NOERROR, [_records(name, 20, "CNAME", alias + ".")], [denial]),
        (codes.NXDOMAIN, [], [denial, proof]),
        (
            codes.NOERROR,
            [
                _records("example.com", 8, "DNAME", "example.net."),
                _records(name, 8, "CNAME", "www.example.net."),
                _records("bank.example", 9, "A", "203.0.113.66"),
                _records("www.example.net", 7, "CNAME", alias + "."),
                _records(alias, 5, "HTTPS", "0 pool.example.net."),
                _records(alias, 5, "A", "192.168.0.1"),
            ],
            [_records("example.com", 9, "NS", "a.example."), denial],
        ),
        (codes.NOERROR, [], []),
        (codes.SERVFAIL, [], []),
        (codes.NOERROR, [_records(name, 9, kind, data) for kind, data in _MANY.items()], []),
    ]
    question = dns.message.make_query(name, "A", use_edns=0, want_dnssec=True)
    answers = []
    for rcode, answer, authority in kinds:
        message = dns.message.make_response(question, recursion_available=True)
        message.set_rcode(dns.rcode.Rcode(rcode))
        message.answer.extend(answer)
        message.authority.extend(authority)
        message.additional.append(_records("ns.example.com", 60, "A", "192.0.2.53"))
        answers.append(message.to_wire())
    message.flags |= dns.flags.TC
    return [*answers, message.to_wire()]


_MANY = {
    "A": "192.0.2.1",
    "MX": "10 mail.example.com.",
    "TXT": '"www" "example"',
    "SRV": "1 2 853 dns.example.com.",
    "HTTPS": '1 . alpn="h2" ipv4hint="192.0.2.7"',
    "CAA": '0 issue "ca.example.net"',
    "NSEC": "a.example.com. A RRSIG NSEC",
}


def _records(name: str, ttl: int, kind: str, *data: str) -> dns.rrset.RRset:
    made = dns.rrset.from_text(name + ".", 0, "IN", kind, *data)
    made.ttl = ttl
    return made


def _option(code: int, size: int) -> dns.edns.GenericOption:
    return dns.edns.GenericOption(dns.edns.OptionType.make(code), bytes(size))


def damaged(packets: list[bytes], random: Random) -> bytes:
    """Take one of `packets` and change it in up to MOST_DAMAGE places; now and then, take plain noise."""
    if random.random() < 0.02:
        return random.randbytes(random.randrange(64))
    packet = bytearray(random.choice(packets))
    for _ in range(random.randrange(MOST_DAMAGE + 1)):
        _damage(packet, random, packets)
    return bytes(packet[:LONGEST])


def _damage(packet: bytearray, random: Random, packets: list[bytes]) -> None:
    at = random.randrange(len(packet) + 1)
    match random.randrange(8):
        case 0 if at < len(packet):
            packet[at] ^= 1 << random.randrange(8)
        case 1 if at < len(packet):
            packet[at] = random.choice(_TELLING)
        case 2 if len(packet) >= 12:
            packet[random.randrange(4, 12)] = random.choice(_TELLING)
        case 3:
            del packet[at:]
        case 4:
            del packet[at : at + random.randrange(1, 16)]
        case 5:
            packet[at:at] = bytes((random.choice(_TELLING),)) * random.choice((1, 2, 3, 300))
        case 6:
            other = random.choice(packets)
            packet[at:at] = other[random.randrange(len(other)) :]
        case _ if at + 1 < len(packet):
            packet[at : at + 2] = (0xC000 | random.randrange(len(packet))).to_bytes(2, "big")
        case _:
            packet += random.randbytes(random.randrange(1, 9))
