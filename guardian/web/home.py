"""Reach what the web needs of this house: the family store, the running `guardian dns`, and the time.

Law 1: a change is on the disk before `guardian dns` is told of it; what it can't be told now it reads at its start.
Law 2: nothing here blocks the loop: the store and the control socket are spoken with in threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from guardian.control.client import NobodyAnswersError, ask
from guardian.control.messages import AskerFound, FamilyChanged, WhoAsks
from guardian.errors import StoreError
from guardian.family.reading import read_family
from guardian.family.settings import zone_of
from guardian.web.errors import ProblemError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import date
    from ipaddress import IPv4Address, IPv6Address
    from pathlib import Path

    from guardian.control.messages import Answer, Request
    from guardian.family.family import Family
    from guardian.store.writer import Writer

LOG = logging.getLogger("guardian")
Result = TypeVar("Result")
SECONDS = 5.0
"""How long `guardian dns` may take to answer."""


class Home:
    """One house: its store, its filter and its clock."""

    def __init__(self, store: Writer, control: Path, clock: Callable[[], float]) -> None:
        """`store` is open; `control` is the socket of `guardian dns`; `clock` gives Unix time."""
        self._store = store
        self._control = control
        self._clock = clock

    def now(self) -> int:
        """Give the time, in seconds of Unix time."""
        return int(self._clock())

    async def moment(self) -> datetime:
        """Give the time in the family's zone."""
        zone = zone_of(await self.family())
        # a moment always tells its zone, this machine's own among them
        return datetime.fromtimestamp(self._clock(), UTC).astimezone(zone)

    async def today(self) -> date:
        """Give the day in the family's zone."""
        return (await self.moment()).date()

    async def family(self) -> Family:
        """Give the whole family as it is now."""
        return await self._store.read(read_family)

    async def read(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        """Ask the store, after every change that was begun before."""
        return await self._store.read(question)

    async def keep(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        """Change what `guardian dns` need not know of: sessions, tokens, adults, requests."""
        return await self._store.write(change)

    async def decide(self, change: Callable[[sqlite3.Connection], Result]) -> Result:
        """Change what the family has decided, and let `guardian dns` take it in; raises what `change` raises."""
        result = await self._store.write(change)
        await self.tell()
        return result

    async def tell(self) -> None:
        """Let `guardian dns` take in what is in the store; where it can't, the log says why."""
        try:
            # one that does not run reads it when it starts
            with contextlib.suppress(NobodyAnswersError):
                await asyncio.to_thread(self._asked, FamilyChanged())
        except StoreError as error:
            LOG.warning("what was decided is kept, but not in force: %s", error)

    async def device_at(self, address: IPv4Address | IPv6Address) -> AskerFound:
        """Give the device that has an address now; ProblemError 503 where `guardian dns` does not answer."""
        return await self.ask(WhoAsks(str(address)), AskerFound)

    async def ask(self, request: Request, wanted: type[Result]) -> Result:
        """Ask the running `guardian dns`; ProblemError 503 where it does not answer with what is wanted."""
        try:
            answer = await asyncio.to_thread(self._asked, request)
        except StoreError as error:
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, str(error)) from error
        if not isinstance(answer, wanted):
            raise ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, "guardian answered something else; start it again")
        return answer

    def _asked(self, request: Request) -> Answer:
        return ask(self._control, request, seconds=SECONDS)
