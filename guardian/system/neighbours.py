"""Know which device has which address on this machine's wires: the kernel's neighbour table, followed.

Law 1: an address is known while the kernel holds a hardware address for it that answered once; an address that is being
       looked for, or was not found, is none.
Law 2: at most `max_entries`; beyond it the one known longest goes. Nothing here is written anywhere.
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


class Neighbours:
    """The table, from the kernel's messages."""

    def __init__(self, max_entries: int = 4096) -> None:
        """Know nobody yet."""
        self._max_entries = max_entries
        self._known: dict[str, str] = {}

    def take(self, messages: Iterable[Message]) -> list[Change]:
        """Take in what the kernel says as it changes; give what is new in it."""
        return [change for one in read_changes(messages) for change in self._set(one)]

    def replace(self, messages: Iterable[Message]) -> list[Change]:
        """Take in a whole table in place of what is known; give what is new in it."""
        found = {one.address: one for one in read_changes(messages)}
        gone = [Change(address, "") for address in self._known if address not in found]
        return [change for one in (*gone, *found.values()) for change in self._set(one)]

    def hardware_of(self, address: str) -> str:
        """Give the hardware address behind an address, empty where no device is known."""
        return self._known.get(address, "")

    def _set(self, change: Change) -> Iterator[Change]:
        if self._known.get(change.address, "") == change.hardware:
            return
        self._known.pop(change.address, None)
        if change.hardware:
            if len(self._known) >= self._max_entries:
                oldest = next(iter(self._known))
                del self._known[oldest]
                yield Change(oldest, "")
            self._known[change.address] = change.hardware
        yield change


def read_changes(messages: Iterable[Message]) -> Iterator[Change]:
    """Read what the kernel says of its neighbours; what is not about one is passed over."""
    for kind, body in messages:
        if kind not in {_NEW, _DELETED} or len(body) < _NEIGHBOUR.size:
            continue
        family, _, _, link, state, _, _ = _NEIGHBOUR.unpack_from(body)
        found = attributes(body, _NEIGHBOUR.size)
        packed, hardware = found.get(_NDA_DST, b""), found.get(_NDA_LLADDR, b"")
        if family not in _FAMILIES or len(packed) not in {4, 16}:
            continue
        try:
            address = address_text(packed, link)
        except OSError:
            # its link is gone, and all who were on it
            continue
        known = kind == _NEW and state & _ANSWERED and len(hardware) == len(_NOBODY) and hardware != _NOBODY
        yield Change(address, hardware.hex(":") if known else "")


def neighbour_table() -> list[Message]:
    """Ask the kernel for the whole table; StoreError where it does not tell."""
    try:
        return dump(_GET, bytes(_NEIGHBOUR.size))
    except OSError as error:
        raise StoreError(f"this machine's neighbours can't be read: {error.strerror or error}") from error
