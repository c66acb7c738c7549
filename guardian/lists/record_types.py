"""Hold the names of the record types that lists speak of.

Law 1: the numbers are IANA's; `TYPE123` stands for any other (RFC 3597 section 5).
"""

from __future__ import annotations

from typing import Final

RECORD_TYPES: Final = {
    "A": 1,
    "NS": 2,
    "CNAME": 5,
    "SOA": 6,
    "PTR": 12,
    "HINFO": 13,
    "MX": 15,
    "TXT": 16,
    "RP": 17,
    "AFSDB": 18,
    "AAAA": 28,
    "LOC": 29,
    "SRV": 33,
    "NAPTR": 35,
    "CERT": 37,
    "DNAME": 39,
    "DS": 43,
    "SSHFP": 44,
    "RRSIG": 46,
    "NSEC": 47,
    "DNSKEY": 48,
    "NSEC3": 50,
    "NSEC3PARAM": 51,
    "TLSA": 52,
    "SMIMEA": 53,
    "CDS": 59,
    "CDNSKEY": 60,
    "OPENPGPKEY": 61,
    "SVCB": 64,
    "HTTPS": 65,
    "SPF": 99,
    "ANY": 255,
    "URI": 256,
    "CAA": 257,
}
"""Upper-case name of a type, and its number."""

_MAX_TYPE: Final = 65535


def type_number(text: str) -> int | None:
    """Return the number of a type by its name in any case, or None when there is no such type."""
    name = text.upper()
    digits = name.removeprefix("TYPE")
    if digits != name and len(digits) <= 5 and digits.isascii() and digits.isdigit():
        return int(digits) if 0 < int(digits) <= _MAX_TYPE else None
    return RECORD_TYPES.get(name)
