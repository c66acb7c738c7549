"""Open the way to a resolver by its transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.config.values import Transport
from guardian.resolver.health import Health
from guardian.resolver.stream import StreamUpstream
from guardian.resolver.udp import UdpUpstream

if TYPE_CHECKING:
    from guardian.config.values import PortChoice, Server
    from guardian.resolver.chance import Chance
    from guardian.resolver.exchange import Settled, Upstream
    from guardian.resolver.watch import Watch


def open_upstream(server: Server, ports: PortChoice, watch: Watch, chance: Chance, settled: Settled) -> Upstream:
    """Give an upstream that is asked as `server` says, and in no other way: an encrypted one never in the clear."""
    if server.transport is Transport.UDP:
        return UdpUpstream(server, ports, watch, chance, settled, Health())
    return StreamUpstream(server, watch, chance, settled, Health())
