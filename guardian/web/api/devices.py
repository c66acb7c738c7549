"""Say whose the devices are."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.devices import add_device, assign_device, remove_device, rename_device
from guardian.web.api.adults import Added
from guardian.web.api.fields import Number
from guardian.web.api.session import NameText
from guardian.web.errors import ProblemError
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call

Users = Annotated[list[Number], Field(max_length=64)]
AddressText = Annotated[str, Field(min_length=2, max_length=64)]


class DeviceTold(Told):
    """A device, and whose it is; nothing tells when it was last here."""

    id: int
    name: str
    hardware: str | None
    """Its hardware address, `3c:22:fb:10:20:30`."""
    network: str | None
    """Its address, or a network of such devices."""
    adult: bool
    """It is an adult's: no rules."""
    children: list[int]
    """Who uses it; of several children the strictest applies."""


class DevicesTold(Told):
    """All devices that somebody has named."""

    devices: list[DeviceTold]


class NewDevice(Body):
    """A device to add, known by its hardware address or by its address or network."""

    name: NameText
    hardware: AddressText | None = None
    network: AddressText | None = None
    children: Users = Field(default_factory=list)
    adult: bool = False


class DeviceEdit(Body):
    """What is to be otherwise; null leaves it."""

    name: NameText | None = None
    children: Users | None = None
    """With or without `adult`, says anew whose it is."""
    adult: bool | None = None


async def list_devices(call: Call) -> DevicesTold:
    """Give all devices that somebody has named."""
    family = await call.home.family()
    return DevicesTold(
        devices=[
            DeviceTold(
                id=one.id,
                name=one.name,
                hardware=one.hardware,
                network=one.network,
                adult=one.is_adults,
                children=list(one.children),
            )
            for one in family.devices
        ]
    )


async def add_one_device(call: Call, body: NewDevice) -> Added:
    """Add a device."""
    today, who = await call.home.today(), call.principal.who

    def add(store: sqlite3.Connection) -> int:
        return add_device(
            store,
            body.name,
            hardware=body.hardware,
            network=body.network,
            children=body.children,
            adult=body.adult,
            who=who,
            today=today,
        )

    return Added(id=await call.home.decide(add))


async def edit_device(call: Call, device: int, body: DeviceEdit) -> None:
    """Call a device otherwise, or say anew whose it is."""
    today, who = await call.home.today(), call.principal.who
    name, children, adult = body.name, body.children, body.adult
    if name is None and children is None and adult is None:
        raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "say what is to be otherwise: name, children or adult")

    def edit(store: sqlite3.Connection) -> None:
        if name is not None:
            rename_device(store, device, name, who, today)
        if children is not None or adult is not None:
            assign_device(store, device, children or (), adult=bool(adult), who=who, today=today)

    await call.home.decide(edit)


async def drop_device(call: Call, device: int) -> None:
    """Forget a device; when it asks again it is an unknown one."""
    today, who = await call.home.today(), call.principal.who
    await call.home.decide(lambda store: remove_device(store, device, who, today))


_PATH = f"{PREFIX}/devices"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "All devices that somebody has named", list_devices, gives=DevicesTold),
    Route("POST", _PATH, Right.DECIDE, "Add a device", add_one_device, body=NewDevice, gives=Added, status=201),
    Route(
        "PATCH",
        f"{_PATH}/{{device}}",
        Right.DECIDE,
        "Call a device otherwise, or say whose it is",
        edit_device,
        body=DeviceEdit,
    ),
    Route("DELETE", f"{_PATH}/{{device}}", Right.DECIDE, "Forget a device", drop_device),
)
