"""Tell what should not have happened.

Law 1: nothing that is logged comes from a query: a fault is told by its kind and its place in the code.
Law 2: each place is told once, and at most MAX_TOLD of them.
"""

from __future__ import annotations

import logging

from guardian.system.faults import in_words

LOG = logging.getLogger("guardian")
MAX_TOLD = 64
"""Places of faults that are logged, once each, before guardian falls silent about more."""
_TOLD: set[str] = set()


def tell_fault(fault: BaseException | None) -> None:
    """Log what should not have happened by its kind and place: its words may hold a name or an address."""
    if fault is None:
        LOG.error("a fault of an unknown kind")
        return
    told = in_words(fault)
    # once each: a line for every packet would hold the times of questions, and fill a disk
    if told not in _TOLD and len(_TOLD) < MAX_TOLD:
        _TOLD.add(told)
        LOG.error("%s: please report this", told)
