"""Say how an upstream is doing, for people.

Law 1: nothing here tells how many questions were asked, or when.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guardian.config.values import Server
    from guardian.resolver.exchange import Upstream


class UpstreamState(NamedTuple):
    """How one upstream is doing."""

    server: str
    encrypted: bool
    state: str
    """`answers`, `silent` or `untried`."""
    trouble: str
    """Why it is silent, a sentence without a capital; empty otherwise."""
    group: int
    """Whom it answers for: 0 by default, else a forward zone, counted from 1."""


def state_of(upstream: Upstream, group: int) -> UpstreamState:
    """Look at an upstream of a group."""
    health, server = upstream.health, upstream.server
    if health.down:
        state, trouble = "silent", upstream.trouble or _silence(server)
    else:
        state, trouble = "answers" if health.heard else "untried", ""
    return UpstreamState(str(server), server.encrypted, state, trouble, group)


def _silence(server: Server) -> str:
    if server.encrypted:
        return f"port {server.port} does not answer: it may be blocked on this network"
    return "it does not answer"
