"""Keep the names of this house: what the operator wrote, and what devices called themselves when they got an address.

Law 1: what the operator wrote comes first; of two devices with one name the first keeps it.
Law 2: names of devices are in memory alone, and in no message.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

from guardian.config.values import MAX_NAME
from guardian.errors import StoreError
from guardian.system.interfaces import own_networks
from guardian.system.leases import Lease, read_leases
from guardian.wire.names import label_offsets, to_wire
from guardian.wire.own import own_answers, own_pointer
from guardian.wire.reverse import reverse_name, reverse_zone

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from guardian.config.settings import Names, Settings
    from guardian.config.values import Address, Network
    from guardian.engine.generation import Generation
    from guardian.model import Answer

    Records = Mapping[bytes, Mapping[int, Answer]]

LOG = logging.getLogger("guardian")
LOOK_SECONDS = 30
"""How often the lease files are looked at."""
LEASE_TTL = 30
"""Seconds that a device keeps the address of another: it may have changed."""
_ARPA = to_wire("arpa")


def _regular(path: str, flags: int) -> int:
    """Open a file; OSError where it is none: what a pipe holds would be waited for."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file")
    return descriptor


class Leases:
    """The lease files of the settings, and what they held when they were last looked at."""

    def __init__(self, names: Names) -> None:
        """Hold nothing until `look`."""
        self._held: dict[str, tuple[Lease, ...]] = dict.fromkeys(names.leases, ())
        self._seen: dict[str, tuple[int, ...] | None] = {}

    @property
    def all(self) -> tuple[Lease, ...]:
        """Every lease, in the order of the files."""
        return tuple(lease for leases in self._held.values() for lease in leases)

    def look(self) -> bool:
        """Read the files that have changed; say whether any name or address has."""
        before = self.all
        for name in self._held:
            try:
                with open(name, "rb", opener=_regular) as file:
                    status = os.fstat(file.fileno())
                    mark = (status.st_ino, status.st_size, status.st_mtime_ns)
                    if mark != self._seen.get(name):
                        self._held[name] = read_leases(file)
            except OSError as error:
                if self._seen.get(name, ()) is not None:
                    LOG.warning("%s: can't be read: %s; its devices have no names until it can", name, error.strerror)
                self._held[name], mark = (), None
            self._seen[name] = mark
        return self.all != before


def records_of(settings: Settings, leases: Sequence[Lease] = ()) -> Records:
    """Give the answers for each name of this house, and for the reverse name of each of its addresses."""
    written: dict[bytes, list[Address]] = {}
    holders: dict[Address, bytes] = {}
    for record in settings.records:
        written.setdefault(to_wire(record.name), []).append(record.address)
        holders.setdefault(record.address, to_wire(record.name))
    called: dict[bytes, dict[int, Address]] = {}
    for lease in leases:
        text = f"{lease.name}.{settings.names.domain}"
        if len(text) > MAX_NAME or (name := to_wire(text)) in written:
            continue
        if called.setdefault(name, {}).setdefault(lease.address.version, lease.address) == lease.address:
            holders.setdefault(lease.address, name)
    records: dict[bytes, Mapping[int, Answer]] = {}
    for address, name in holders.items():
        reverse = to_wire(reverse_name(address))
        records[reverse] = own_pointer(reverse, name, ttl=60 if name in written else LEASE_TTL)
    records |= {name: own_answers(name, list(one.values()), ttl=LEASE_TTL) for name, one in called.items()}
    return records | {name: own_answers(name, addresses) for name, addresses in written.items()}


def own_zones(settings: Settings, networks: Iterable[Network] = ()) -> Mapping[bytes, frozenset[bytes]]:
    """Give the zones of this house by their last label: its domain, and the reverse zones of its `networks`.

    Those of private addresses are known without it; a network between two labels is left out.
    """
    reverse = {reverse_zone(one) for one in networks if one.version == 6 and one.is_global}
    domain = to_wire(settings.names.domain)
    top = domain[label_offsets(domain)[-1] :]
    zones = {_ARPA: frozenset(to_wire(one) for one in reverse if one is not None)}
    zones[top] = zones.get(top, frozenset()) | {domain}
    return zones


class HouseNames:
    """The names of this house as they are now."""

    def __init__(self, settings: Settings) -> None:
        """Read the lease files."""
        self._settings = settings
        self._leases = Leases(settings.names)
        self._records: Records = {}
        self.look()

    @property
    def called(self) -> dict[str, str]:
        """What each address is called by the device that has it."""
        return {str(lease.address): lease.name for lease in self._leases.all}

    def look(self) -> bool:
        """Read the lease files that have changed; say whether any name or address has. To be called in a thread."""
        changed = self._leases.look()
        if changed or not self._records:
            self._records = records_of(self._settings, self._leases.all)
        return changed

    def applied(self, generation: Generation) -> Generation:
        """Give what a generation is with these names, on the networks of this machine as they are now."""
        networks: Iterable[Network] = ()
        # a kernel that does not tell is told of where devices are admitted
        with contextlib.suppress(StoreError):
            networks = own_networks()
        return replace(generation, records=self._records, own_zones=own_zones(self._settings, networks))
