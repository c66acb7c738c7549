"""Ask the guardian that runs in a house, or say that none does."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from guardian.control.client import NobodyAnswersError, ask
from guardian.errors import StoreError

if TYPE_CHECKING:
    from guardian.cli.house import House
    from guardian.control.messages import Request

LOG = logging.getLogger("guardian")
Wanted = TypeVar("Wanted")
_PATIENCE = 5.0
"""Seconds for what can be worked out without a running guardian."""


def told(house: House, request: Request, wanted: type[Wanted]) -> Wanted:
    """Give the running guardian's answer, of the kind that answers this request.

    Raises StoreError where none runs, with how to start one, and where it refuses.
    """
    try:
        answer = ask(house.state.control, request)
    except NobodyAnswersError as error:
        raise StoreError(f"{error}; start it with `guardian run`, or `systemctl start guardian-dns`") from error
    if not isinstance(answer, wanted):
        raise StoreError(f"{house.state.control}: guardian answered something else; start it again")
    return answer


def told_if_running(house: House, request: Request, wanted: type[Wanted]) -> Wanted | None:
    """Give the same, None where no guardian runs; one that can't be asked is told of."""
    try:
        answer = ask(house.state.control, request, seconds=_PATIENCE)
    except NobodyAnswersError:
        return None
    except StoreError as error:
        LOG.warning("%s; what follows is worked out from the settings and the published set", error)
        return None
    return answer if isinstance(answer, wanted) else None
