"""Keep what the family has decided, as it was last read well, and say what of it holds now.

Law 1: what can't be read changes nothing: the last good family stays in memory, and the trouble is told.
Law 2: a store that can't be read at the start names nobody: every device is an unknown one then, as strict as if the
       youngest child might hold it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from guardian.daemon.named import children_profile
from guardian.daemon.parts import FamilyNow
from guardian.engine.household import UNKNOWN
from guardian.errors import StoreError, WireError
from guardian.family.family import Family
from guardian.family.growing import grown
from guardian.family.newcomers import unknown_band
from guardian.family.reading import read_family
from guardian.family.settings import zone_of
from guardian.family.standing import Moment, Standing, standing_of
from guardian.model import Band
from guardian.policy.policy import TAIL
from guardian.store.database import read_store
from guardian.system.clock import clock_is_known
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardian.daemon.parts import Parts

LOG = logging.getLogger("guardian")
MAX_PROFILES = 200
"""Of a family: the engine tells 255 from each other, those of the bands among them."""


class HouseFamily:
    """The family store of this house."""

    def __init__(
        self,
        path: Path,
        now: Callable[[], float] = time.time,
        known: Callable[[float, float], bool] = clock_is_known,
    ) -> None:
        """Read nothing yet.

        `now` is the clock in seconds of Unix time; `known` says whether to believe it, given a time that has passed.
        """
        self._path = path
        self.clock = now
        self._known = known
        self._family: Family | None = None
        self._floor = 0.0
        """When the store was last written: no clock can be before that."""
        self.trouble = ""
        """Why the store can't be read, for people; empty where it can, or where there is none."""

    def read(self) -> None:
        """Read the store anew; to be called in a thread once guardian answers."""
        before = self.trouble
        try:
            self._family = self._read()
            self.trouble = ""
        except (OSError, StoreError) as error:
            kept = "the family as last read stays in force" if self._family else "every device is an unknown one"
            self.trouble = f"{error}; {kept}"
        if self.trouble and self.trouble != before:
            LOG.error("%s", self.trouble)

    def _read(self) -> Family | None:
        try:
            # not `exists`: it says no to a link that leads nowhere, too, which is a store that is lost
            self._path.lstat()
        except FileNotFoundError as error:
            if self._family:
                told = f"{self._path}: the family store is gone; `guardian restore` brings a backup"
                raise StoreError(told) from error
            return None
        self._floor = self._path.stat().st_mtime
        store = read_store(self._path)
        try:
            family = read_family(store)
        finally:
            store.close()
        _check(family)
        return family

    def moment(self, ahead: float = 0.0) -> Moment:
        """Give the time in the family's zone, so many seconds ahead, and whether it can be believed."""
        now = self.clock()
        zone = zone_of(self._family or Family())
        return Moment(datetime.fromtimestamp(now + ahead, zone), self._known(now, self._floor))

    def tells_time(self) -> bool:
        """Say whether the time can be believed, or does not matter: a house without a family store has no hours."""
        return self._family is None or self.moment().known

    def applied(self, parts: Parts, ahead: float = 0.0) -> Parts:
        """Give the parts with the family as it is now, or will be so many seconds ahead."""
        return replace(parts, family=self.now(parts.settings.family.unknown_devices, ahead))

    def applied_at(self, parts: Parts, second: int) -> Parts:
        """Give the parts with the family as it will be at a second of Unix time, if nobody decides anything else."""
        if self._family is None:
            return parts
        moment = Moment(datetime.fromtimestamp(second, zone_of(self._family)))
        declared = parts.settings.family.unknown_devices
        return replace(parts, family=FamilyNow(self._family, standings_of(self._family, moment, declared)))

    def now(self, declared: Band, ahead: float = 0.0) -> FamilyNow:
        """Say what holds now, or will so many seconds ahead.

        `declared` is the operator's band for devices that nobody has named.
        """
        if self._family is None:
            # Law 2; without a store and without trouble there is nothing to hold
            lost = {UNKNOWN: (Standing(Band.EARLY),)} if self.trouble else {}
            return FamilyNow(Family(), lost)
        return FamilyNow(self._family, standings_of(self._family, self.moment(ahead), declared))


def _check(family: Family) -> None:
    """Raise StoreError for what can't be taken in: more profiles than fit, or a name that nobody could have typed."""
    groups = {one.children for one in family.devices if len(one.children) > 1}
    if len(family.children) + len(groups) > MAX_PROFILES:
        raise StoreError(
            f"the family has {len(family.children)} children and {len(groups)} different groups of them who share a"
            f" device; together at most {MAX_PROFILES} fit: let some devices be of one child, or of all of them"
        )
    typed = [rule.name for rule in family.rules] + [name for one in family.measures for name in one.names]
    try:
        sound = all(len(label_offsets(to_wire(name))) >= TAIL for name in typed)
    except WireError:
        sound = False
    known = {child.id for child in family.children}
    if not all(known.issuperset(one.children) for one in family.devices):
        raise StoreError("the family store is damaged: it holds a device of a child that it does not hold")
    if not sound:
        raise StoreError("the family store is damaged: it holds a rule on what is no name of a site")


def standings_of(family: Family, moment: Moment, declared: Band) -> dict[str, tuple[Standing, ...]]:
    """Say what holds at a moment for each child, each set of children with a device, and a device nobody has named."""
    children = {child.id: standing_of(family, child, moment) for child in family.children}
    found: dict[str, tuple[Standing, ...]] = {}
    found |= {children_profile([child]): (standing,) for child, standing in children.items()}
    for device in family.devices:
        if len(device.children) > 1:
            found[children_profile(device.children)] = tuple(children[one] for one in sorted(set(device.children)))
    today = moment.at.date()
    band = unknown_band(
        family.unknown_band or declared,
        [grown(child, today) if moment.known else child for child in family.children],
    )
    found[UNKNOWN] = (standing_of(family, None, moment, band),)
    return found
