"""Gather how guardian is doing.

Law 1: what lies on the disk is looked at in a thread, never while a device waits.
"""

from __future__ import annotations

import contextlib
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.config.values import LOCAL
from guardian.control.status import NetworkStatus, SetStatus
from guardian.daemon.sets import open_set
from guardian.engine.household import UNKNOWN
from guardian.errors import ListError, StoreError
from guardian.lists.set_file import read_header
from guardian.model import Band
from guardian.system.build import form_of
from guardian.system.files import map_file
from guardian.system.interfaces import own_networks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.config.settings import Settings
    from guardian.daemon.parts import Parts
    from guardian.lists.domain_set import DomainSet
    from guardian.system.paths import State

HOTTEST = "guardian.engine.engine"
"""The module that tells in which form guardian runs: the hot ones are compiled together or not at all."""
_SHOWN = 3
_DAY = 86_400


def program() -> tuple[str, str]:
    """Give the version, and the form in which guardian runs."""
    return version("guardian-dns"), form_of(HOTTEST)


def set_status(parts: Parts, domains: DomainSet) -> SetStatus:
    """Say what set is in force, and how it stands to the published one; reads the disk."""
    published, days = _published(parts.state, domains.checksum)
    return SetStatus(len(domains), len(domains.lists), domains.checksum, published, days, _oldest(parts.settings))


def network_status(parts: Parts, *, gateway_only: bool, named: int) -> NetworkStatus:
    """Say who may ask, and how many are named; asks the kernel where `local` may."""
    local = len(set(own_networks())) if LOCAL in parts.settings.dns.allow_from else 0
    return NetworkStatus(local, gateway_only, named, tuple(_loose_networks(parts)))


def _loose_networks(parts: Parts) -> Iterator[str]:
    """Give the operator's networks in which a child's device that nobody knows again is freer than an unknown one."""
    unknown = parts.family.standings.get(UNKNOWN)
    if unknown is None or not parts.family.family.children:
        return
    order = tuple(Band)
    for one in parts.settings.clients:
        network = one.network
        is_wide = network is not None and network.prefixlen < network.max_prefixlen
        if is_wide and order.index(one.band) > order.index(unknown[0].band):
            yield f"{network} is {one.band}"


def _published(state: State, checksum: str) -> tuple[str, int | None]:
    """Compare the published set with the one in force; and give the age of the latter's file in days."""
    before = _checksum(state.previous)
    days = _days(state.previous) if before == checksum else None
    if not state.current.exists():
        return "missing", days
    if _checksum(state.current) == checksum:
        return "in force", _days(state.current)
    try:
        open_set(state.current)
    except (ListError, StoreError):
        return "unusable", days
    return "waiting", days


def _checksum(path: Path) -> str:
    """Give the checksum that a set says it has, empty for a file that says none; its body is not read."""
    try:
        return read_header(map_file(path)).checksum.hex()
    except (ListError, StoreError):
        return ""


def _days(path: Path) -> int:
    return int((time.time() - path.stat().st_mtime) // _DAY)


def _oldest(settings: Settings) -> tuple[str, ...]:
    """Name the lists of one's own whose files have not changed for longest."""
    ages = []
    for source in settings.lists.sources:
        with contextlib.suppress(OSError):
            ages.append((_days(Path(source.path)), source.name))
    return tuple(f"{name}, {days} days" for days, name in sorted(ages, reverse=True)[:_SHOWN])
