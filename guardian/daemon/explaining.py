"""Explain a question by what is in force: the set, the house as it is now, and a pause."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from guardian.control.messages import Explain, Explained
from guardian.daemon.named import children_profile
from guardian.engine.explanation import explain, question_of
from guardian.engine.household import UNKNOWN
from guardian.errors import StoreError, WireError
from guardian.model import Band
from guardian.policy.explanation import Stage
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.daemon.pausing import Pausing
    from guardian.engine.generation import Generation


def explained(
    request: Explain,
    generation: Generation,
    profile_of: Callable[[str], str | None],
    pausing: Pausing | None = None,
    unpaused: Generation | None = None,
) -> Explained:
    """Give what is made of the question; `profile_of` says whose rules count for an address.

    During a pause, `unpaused` is what decides without it, where that is not what the pause goes back to.

    Raises WireError where the request names no name, band or address.
    """
    profile = _profile(request, profile_of)
    if profile is not None and profile not in generation.policies:
        raise StoreError("guardian knows no such child; somebody may have removed it just now")
    query = question_of(to_wire(request.name), request.qtype, request.client or "")
    walk = explain(query, generation, profile)
    if pausing is None or not pausing.on:
        return Explained(walk, None, None, None)
    usual = explain(query, unpaused or pausing.usual_generation(), profile)
    pause = Stage("pause", f"filtering pauses until {pausing.until}: what categories close is open, but what harms")
    walk = replace(walk, stages=(walk.stages[0], pause, *walk.stages[1:]))
    return Explained(walk, pausing.minutes_left(), pausing.until, usual)


def _profile(request: Explain, profile_of: Callable[[str], str | None]) -> str | None:
    if not 0 <= request.qtype <= 0xFFFF:
        raise WireError("a record type is a number of 16 bits")
    if request.band is not None:
        if request.band not in set(Band):
            raise WireError("there is no such band")
        return request.band
    if request.child is not None:
        return children_profile([request.child])
    if request.client is None:
        return UNKNOWN
    try:
        return profile_of(request.client)
    except ValueError as error:
        raise WireError("the client is no address") from error
