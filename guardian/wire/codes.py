"""Name the numbers of the DNS that guardian speaks of."""

from __future__ import annotations

# RR types (RFC 1035, 3596, 9460, 6891)
A = 1
NS = 2
CNAME = 5
SOA = 6
PTR = 12
HINFO = 13
AAAA = 28
DNAME = 39
OPT = 41
RRSIG = 46
NSEC = 47
NSEC3 = 50
SVCB = 64
HTTPS = 65
IXFR = 251
AXFR = 252
ANY = 255

# classes
IN = 1

# response codes (RFC 1035, 6891)
NOERROR = 0
FORMERR = 1
SERVFAIL = 2
NXDOMAIN = 3
NOTIMP = 4
REFUSED = 5
BADVERS = 16

# header bits
QR = 0x8000
OPCODE = 0x7800
AA = 0x0400
TC = 0x0200
RD = 0x0100
RA = 0x0080
AD = 0x0020
CD = 0x0010

# EDNS(0) (RFC 6891, 7830, 8914)
DO = 0x8000
PADDING = 12
EDE_OPTION = 15
HARDWARE_OPTION = 65_001
"""For local use (RFC 6891 section 9): dnsmasq's add-mac tells by it which device asks."""

OUR_PAYLOAD = 1232
"""Octets of UDP that pass without fragments nearly everywhere (DNS flag day 2020)."""
MAX_MESSAGE = 65_535
"""Octets of a message on a stream (RFC 1035 section 4.2.2)."""
PLAIN_PAYLOAD = 512
"""Octets that a client without EDNS can take (RFC 1035 section 4.2.1)."""
