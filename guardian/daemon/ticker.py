"""Look each second whether something else holds than before.

Law 1: a look comes right after the wall clock's second begins, for that is where hours and minutes end.
Law 2: the waiting is by the monotonic clock: a wall clock that is put forward or back is seen a second later.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

AFTER = 0.002
"""Seconds: a timer may fire a little early."""


async def tick_forever(look: Callable[[], Awaitable[None]], clock: Callable[[], float]) -> None:
    """Call `look` each second of `clock`, seconds of Unix time; a look that takes longer leaves seconds out."""
    while True:
        await asyncio.sleep(1 - clock() % 1 + AFTER)
        await look()
