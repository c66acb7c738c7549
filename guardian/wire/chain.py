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
from guardian.wire.names import MAX_LABEL, ROOT, label_offsets, read_name
from guardian.wire.question import HEADER_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from guardian.wire.records import Record

MAX_CHAIN = 16
_PARAMETER = struct.Struct("!HH")
_ADDRESSES = {codes.A: 4, codes.AAAA: 16}
"""Octets of one address."""
_SERVICES = frozenset({codes.HTTPS, codes.SVCB})
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
    last: bytes
    """The last name on the way, in wire form: what a negative answer denies (RFC 2308 section 2.1)."""


def follow(message: bytes, name: bytes, records: Sequence[Record]) -> Chain:
    """Follow `records`, an answer section that `records.walk` has walked, from `name`, in wire form.

    Raises WireError where the way is longer than MAX_CHAIN or forks, or a record on it is damaged.
    """
    known = {HEADER_SIZE: name}
    owned: list[tuple[bytes, Record]] = []
    aliases: dict[bytes, bytes] = {}
    for one in records:
        owner = _name_at(message, one.owner, known)
        owned.append((owner, one))
        if one.rtype == codes.CNAME:
            aliases[owner] = _name_at(message, one.data, known)
    way = _way(name, aliases)
    kept, targets, private = [], way[1:], False
    for owner, one in owned:
        if owner not in way and not _redirects(message, one, owner, way):
            continue
        kept.append(one)
        rtype = one.rtype
        if rtype in _ADDRESSES:
            if one.end - one.data != _ADDRESSES[rtype]:
                raise WireError("an address that is too long or too short")
            private = private or is_private(message[one.data : one.end])
        elif rtype == codes.CNAME:
            if _name_at(message, one.data, known) != aliases[owner]:
                raise WireError("two aliases of one name (RFC 2181 section 10.1)")
        elif rtype in _SERVICES:
            target, hints = _read_service(message, one)
            if target != ROOT:
                targets.append(target)
            private = private or any(map(is_private, hints))
    return Chain(tuple(kept), tuple(targets), private, way[-1])


def is_at_or_above(owner: bytes, name: bytes) -> bool:
    """Say whether `name` is `owner` or below it, both in wire form."""
    return owner == ROOT or any(owner == name[start:] for start in label_offsets(name))


def _way(name: bytes, aliases: Mapping[bytes, bytes]) -> list[bytes]:
    """Give the names that an answer leads over, from `name` on."""
    way = [name]
    while (following := aliases.get(way[-1])) is not None:
        way.append(following)
        if len(way) > MAX_CHAIN:
            raise WireError(f"a chain of more than {MAX_CHAIN} names")
    return way


def _name_at(message: bytes, position: int, known: dict[int, bytes]) -> bytes:
    """Read a name whose pointers have been walked; nearly every one only points to one of the `known`."""
    first = message[position]
    if first > MAX_LABEL:
        position = (first & MAX_LABEL) << 8 | message[position + 1]
    name = known.get(position)
    if name is None:
        name = known[position] = read_name(message, position)
    return name


def _redirects(message: bytes, record: Record, owner: bytes, way: list[bytes]) -> bool:
    """Say whether a record is a DNAME above a name of the way, from which an alias was made, or its signature."""
    rtype = record.rtype
    if rtype == codes.RRSIG:
        rtype = int.from_bytes(message[record.data : record.data + 2], "big")
    return rtype == codes.DNAME and any(is_at_or_above(owner, name) for name in way)


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
            if size % width:
                raise WireError("an address hint is cut off")
            yield from (data[start : start + width] for start in range(position, position + size, width))
        position += size
