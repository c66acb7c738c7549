"""Know which device has which address on this machine's wires: the kernel's neighbour table, followed.

Law 1: an address is known while the kernel holds a hardware address for it that answered once; an address that is being
       looked for, or was not found, is none.
Law 2: at most `max_entries` addresses; beyond it the one heard of longest ago goes. Nothing here is written anywhere.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import StoreError
from guardian.system.netlink import address_text, attributes, dump

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from guardian.system.netlink import Message

_NEIGHBOUR = struct.Struct("=BBHiHBB")
_NEW, _DELETED, _GET = 28, 29, 30
_NDA_DST, _NDA_LLADDR = 1, 2
_ANSWERED = 0x02 | 0x04 | 0x08 | 0x10 | 0x80
"""NUD_REACHABLE, STALE, DELAY, PROBE and PERMANENT. INCOMPLETE and FAILED hold no address, NOARP no device."""
_FAMILIES = frozenset({2, 10})
_NOBODY = bytes(6)


class Change(NamedTuple):
    """An address that belongs to another device than before."""

    address: str
    """As a listener hears it from the client."""
    hardware: str
    """`aa:bb:cc:dd:ee:ff`; empty where no device is known any more."""


class Sight(NamedTuple):
    """What is to be seen of an address on one link."""

    link: int
    address: str
    hardware: str
    """Empty for nobody."""


class Neighbours:
    """The table, from the kernel's messages."""

    def __init__(self, max_entries: int = 4096) -> None:
        """Know nobody yet."""
        self._max_entries = max_entries
        self._known: dict[str, dict[int, str]] = {}
        """Address → link → hardware address, the one seen last at the end: a machine may be on one network twice."""

    def take(self, messages: Iterable[Message]) -> list[Change]:
        """Take in what the kernel says as it changes; give what is new in it."""
        return [change for sight in read_sights(messages) for change in self._see(sight)]

    def replace(self, messages: Iterable[Message]) -> list[Change]:
        """Take in a whole table in place of what is known; give what is new in it."""
        sights = list(read_sights(messages))
        seen = {(sight.link, sight.address) for sight in sights}
        known = ((link, address) for address, links in self._known.items() for link in links)
        gone = [Sight(*place, "") for place in known if place not in seen]
        # first those who are there: an address that has gone to another link is not lost in between
        return [change for sight in (*sights, *gone) for change in self._see(sight)]

    def hardware_of(self, address: str) -> str:
        """Give the hardware address behind an address, empty where no device is known."""
        links = self._known.get(address)
        return next(reversed(links.values())) if links else ""

    def _see(self, sight: Sight) -> Iterator[Change]:
        link, address, hardware = sight
        before = self.hardware_of(address)
        links = self._known.pop(address, {})
        if links.get(link) != hardware:
            links.pop(link, None)
            if hardware:
                links[link] = hardware
        if links:
            if len(self._known) >= self._max_entries:
                oldest = next(iter(self._known))
                del self._known[oldest]
                yield Change(oldest, "")
            self._known[address] = links
        after = self.hardware_of(address)
        if after != before:
            yield Change(address, after)


def read_sights(messages: Iterable[Message]) -> Iterator[Sight]:
    """Read what the kernel says of its neighbours; what is not about one is passed over."""
    for kind, body in messages:
        if kind not in {_NEW, _DELETED} or len(body) < _NEIGHBOUR.size:
            continue
        family, _, _, link, state, _, _ = _NEIGHBOUR.unpack_from(body)
        found = attributes(body, _NEIGHBOUR.size)
        packed, hardware = found.get(_NDA_DST, b""), found.get(_NDA_LLADDR, b"")
        if family in _FAMILIES and len(packed) in {4, 16}:
            known = kind == _NEW and state & _ANSWERED and len(hardware) == len(_NOBODY) and hardware != _NOBODY
            yield Sight(link, address_text(packed), hardware.hex(":") if known else "")


def neighbour_table() -> list[Message]:
    """Ask the kernel for the whole table; StoreError where it does not tell."""
    try:
        return dump(_GET, bytes(_NEIGHBOUR.size))
    except OSError as error:
        raise StoreError(f"this machine's neighbours can't be read: {error.strerror or error}") from error
