"""Say which devices are on this machine's networks and in nobody's list, and which one has an address.

Law 1: what is told is what the kernel, trusted routers and lease files say by now; it is written nowhere, and no time
       is told. Who is named, or was and has gone, is not told of.
Law 2: at most MAX_NEWCOMERS, with MAX_ADDRESSES each. A gateway is none: as a child's it would take everybody along.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING

from guardian.control.messages import AskerFound, Newcomer, NewcomersFound
from guardian.daemon.called import called_by
from guardian.daemon.named import children_of
from guardian.errors import WireError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from guardian.engine.engine import Engine

MAX_NEWCOMERS = 64
MAX_ADDRESSES = 8
_DRAWN = 0x02
"""The bit of a hardware address's first octet that says: given by nobody (IEEE 802)."""


def newcomers_now(engine: Engine, called: Mapping[str, str], gateways: Collection[str]) -> NewcomersFound:
    """Give who is in nobody's list; `called` is what devices called themselves, by address."""
    household, neighbours = engine.generation.household, engine.neighbours()
    ours = {neighbours.get(one, "") for one in gateways}
    found: dict[str, list[str]] = {one: [] for one in engine.strangers()}
    named = set(ours)
    for address, hardware in neighbours.items():
        if household.names(hardware) or household.names_address(address):
            named.add(hardware)
        elif household.profile_of(address, hardware) is not None:
            found.setdefault(hardware, []).append(address)
    devices = [_newcomer(one, found[one], called) for one in sorted(found.keys() - named)]
    return NewcomersFound(tuple(devices[:MAX_NEWCOMERS]))


async def named_newcomers(engine: Engine, called: Mapping[str, str], gateways: Collection[str]) -> NewcomersFound:
    """Give who is in nobody's list, as above; who is without a name there is asked, and so are the gateways."""
    # in a thread: a school's thousand devices take longer than an answer may wait
    found = (await asyncio.to_thread(newcomers_now, engine, called, gateways)).devices
    told = await called_by([one.addresses[0] for one in found if one.addresses and not one.name], gateways)
    named = (replace(one, name=one.name or told.get(next(iter(one.addresses), ""), "")) for one in found)
    return NewcomersFound(tuple(named))


def who_asks(engine: Engine, address: str, gateways: Collection[str] = ()) -> AskerFound:
    """Give the device that has an address; WireError where that is none. A gateway's hardware is not told: Law 2."""
    try:
        profile = engine.profile_of(address)
    except ValueError as error:
        raise WireError("the asker's address is none") from error
    neighbours = engine.neighbours()
    hardware = neighbours.get(address, "")
    is_gateway = hardware in {neighbours.get(one, "") for one in gateways}
    return AskerFound("" if is_gateway else hardware, profile, children_of(profile or ""))


def _newcomer(hardware: str, addresses: list[str], called: Mapping[str, str]) -> Newcomer:
    # what people know comes first: IPv4, then what is not of this link alone
    addresses.sort(key=lambda one: (":" in one, ip_address(one).is_link_local, one))
    name = next((called[one] for one in addresses if one in called), "")
    return Newcomer(hardware, tuple(addresses[:MAX_ADDRESSES]), name, changing=bool(int(hardware[:2], 16) & _DRAWN))
