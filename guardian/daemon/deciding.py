"""Hold what guardian decides by, and let the policies follow the family and the clock.

Law 1: who holds the turn may replace the set, the settings or the policies; a new family or a new hour is judged in a
       thread and assigned once.
Law 2: where there is too little memory to judge anew, what was in force stays, and the next second tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from guardian.control.messages import FamilyChanged, FamilyTaken, Refused, Standings
from guardian.daemon.explaining import explained
from guardian.daemon.generation import household_of, policies_of, rewrites_of
from guardian.daemon.standings import standings_now
from guardian.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from guardian.control.messages import Answer, Explain
    from guardian.daemon.family import HouseFamily
    from guardian.daemon.generation import Judged
    from guardian.daemon.parts import Parts
    from guardian.daemon.pausing import Pausing
    from guardian.engine.engine import Engine
    from guardian.engine.generation import Generation
    from guardian.engine.household import Household
    from guardian.family.standing import Standing
    from guardian.policy.policy import Policy
    from guardian.system.interfaces import OwnAddress

    Policies = Mapping[str, Policy]

LOG = logging.getLogger("guardian")
PREPARE_SECONDS = 5
"""How often what the clock will change soon is judged beforehand: at bedtime every child's rules change at once."""
_NO_TIME = 1 << 33
"""Seconds of Unix time: 250 years on."""
_TOO_LITTLE = "too little memory to judge the set anew; the family's rules of before stay in force"


class Deciding:
    """The parts in force, and how they change with the family and the time."""

    def __init__(self, parts: Parts, family: HouseFamily, judged: Judged, engine: Engine, pausing: Pausing) -> None:
        """Take what the engine decides by now; `parts` are with the family, `judged` is over the engine's set."""
        self.parts = parts
        self.family = family
        self.turn = asyncio.Lock()
        self._engine = engine
        self._pausing = pausing
        self._judged = judged
        self._prepared: Mapping[str, tuple[Standing, ...]] = {}
        """What has been judged beforehand."""
        self._is_short = False

    def household(self, own: frozenset[OwnAddress] | None = None) -> Household:
        """Say who is who, on the networks of these own addresses; without them the kernel is asked."""
        return household_of(self.parts.settings, own, self.parts.family.named)

    def policies(self, parts: Parts, judged: Judged) -> tuple[Policies, Policies | None]:
        """Give the policies outside a pause and, where one is on, those during it; called in a thread."""
        domains = judged.domains
        usual = policies_of(parts, domains, judged)
        return usual, policies_of(parts, domains, judged, paused=True) if self._pausing.on else None

    def take_in(self, parts: Parts, judged: Judged) -> None:
        """Hear that other parts and another set are in force."""
        self.parts, self._judged = parts, judged

    async def look(self, place: Callable[[Generation], Generation]) -> None:
        """Take in what the time has changed, and judge beforehand what it will change soon; called each second.

        `place` gives what a generation is on the networks as they are now.
        """
        held = self.parts.family.standings
        if self.family.applied(self.parts).family.standings != held:
            async with self.turn:
                await self.renew(place)
        elif int(self.family.clock()) % PREPARE_SECONDS == 0:
            soon = self.family.applied(self.parts, 2 * PREPARE_SECONDS)
            if soon.family.standings not in (held, self._prepared):
                # where memory is short, it may be enough when the time has come
                with contextlib.suppress(MemoryError):
                    async with self.turn:
                        await asyncio.to_thread(self.policies, soon, self._judged)
                self._prepared = soon.family.standings

    async def renew(self, place: Callable[[Generation], Generation]) -> bool:
        """Decide by the family as last read and the time it is; False where memory is short. Who calls has the turn."""
        parts = self.family.applied(self.parts)
        try:
            # in a thread: judging thousands of classes takes longer than an answer may wait
            policies, loose = await asyncio.to_thread(self.policies, parts, self._judged)
        except MemoryError:
            if not self._is_short:
                LOG.error(_TOO_LITTLE)  # noqa: TRY400 - its words are for people
            self._is_short = True
            return False
        self._is_short = False
        is_renamed, self.parts = parts.family.family != self.parts.family.family, parts
        usual = replace(self._pausing.usual_generation(), policies=policies, rewrites=rewrites_of(parts))
        if is_renamed:
            usual = place(replace(usual, household=self.household()))
        self._engine.replace(self._pausing.applied(usual, loose))
        return True

    async def explain(self, request: Explain) -> Answer:
        """Say what is made of a question, now or at another time; WireError where it is none."""
        engine, pausing = self._engine, self._pausing
        if request.at is None:
            return explained(request, engine.generation, engine.profile_of, pausing)
        if not 0 <= request.at < _NO_TIME:
            raise WireError("a time is given in seconds since 1970")
        parts = self.family.applied_at(self.parts, request.at)
        async with self.turn:
            policies, loose = await asyncio.to_thread(self.policies, parts, self._judged)
        usual = replace(pausing.usual_generation(), policies=policies, rewrites=rewrites_of(parts))
        then = usual if loose is None else replace(usual, policies=loose)
        return explained(request, then, engine.profile_of, pausing, usual)

    async def answer(self, request: FamilyChanged | Standings, place: Callable[[Generation], Generation]) -> Answer:
        """Take in a store that has been written, or say what holds now."""
        if isinstance(request, Standings):
            return await asyncio.to_thread(standings_now, self.family, self.parts)
        async with self.turn:
            await asyncio.to_thread(self.family.read)
            if not await self.renew(place):
                return Refused(_TOO_LITTLE)
        if self.family.trouble:
            return Refused(self.family.trouble)
        return FamilyTaken(len(self.parts.family.family.children))
