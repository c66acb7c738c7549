"""Say what holds for the whole family: its time zone, and the band of devices that nobody has named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from guardian.family.settings import set_setting
from guardian.model import Band
from guardian.web.principals import Right
from guardian.web.routes import PREFIX, Body, Route, Told

if TYPE_CHECKING:
    import sqlite3

    from guardian.web.routes import Call


class SettingsTold(Told):
    """What holds for the whole family."""

    zone: str
    """An IANA name."""
    unknown_band: Band | None
    """Of devices that nobody has named; null for what guardian.yaml says."""


class SettingsGiven(Body):
    """What is to hold; null goes back to the default."""

    zone: Annotated[str, Field(min_length=1, max_length=64)] | None
    unknown_band: Band | None


async def read_settings(call: Call) -> SettingsTold:
    """Give what holds for the whole family."""
    family = await call.home.family()
    return SettingsTold(zone=family.zone, unknown_band=family.unknown_band)


async def change_settings(call: Call, body: SettingsGiven) -> None:
    """Change it."""
    today, who = await call.home.today(), call.principal.who

    def change(store: sqlite3.Connection) -> None:
        set_setting(store, "zone", body.zone, who, today)
        set_setting(store, "unknown_band", body.unknown_band, who, today)

    await call.home.decide(change)


_PATH = f"{PREFIX}/settings"
ROUTES = (
    Route("GET", _PATH, Right.SEE, "What holds for the whole family", read_settings, gives=SettingsTold),
    Route("PUT", _PATH, Right.DECIDE, "Change it", change_settings, body=SettingsGiven),
)
