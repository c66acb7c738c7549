"""Make the kernel look for a device on the wire: send it one empty datagram that it drops.

Law 1: what is sent says nothing, and goes to the discard port (RFC 863): no answer is expected, and none is read.
"""

from __future__ import annotations

import contextlib
import socket

DISCARD = 9


class Provoker:
    """A way to speak to devices by IPv4 and by IPv6; a machine may lack one of them."""

    def __init__(self) -> None:
        """Open what is needed, on ports that the kernel draws."""
        self._sockets: dict[bool, socket.socket] = {}
        for is_six, family in ((False, socket.AF_INET), (True, socket.AF_INET6)):
            with contextlib.suppress(OSError):
                self._sockets[is_six] = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def provoke(self, address: str) -> bool:
        """Send to `address`, a link-local one with its link behind `%`; False where it can't be."""
        text, _, link = address.partition("%")
        is_six = ":" in text
        try:
            place = (text, DISCARD, 0, socket.if_nametoindex(link) if link else 0) if is_six else (text, DISCARD)
            self._sockets[is_six].sendto(b"", place)
        except (KeyError, OSError):
            return False
        return True

    def close(self) -> None:
        """Speak no longer."""
        for one in self._sockets.values():
            one.close()
