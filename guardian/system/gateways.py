"""Read from the kernel through whom this machine reaches the world: the gateways of its default routes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from guardian.errors import StoreError
from guardian.system.netlink import address_text, attributes, dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.system.netlink import Message

_ROUTE = struct.Struct("=BBBBBBBBI")
_HOP = struct.Struct("=HBBi")
_NEW, _DELETED, _GET = 24, 25, 26
_UNICAST = 1
_LONGEST = 1 << 18
"""Octets of a routing table that is read: some two thousand routes, in ten milliseconds."""
_RTA_GATEWAY, _RTA_MULTIPATH = 5, 9
_FAMILIES = frozenset({2, 10})


def own_gateways() -> frozenset[str]:
    """Give the gateways of all default routes, as a listener hears them; StoreError where the kernel does not tell."""
    try:
        return frozenset(read_gateways(dump(_GET, bytes(_ROUTE.size), max_bytes=_LONGEST)))
    except OSError as error:
        raise StoreError(f"this machine's routes can't be read: {error.strerror or error}") from error


def changes_default(message: Message) -> bool:
    """Say whether a message of the kernel is about a default route."""
    return message.kind in {_NEW, _DELETED} and message.body[1:2] == b"\0"


def read_gateways(messages: Iterable[Message]) -> Iterator[str]:
    """Give the gateway of each default route."""
    for kind, body in messages:
        if kind != _NEW or len(body) < _ROUTE.size:
            continue
        family, length, _, _, _, _, _, what, _ = _ROUTE.unpack_from(body)
        if family in _FAMILIES and length == 0 and what == _UNICAST:
            found = attributes(body, _ROUTE.size)
            for gateway in (found.get(_RTA_GATEWAY, b""), *_hops(found.get(_RTA_MULTIPATH, b""))):
                if len(gateway) in {4, 16}:
                    yield address_text(gateway)


def _hops(data: bytes) -> Iterator[bytes]:
    """Give the gateways of a route that has several."""
    position = 0
    while position + _HOP.size <= len(data):
        size, _, _, _ = _HOP.unpack_from(data, position)
        if size < _HOP.size:
            return
        yield attributes(data[position : position + size], _HOP.size).get(_RTA_GATEWAY, b"")
        position += (size + 3) & ~3
