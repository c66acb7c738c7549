"""Listen over UDP on a socket that somebody else has opened, at one address or at all (systemd's ListenDatagram=).

Law 1: a reply leaves from the address that was asked: the kernel says which with each packet, and is told again.
Law 2: a client of IPv4 is one whatever the socket: an IPv4-mapped address never reaches the engine.
"""

from __future__ import annotations

import socket
import struct
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from guardian.server.listener import BURST, unmapped
from guardian.server.udp import MAX_PACKET, DatagramListener

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from guardian.engine.engine import Engine
    from guardian.resolver.forwarder import Forwarder
    from guardian.server.udp import Source

    Ancillary = Sequence[tuple[int, int, bytes]]
    To = tuple[Source, Ancillary]

_IP_PKTINFO = 8
"""ip(7); Python names it from 3.14 on."""
_INFO = struct.Struct("=I4s4s")
"""struct in_pktinfo: interface, the local address, the address in the header."""
_INFO6 = struct.Struct("=16sI")
"""struct in6_pktinfo: address, interface."""
_ROOM = socket.CMSG_SPACE(_INFO6.size) + socket.CMSG_SPACE(_INFO.size)
_LINK_LOCAL = b"\xfe\x80"


class InheritedUdpListener(DatagramListener["To"]):
    """One datagram socket, from packet to reply, wherever it was asked."""

    def __init__(
        self,
        listener: socket.socket,
        engine: Engine,
        forwarder: Forwarder,
        loop: asyncio.AbstractEventLoop,
        on_fault: Callable[[Exception], None],
    ) -> None:
        """`listener` may be bound to all addresses, of both families; `on_fault` hears of what should not be."""
        super().__init__(listener, engine, forwarder, loop, on_fault)
        if listener.family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        else:
            listener.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)

    def send(self, message: bytes, to: To) -> None:
        """Send a reply from the address that was asked; a full buffer drops it: UDP owes nobody delivery."""
        if message:
            source, ancillary = to
            self._socket.sendmsg((message,), ancillary, 0, source)

    def _readable(self) -> None:
        """Read all there is, then decide, then send: a processor does each better by itself than in turns."""
        receive, send, replay = self._socket.recvmsg, self._socket.sendmsg, self._engine.replay
        now = self._clock()
        batch, ready = [], []
        try:
            for _ in range(BURST):
                batch.append(receive(MAX_PACKET, _ROOM))  # noqa: PERF401 - what was read before it ran dry counts
        except OSError:
            # nothing more to read: the loop wakes us again if there is more
            pass
        for packet, told, _, source in batch:
            try:
                client = unmapped(source[0])
                here, ancillary = _asked_at(told[0]) if told else ("", ())
                to = (source, ancillary)
                reply = replay(packet, client, now) or self.receive(packet, client, here, to, now)
            except Exception as fault:  # noqa: BLE001 - one packet must not cost the others theirs
                self._on_fault(fault)
                continue
            if reply is not None:
                ready.append((reply, to))
        for reply, (source, ancillary) in ready:
            try:
                send((reply,), ancillary, 0, source)
            except OSError:
                # a client that can't be reached must not cost the others theirs
                continue
        self.ask_waiting()


@lru_cache(maxsize=256)
def _asked_at(told: tuple[int, int, bytes]) -> tuple[str, Ancillary]:
    """Give the address that a packet came to, and what tells the kernel to reply from there."""
    level, kind, data = told
    if kind == _IP_PKTINFO and level == socket.IPPROTO_IP:
        # of a broadcast the local address is another than the header's
        _, local, _ = _INFO.unpack_from(data)
        return str(ip_address(local)), ((level, kind, _INFO.pack(0, local, bytes(4))),)
    packed, interface = _INFO6.unpack_from(data)
    # only an address of one link needs that link; for the others routing decides
    link = interface if packed.startswith(_LINK_LOCAL) else 0
    address = IPv6Address(packed)
    return str(address.ipv4_mapped or address), ((level, kind, _INFO6.pack(packed, link)),)
