"""Bound how often a password or a code is tried, by address and overall.

Law 1: at most `OVERALL` + `OVERALL_HOURLY` wrong tries are checked in an hour, from whatever addresses; fewer from one.
Law 2: nobody is locked out by others: an address from which somebody signed in before has tries of its own.
Law 3: none of it is written down; answering DNS knows nothing of it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipaddress import IPv4Address

EACH, EACH_HOURLY = 5, 6
"""Tries of one address: at once, and those that come back in an hour."""
OVERALL, OVERALL_HOURLY = 8, 12
MAX_ADDRESSES = 1024
MAX_KNOWN = 64
_HOUR = 3600


class Tries:
    """Some tries that come back with time."""

    def __init__(self, most: int, hourly: int, now: float) -> None:
        """All are there at the beginning."""
        self._most = most
        self._hourly = hourly
        self._left = float(most)
        self._at = now

    def wait(self, now: float) -> int:
        """Give the seconds until a try is there; 0 where one is."""
        passed = max(now - self._at, 0)
        self._left = min(self._left + passed * self._hourly / _HOUR, self._most)
        self._at = now
        return 0 if self._left >= 1 else math.ceil((1 - self._left) * _HOUR / self._hourly)

    def take(self) -> None:
        """Use one."""
        self._left -= 1

    def give_back(self) -> None:
        """Have one that was used for what was right."""
        self._left = min(self._left + 1, self._most)


class Attempts:
    """The tries of a house; `now` is a clock that is never put back."""

    def __init__(self, now: float, max_addresses: int = MAX_ADDRESSES) -> None:
        """Nobody has tried yet."""
        self._overall = Tries(OVERALL, OVERALL_HOURLY, now)
        self._each: OrderedDict[str, Tries] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()
        self._max_addresses = max_addresses

    def take(self, address: IPv4Address | IPv6Address, now: float) -> int:
        """Use a try and give 0; or give the seconds to wait, and use none."""
        place = _place(address)
        tries = self._each.get(place)
        if tries is None:
            tries = self._each[place] = Tries(EACH, EACH_HOURLY, now)
            if len(self._each) > self._max_addresses:
                self._each.popitem(last=False)
        counted = [tries] if place in self._known else [tries, self._overall]
        wait = max(one.wait(now) for one in counted)
        if wait == 0:
            for one in counted:
                one.take()
        return wait

    def succeed(self, address: IPv4Address | IPv6Address) -> None:
        """Give the try back, and know the address from now on; earlier wrong ones stay counted."""
        place = _place(address)
        if place in self._each:
            self._each[place].give_back()
        if place not in self._known:
            self._overall.give_back()
        self._known[place] = None
        self._known.move_to_end(place)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)


def _place(address: IPv4Address | IPv6Address) -> str:
    """Give what counts as one address: of IPv6 the network, in which a device may take any."""
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
