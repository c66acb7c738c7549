"""An upstream is asked in the one way that its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from guardian.config.values import PortChoice, Server, Transport, read_address
from guardian.resolver.chance import Chance
from guardian.resolver.stream import StreamUpstream
from guardian.resolver.udp import UdpUpstream
from guardian.resolver.upstream import open_upstream
from tests.unit.resolver.paper import PaperLoop

if TYPE_CHECKING:
    from guardian.model import Answer
    from guardian.resolver.exchange import Attempt
    from guardian.resolver.watch import Watch


class PaperWatch:
    """Nothing to watch, in a loop of paper."""

    loop = PaperLoop()


def ignore(_: Attempt, __: Answer | None) -> None:
    """Hear nothing."""


@pytest.mark.parametrize(
    ("transport", "kind"),
    [(Transport.UDP, UdpUpstream), (Transport.TCP, StreamUpstream), (Transport.TLS, StreamUpstream)],
)
def test_the_transport_is_the_one_that_is_written(transport: Transport, kind: type) -> None:
    server = Server(transport, read_address("192.0.2.1"), 853, "dns.example")
    watch = cast("Watch", PaperWatch())
    upstream = open_upstream(server, PortChoice.FRESH, watch, Chance(), ignore)
    assert type(upstream) is kind
    assert upstream.server is server
    assert not upstream.health.heard
