"""Ask what devices are called that nobody has named: the device itself by mDNS, and the router by a reverse look-up.

Law 1: it is asked while a parent looks at newcomers, and what is told is kept nowhere.
Law 2: a name is the device's own word: one plain label of it counts, and names that others trust are nobody's.
Law 3: at most MAX_ASKED addresses, within SECONDS, and only on this machine's networks: the router is asked of private
       addresses alone, for others it would ask the world.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import WireError
from guardian.model import AskKey
from guardian.system.leases import own_word
from guardian.wire import codes
from guardian.wire.names import to_text, to_wire
from guardian.wire.pointer import read_pointer
from guardian.wire.reverse import reverse_name
from guardian.wire.upstream import write_question

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

MDNS, DNS = 5353, 53
"""Port of a device's own answers (RFC 6762 section 5.5), and of a router's."""
SECONDS = 0.3
MAX_ASKED = 128
MAX_MESSAGE = 1500
"""Octets of an answer that are read."""
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}


class Asked(NamedTuple):
    """One question, and whom it went to."""

    address: str
    """Of the device whose name is asked for."""
    server: str
    port: int
    message: bytes


async def called_by(addresses: Collection[str], routers: Collection[str]) -> dict[str, str]:
    """Give what devices are called, by address, as far as they or the `routers` tell in time."""
    asked = list(_questions(list(addresses)[:MAX_ASKED], routers))
    told: dict[str, str] = {}
    with contextlib.ExitStack() as ending:
        ways = []
        for version, family in _FAMILIES.items():
            ours = [one for one in asked if ip_address(one.server).version == version]
            # a machine may lack one of them
            with contextlib.suppress(OSError):
                way = ending.enter_context(socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK))
                ways.append(_ask(way, ours, told))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                await asyncio.gather(*ways)
    return told


def _questions(addresses: Collection[str], routers: Collection[str]) -> Iterator[Asked]:
    reachable = [one for one in routers if not ip_address(one).is_link_local]
    for text in addresses:
        address = ip_address(text)
        if address.is_link_local:
            # it means nothing without its link
            continue
        name = to_wire(reverse_name(address))
        key = AskKey(name, codes.PTR, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
        for server, port in [(text, MDNS), *((one, DNS) for one in reachable if address.is_private)]:
            yield Asked(text, server, port, write_question(key, secrets.randbelow(1 << 16), 0))


async def _ask(way: socket.socket, asked: Collection[Asked], told: dict[str, str]) -> None:
    """Send all, and take answers until each has come; whoever calls sets the end."""
    loop = asyncio.get_running_loop()
    waiting = {(one.server, one.port, one.message[:2]): one for one in asked}
    for one in asked:
        with contextlib.suppress(OSError):
            way.sendto(one.message, (one.server, one.port))
    while waiting:
        message, source = await loop.sock_recvfrom(way, MAX_MESSAGE)
        answered = waiting.pop((source[0], source[1], message[:2]), None)
        if answered is None:
            continue
        with contextlib.suppress(WireError):
            name = read_pointer(message, answered.message)
            word = own_word(to_text(name)) if name is not None else ""
            # the device's own word comes before the router's
            if word and (answered.port == MDNS or answered.address not in told):
                told[answered.address] = word
