"""Forget in time what has had its time: the web is the process that writes the family store from day to day.

Law 1: nothing is forgotten by a clock that may be wrong; it is looked at again an hour later.
Law 2: a day's forgetting is one change, at the start and after each midnight of the family.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from guardian.errors import GuardianError
from guardian.family.retention import tidy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from guardian.web.home import Home

LOG = logging.getLogger("guardian")
LOOK_SECONDS = 3600.0


async def keep_tidy(home: Home, is_known: Callable[[float], bool], stopped: asyncio.Event) -> None:
    """Tidy each day until `stopped`; `is_known` says whether a time, in seconds of Unix time, can be believed."""
    done: date | None = None
    while not stopped.is_set():
        try:
            done = await tidied(home, is_known, done)
        except GuardianError as error:
            LOG.warning("what has had its time could not be forgotten yet: %s", error)
        try:
            await asyncio.wait_for(stopped.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue


async def tidied(home: Home, is_known: Callable[[float], bool], done: date | None) -> date | None:
    """Tidy where that was not done today, and give the last day on which it was."""
    moment = await home.moment()
    if moment.date() == done or not is_known(moment.timestamp()):
        return done
    if await home.keep(lambda store: tidy(store, moment)):
        await home.tell()
    return moment.date()
