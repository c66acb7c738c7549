"""Tell how the upstreams are: one line in the log when one falls silent or answers again, and what `status` shows.

Law 1: a line tells of an upstream, never of a question; there is none for each question that fails.
Law 2: an encrypted upstream that does not answer is never asked in plain text instead: an adult decides.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from guardian.control.status import UpstreamStatus

if TYPE_CHECKING:
    from guardian.config.settings import Settings
    from guardian.config.values import Server
    from guardian.resolver.states import UpstreamState

LOG = logging.getLogger("guardian")
LEFT = "what is closed stays closed, this house's names and those in memory are answered, other names fail"
"""What works where no upstream answers."""
DECIDE = (
    "it is never asked in plain text instead: wait, name another tls:// upstream,"
    " or write udp:// and know that the provider then sees every name"
)
"""What an adult can do about an encrypted upstream."""


def groups_of(settings: Settings) -> list[tuple[Server, ...]]:
    """Give the resolvers to ask: the default ones, then each forward zone's."""
    return [settings.servers, *((forward.server,) for forward in settings.forward)]


def tell_change(settings: Settings, state: UpstreamState, up: int) -> None:
    """Log that an upstream fell silent or answers again; `up` of its group do answer."""
    if state.state != "silent":
        LOG.info("%s answers again", state.server)
    elif state.group:
        zone = settings.forward[state.group - 1].zone
        LOG.warning("%s answers nothing of %s: %s; names there fail meanwhile", state.server, zone, state.trouble)
    elif up:
        LOG.warning("%s does not work: %s; other upstreams are asked meanwhile", state.server, state.trouble)
    else:
        advice = f"; {DECIDE}" if state.encrypted else ""
        LOG.warning("no upstream works: %s; %s: %s%s", LEFT, state.server, state.trouble, advice)


def status_of(state: UpstreamState) -> UpstreamStatus:
    """Give what `status` shows of an upstream."""
    advice = f"; {DECIDE}" if state.trouble and state.encrypted else ""
    return UpstreamStatus(state.server, state.encrypted, state.state, f"{state.trouble}{advice}")
