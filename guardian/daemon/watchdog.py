"""Feed the service manager's watchdog, as long as guardian answers itself.

Law 1: only an answer that came through the socket where devices ask feeds it: a loop that turns and does not answer
       starves it.
"""

from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.model import AskKey
from guardian.server.udp import MAX_PACKET
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.upstream import write_question

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.config.values import Endpoint
    from guardian.system.notify import Notify

_KEY = AskKey(to_wire("guardian.home.arpa"), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
_PARTS = 3
"""Of the time that the manager allows: one lost packet is no reason to be killed."""


async def feed_forever(notify: Notify, endpoint: Callable[[], Endpoint | None]) -> None:
    """Ask guardian at its first socket and feed the watchdog with each answer, three times in the time it allows.

    Where guardian listens nowhere in the clear at present, that the loop turns has to do.
    """
    seconds = notify.watchdog / _PARTS
    number = 0
    while True:
        number = number % 0xFFFF + 1
        place = endpoint()
        if place is None or await answers(place, number, seconds):
            notify.alive()
        await asyncio.sleep(seconds)


async def answers(endpoint: Endpoint, number: int, seconds: float) -> bool:
    """Say whether guardian answers a question with this ID, over UDP, within so many seconds."""
    address = endpoint.address
    if address.is_unspecified:
        address = ip_address("::1" if address.version == 6 else "127.0.0.1")
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    loop = asyncio.get_running_loop()
    with socket.socket(family, socket.SOCK_DGRAM) as asker:
        asker.setblocking(False)
        try:
            async with asyncio.timeout(seconds):
                await loop.sock_connect(asker, (str(address), endpoint.port))
                await loop.sock_sendall(asker, write_question(_KEY, number, 0))
                while (await loop.sock_recv(asker, MAX_PACKET))[:2] != number.to_bytes(2, "big"):
                    pass
        except OSError:  # a TimeoutError is one
            return False
    return True
