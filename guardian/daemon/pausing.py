"""Let filtering pause for the whole house, and come back by itself.

Law 1: a pause is in memory and on the monotonic clock: it ends at its time and at every restart, for filtering is the
       safe side.
Law 2: going back needs no work that could fail: the usual policies are kept beside those of the pause.
Law 3: only policies change; set, house and records are those of the generation that is in force.
Law 4: what a pause leaves closed is said once, by the rules' own `pausing`; a pause for one child is a measure in the
       family store, for it may last over a restart, and changes its rules the same way.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from guardian.daemon.generation import policies_of
from guardian.family.settings import zone_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guardian.daemon.parts import Parts
    from guardian.engine.engine import Engine
    from guardian.engine.generation import Generation
    from guardian.policy.policy import Policy

LOG = logging.getLogger("guardian")


class Pausing:
    """Whether filtering pauses, and until when."""

    def __init__(self, engine: Engine) -> None:
        """Begin with filtering on."""
        self._engine = engine
        self._usual: Mapping[str, Policy] | None = None
        """The policies outside the pause; None while none is on."""
        self._timer: asyncio.TimerHandle | None = None
        self.until: str | None = None
        """When it ends, as a time of day; None while none is on."""

    @property
    def on(self) -> bool:
        """Say whether filtering pauses."""
        return self._usual is not None

    def minutes_left(self) -> int | None:
        """Give for how many minutes more, begun ones counted; None while none is on."""
        if self._timer is None:
            return None
        return max(1, -int((asyncio.get_running_loop().time() - self._timer.when()) // 60))

    async def begin(self, minutes: int, parts: Parts) -> str:
        """Pause for so long from now on, whatever was before; give the time of day at which it ends.

        Nobody else may replace the set meanwhile. Raises MemoryError where there is too little; nothing changes then.
        """
        if not self.on:
            domains = self._engine.generation.domains
            # in a thread: judging thousands of classes takes longer than an answer may wait
            loose = await asyncio.to_thread(policies_of, parts, domains, paused=True)
            self._usual = self._engine.generation.policies
            self._engine.replace(replace(self._engine.generation, policies=loose))
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(minutes * 60, self.end)
        # the clock on the family's wall, where there is a family
        zone = zone_of(parts.family.family) if parts.family.standings else None
        self.until = f"{datetime.now(UTC).astimezone(zone) + timedelta(minutes=minutes):%H:%M}"
        LOG.info("filtering pauses for %d minutes, until %s", minutes, self.until)
        return self.until

    def end(self) -> bool:
        """Filter from now on; False where no pause was on."""
        if self._usual is None:
            return False
        self._engine.replace(self.usual_generation())
        self._usual = self.until = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        LOG.info("filtering is on again")
        return True

    def usual_generation(self) -> Generation:
        """Give the generation in force as it is outside the pause."""
        generation = self._engine.generation
        return generation if self._usual is None else replace(generation, policies=self._usual)

    def applied(self, usual: Generation, loose: Mapping[str, Policy] | None) -> Generation:
        """Give what a new generation is now, while a pause is on; `loose` are its policies during one."""
        if self._usual is None or loose is None:
            return usual
        self._usual = usual.policies
        return replace(usual, policies=loose)

    def close(self) -> None:
        """Forget the pause; nothing is put back, for guardian ends."""
        if self._timer is not None:
            self._timer.cancel()
