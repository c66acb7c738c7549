"""Hold the names that never leave the house: special-use names (RFC 6761), reverse names of private addresses, its own.

Law 1: each is answered here with a denial, unless the operator forwards it or a zone above it.
Law 2: `example` resolves like any name (RFC 6761 section 6.5); so does what a house names in its own records.
Law 3: a name without a dot is never denied to exist: a denial of `com` would deny all below it (RFC 8020).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Answer, Reason, Reply
from guardian.wire import codes
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from guardian.model import Query

LOCALHOST = to_wire("localhost")
_TTL = 60
_ADDRESSES = frozenset({codes.A, codes.AAAA, codes.HTTPS})
"""Types by which a device looks for a host: what has no dot is one of this house, or a slip of the finger."""
_LOOPBACK = {codes.A: bytes((127, 0, 0, 1)), codes.AAAA: bytes(15) + b"\x01"}

_GONE = (
    # RFC 6761, 7686, 6762, and the top-level domain reserved for private use
    *("test", "invalid", "onion", "local", "internal", "alt"),
    # RFC 6303 sections 4.1 and 4.2
    *("10.in-addr.arpa", "168.192.in-addr.arpa", *(f"{number}.172.in-addr.arpa" for number in range(16, 32))),
    *("0.in-addr.arpa", "127.in-addr.arpa", "254.169.in-addr.arpa", "255.255.255.255.in-addr.arpa"),
    *("2.0.192.in-addr.arpa", "100.51.198.in-addr.arpa", "113.0.203.in-addr.arpa"),
    # RFC 7793: addresses that providers share among their customers
    *(f"{number}.100.in-addr.arpa" for number in range(64, 128)),
    # RFC 6303 sections 4.3 to 4.6
    *(".".join(["0"] * 32) + ".ip6.arpa", ".".join(["1", *["0"] * 31]) + ".ip6.arpa"),
    *(
        "d.f.ip6.arpa",
        "8.e.f.ip6.arpa",
        "9.e.f.ip6.arpa",
        "a.e.f.ip6.arpa",
        "b.e.f.ip6.arpa",
        "8.b.d.0.1.0.0.2.ip6.arpa",
    ),
)
_EMPTY = (
    # RFC 8375: the house's own zone exists, and what is not in it does not
    "home.arpa",
    # RFC 9462 section 6.4: who designates no encrypted resolver says so, and never hands out another's
    "resolver.arpa",
)
_ZONES = {
    **{to_wire(name): codes.NXDOMAIN for name in _GONE},
    **{to_wire(name): codes.NOERROR for name in _EMPTY},
}
_TOPS = frozenset(name[label_offsets(name)[-1] :] for name in (*_ZONES, LOCALHOST))
"""The last label of each: all that nearly every name needs to be compared with."""


def special_use(query: Query, generation: Generation) -> Reply | None:
    """Answer a special-use name; None for every other name, and for what the operator forwards."""
    if not query.labels:
        return None
    top = query.name[query.labels[-1] :]
    own = generation.own_zones.get(top)
    if not (top in _TOPS or own) or generation.is_forwarded(query):
        return None
    for label, offset in enumerate(query.labels):
        zone = query.name[offset:]
        if zone == LOCALHOST:
            return _localhost(query, label)
        rcode = _ZONES.get(zone)
        if rcode is None and own and zone in own:
            # names of its devices come and go: nothing is said of what may be below one
            rcode = codes.NOERROR
        if rcode is not None:
            return Reply(query, rcode, Reason.SPECIAL_USE, label=label, until=float("inf"))
    return None


def dotless(query: Query, generation: Generation) -> Reply | None:
    """Say that a name without a dot has no address; None for every other question, and for what is forwarded."""
    if len(query.labels) != 1 or query.qtype not in _ADDRESSES or generation.is_forwarded(query):
        return None
    return Reply(query, codes.NOERROR, Reason.SPECIAL_USE, until=float("inf"))


def _localhost(query: Query, label: int) -> Reply:
    data = _LOOPBACK.get(query.qtype)
    if data is None:
        return Reply(query, codes.NOERROR, Reason.SPECIAL_USE, label=label, until=float("inf"))
    numbers = (query.qtype, codes.IN, 0, _TTL, len(data))
    body = b"\xc0\x0c" + b"".join(number.to_bytes(2, "big") for number in numbers) + data
    answer = Answer(codes.NOERROR, authentic=False, truncated=False, counts=(1, 0), body=body, ttl=_TTL)
    return Reply(query, codes.NOERROR, Reason.SPECIAL_USE, answer, until=float("inf"))
