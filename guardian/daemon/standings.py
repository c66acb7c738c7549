"""Say what holds now for each child, and until when, for the pages of a family."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.control.messages import ChildNow, Closing, StandingsNow
from guardian.daemon.named import children_of
from guardian.engine.household import UNKNOWN
from guardian.family.standing import ends_of

if TYPE_CHECKING:
    from guardian.daemon.family import HouseFamily
    from guardian.daemon.parts import Parts
    from guardian.family.family import Family
    from guardian.family.standing import Moment, Standing


def standings_now(house: HouseFamily, parts: Parts) -> StandingsNow:
    """Say what holds now; it reckons days ahead, so it is called in a thread."""
    now, moment = parts.family, house.moment()
    children = []
    for profile, standings in now.standings.items():
        numbers = children_of(profile)
        if profile == UNKNOWN or len(numbers) == 1:
            children.append(_told(now.family, numbers[0] if numbers else None, standings[0], moment))
    return StandingsNow(moment.known, house.trouble, tuple(children))


def _told(family: Family, child: int | None, standing: Standing, moment: Moment) -> ChildNow:
    ends = ends_of(family, child, standing, moment)
    closed = tuple(Closing(subject, why.name.lower(), ends.get(subject)) for subject, why in standing.timed)
    return ChildNow(child, standing.band.value, standing.paused, tuple(sorted(standing.lesson)), closed)
