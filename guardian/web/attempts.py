"""Bound how often a password or a code is tried, by address and overall, and how fast an address asks.

Law 1: at most `OVERALL` + `OVERALL_HOURLY` wrong tries are checked in an hour, from whatever addresses; fewer from one.
Law 2: nobody is locked out by others: an address from which somebody signed in before has tries of its own.
Law 3: none of it is written down; answering DNS knows nothing of it.
"""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address, ip_network
from typing import TYPE_CHECKING

from guardian.web.pace import Pace, Tries

if TYPE_CHECKING:
    from ipaddress import IPv4Address

EACH, EACH_HOURLY = 5, 6
"""Tries of one address: at once, and those that come back in an hour."""
OVERALL, OVERALL_HOURLY = 8, 12
MAX_KNOWN = 64


class Attempts:
    """The tries of a house; `now` is a clock that is never put back."""

    def __init__(self, now: float) -> None:
        """Nobody has tried yet."""
        self._overall = Tries(OVERALL, OVERALL_HOURLY, now)
        self._each = Pace(EACH, EACH_HOURLY)
        self._known: OrderedDict[str, None] = OrderedDict()

    def take(self, address: IPv4Address | IPv6Address, now: float) -> int:
        """Use a try and give 0; or give the seconds to wait, and use none."""
        place = self._place_of(address)
        tries = self._each.of(place, now)
        counted = [tries] if place in self._known else [tries, self._overall]
        wait = max(one.wait(now) for one in counted)
        if wait == 0:
            for one in counted:
                one.take()
        return wait

    def succeed(self, address: IPv4Address | IPv6Address, now: float) -> None:
        """Give the try back, and know the address from now on; earlier wrong ones stay counted."""
        place, whole = self._place_of(address), str(address)
        self._each.of(place, now).give_back()
        if place not in self._known:
            self._overall.give_back()
        self._known[whole] = None
        self._known.move_to_end(whole)
        if len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)

    def _place_of(self, address: IPv4Address | IPv6Address) -> str:
        # a whole house is one IPv6 network: a child in it must not use up the tries of a parent
        return str(address) if str(address) in self._known else place_of(address)


def place_of(address: IPv4Address | IPv6Address) -> str:
    """Give what counts as one address: of IPv6 the network, in which a device may take any."""
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), 64), strict=False))
    return str(address)
