"""Say which devices are on this house's networks and in nobody's list; nothing tells when one came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.control.messages import Newcomers, NewcomersFound
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Route, Told

if TYPE_CHECKING:
    from guardian.web.routes import Call


class NewcomerTold(Told):
    """A device that nobody has named."""

    hardware: str
    addresses: list[str]
    """Those that it has now."""
    name: str
    """What it calls itself; empty where that is not known."""
    changing: bool
    """It has drawn its hardware address at random, and may draw another one."""


class NewcomersTold(Told):
    """All of them, by their hardware addresses."""

    devices: list[NewcomerTold]


async def list_newcomers(call: Call) -> NewcomersTold:
    """Ask the running filter."""
    found = await call.home.ask(Newcomers(), NewcomersFound)
    return NewcomersTold(
        devices=[
            NewcomerTold(hardware=one.hardware, addresses=list(one.addresses), name=one.name, changing=one.changing)
            for one in found.devices
        ]
    )


ROUTES = (
    Route(
        "GET", f"{PREFIX}/newcomers", Right.SEE, "Devices that nobody has named", list_newcomers, gives=NewcomersTold
    ),
)
