"""Follow an answer from the name asked to the records that answer it.

Law 1: only records on the way from the name asked count; what else a message brings is left out (RFC 5452 section 6).
Law 2: a way of more than MAX_CHAIN names is no answer.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import WireError
from guardian.wire import codes
from guardian.wire.addresses import is_private
from guardian.wire.names import ROOT, read_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from guardian.wire.records import Record

MAX_CHAIN = 16
_PARAMETER = struct.Struct("!HH")
_PRIORITY = 2
_HINTS = {4: 4, 6: 16}
"""SvcParamKeys ipv4hint and ipv6hint (RFC 9460 section 7.3): octets of one address."""


class Chain(NamedTuple):
    """What of an answer section counts."""

    records: tuple[Record, ...]
    targets: tuple[bytes, ...]
    """Each further name that the answer leads to, in wire form: of CNAME, HTTPS and SVCB records."""
    private: bool
    """An address of a house is among what it leads to."""


def follow(message: bytes, name: bytes, records: Sequence[Record]) -> Chain:
    """Follow `records`, an answer section, from `name`, in wire form.

    Raises WireError where the way is longer than MAX_CHAIN or a record on it is damaged.
    """
    owners = [
        name if message[one.owner : one.owner + 2] == b"\xc0\x0c" else read_name(message, one.owner) for one in records
    ]
    way = [name]
    aliases = {
        owner: read_name(message, one.data)
        for owner, one in zip(owners, records, strict=True)
        if one.rtype == codes.CNAME
    }
    while (following := aliases.get(way[-1])) is not None:
        way.append(following)
        if len(way) > MAX_CHAIN:
            raise WireError(f"a chain of more than {MAX_CHAIN} names")
    kept = [one for owner, one in zip(owners, records, strict=True) if owner in way or _is_dname_of(one, owner, way)]
    targets, private = way[1:], False
    for one in kept:
        if one.rtype in {codes.A, codes.AAAA}:
            private = private or is_private(message[one.data : one.end])
        elif one.rtype in {codes.HTTPS, codes.SVCB}:
            target, addresses = _read_service(message, one)
            if target != ROOT:
                targets.append(target)
            private = private or any(map(is_private, addresses))
    return Chain(tuple(kept), tuple(targets), private)


def _is_dname_of(record: Record, owner: bytes, way: list[bytes]) -> bool:
    return record.rtype == codes.DNAME and any(name.endswith(owner) for name in way)


def _read_service(message: bytes, record: Record) -> tuple[bytes, list[bytes]]:
    """Read the target and the address hints of an HTTPS or SVCB record."""
    data = message[record.data : record.end]
    try:
        target = read_name(data, _PRIORITY, compressed=False)
        return target, list(_hints(data, _PRIORITY + len(target)))
    except (IndexError, struct.error):
        raise WireError("a service record is cut off") from None


def _hints(data: bytes, position: int) -> Iterator[bytes]:
    while position < len(data):
        key, size = _PARAMETER.unpack_from(data, position)
        position += _PARAMETER.size
        if position + size > len(data):
            raise WireError("a service parameter is cut off")
        width = _HINTS.get(key)
        if width:
            yield from (data[start : start + width] for start in range(position, position + size, width))
        position += size
