"""Make the kernel look for a device on the wire: send it one empty datagram that it drops.

Law 1: what is sent says nothing, and goes to the discard port (RFC 863): no answer is expected, and none is read.
"""

from __future__ import annotations

import contextlib
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DISCARD = 9


class Provoker:
    """A way to speak to devices by IPv4 and by IPv6; a machine may lack one of them."""

    def __init__(self) -> None:
        """Open what is needed, on ports that the kernel draws."""
        self._sockets: dict[bool, socket.socket] = {}
        for is_six, family in ((False, socket.AF_INET), (True, socket.AF_INET6)):
            with contextlib.suppress(OSError):
                self._sockets[is_six] = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def provoke(self, address: str, links: Iterable[str]) -> bool:
        """Send to `address`, on each of `links` where it is link-local; False where it can't be sent."""
        if ":" in address and ip_address(address).is_link_local:
            return sum(self._send(address, link) for link in links) > 0
        return self._send(address)

    def close(self) -> None:
        """Speak no longer."""
        for one in self._sockets.values():
            one.close()

    def _send(self, address: str, link: str = "") -> bool:
        is_six = ":" in address
        try:
            scope = socket.if_nametoindex(link) if link else 0
            self._sockets[is_six].sendto(b"", (address, DISCARD, 0, scope) if is_six else (address, DISCARD))
        except (KeyError, OSError):
            return False
        return True
