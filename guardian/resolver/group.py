"""Hold the upstreams that may answer the same questions, and say which one is asked next.

Law 1: the one that answers soonest comes first; of TRIED questions one goes round, so that what is known of the others
       does not grow old.
Law 2: one that is down is asked nothing; one that failed at a question is not asked it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from guardian.resolver.exchange import Exchange, Upstream

TRIED = 50


class Group:
    """The upstreams of the default, or of one forward zone."""

    __slots__ = ("_turn", "down", "single", "upstreams")

    def __init__(self, upstreams: Sequence[Upstream]) -> None:
        """Begin with at least one, and none of them down."""
        self.upstreams = tuple(upstreams)
        self.single = len(self.upstreams) == 1
        self.down = False
        """No upstream of it answers; the forwarder's to say."""
        self._turn = 0

    def first(self) -> Upstream | None:
        """Choose for a question that nobody was asked yet; None where all are down."""
        if self.single:
            return None if self.down else self.upstreams[0]
        up = [one for one in self.upstreams if not one.health.down]
        if not up:
            return None
        self._turn += 1
        if not self._turn % TRIED:
            return up[self._turn // TRIED % len(up)]
        return min(up, key=lambda one: one.health.cost)

    def next(self, exchange: Exchange, *, other: bool = False) -> Upstream | None:
        """Choose for a question that some were asked already: who was asked least, then who answers soonest.

        With `other` one whose answer is waited for is none to choose.
        """
        asked = [attempt.upstream for attempt in exchange.attempts]
        usable = [
            one for one in self.upstreams if not (one.health.down or one in exchange.failed or (other and one in asked))
        ]
        return min(usable, key=lambda one: (asked.count(one), one.health.cost), default=None)
