"""A window is opened by the device that asks, for itself, for five minutes; then nothing of it remains."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, cast

import pytest

from guardian.control.messages import Troubleshoot, WindowShown
from guardian.daemon.troubleshooting import SECONDS, Troubleshooting
from guardian.engine.household import Household, Named
from guardian.errors import WireError

if TYPE_CHECKING:
    from guardian.engine.engine import Engine
    from guardian.engine.window import Window

TABLET, PHONE, ROUTER = "3c:22:fb:10:20:30", "3c:22:fb:00:00:02", "3c:22:fb:00:00:fe"
V4, V6, OTHER, FAR = "192.168.1.7", "fd00::7", "192.168.1.8", "192.168.1.77"
HOUSE = Household(
    inside=[ip_network("192.168.1.0/24"), ip_network("fd00::/64")], family=Named(devices={TABLET: "child:1"})
)


@dataclass
class PaperEngine:
    """What an engine knows of who is around, and which windows it has been given."""

    known: dict[str, str] = field(
        default_factory=lambda: {V4: TABLET, V6: TABLET, OTHER: PHONE, "192.168.1.1": ROUTER, "fd00::1": ROUTER}
    )
    windows: dict[str, Window] = field(default_factory=dict)
    closed: asyncio.Event = field(default_factory=asyncio.Event)

    def neighbours(self) -> dict[str, str]:
        return self.known

    def profile_of(self, client: str) -> str | None:
        return HOUSE.profile_of(client, self.known.get(client, ""))

    def look(self, device: str, window: Window | None) -> None:
        if window is None:
            self.windows.pop(device, None)
            self.closed.set()
        else:
            self.windows[device] = window


def made(engine: PaperEngine, *, seconds: float = SECONDS, max_windows: int = 16) -> Troubleshooting:
    shared = ["192.168.1.1"]
    return Troubleshooting(cast("Engine", engine), lambda: shared, seconds=seconds, max_windows=max_windows)


def ask(one: Troubleshooting, address: str, do: str) -> WindowShown:
    return one.answer(Troubleshoot(address, do))


@pytest.mark.asyncio
async def test_a_window_is_the_devices_by_whatever_address_of_its_own() -> None:
    engine = PaperEngine()
    one = made(engine)
    assert ask(one, V4, "show").seconds == 0
    assert SECONDS - 1 <= ask(one, V4, "open").seconds <= SECONDS
    assert ask(one, V6, "show").seconds > 0
    assert list(engine.windows) == [TABLET]


@pytest.mark.asyncio
async def test_no_other_address_sees_it_or_closes_it() -> None:
    engine = PaperEngine()
    one = made(engine)
    ask(one, V4, "open")
    for address in (OTHER, FAR):
        assert ask(one, address, "show") == WindowShown(0, (), is_full=False, trouble="")
        ask(one, address, "close")
    assert ask(one, V4, "show").seconds > 0


@pytest.mark.asyncio
async def test_it_closes_itself_and_nothing_remains() -> None:
    engine = PaperEngine()
    one = made(engine, seconds=0.01)
    ask(one, V4, "open")
    assert engine.windows
    await asyncio.wait_for(engine.closed.wait(), 5)
    assert (engine.windows, one._open) == ({}, {})
    assert ask(one, V4, "show").seconds == 0


@pytest.mark.asyncio
async def test_who_opens_it_can_close_it_before_its_time_and_begin_anew() -> None:
    engine = PaperEngine()
    one = made(engine)
    ask(one, V4, "open")
    first = engine.windows[TABLET]
    ask(one, V4, "open")
    assert engine.windows[TABLET] is not first
    assert ask(one, V4, "close").seconds == 0
    assert (engine.windows, one._open) == ({}, {})


@pytest.mark.asyncio
@pytest.mark.parametrize("address", ["192.168.1.1", "fd00::1", "203.0.113.9"])
async def test_a_router_and_an_outsider_have_none(address: str) -> None:
    engine = PaperEngine()
    shown = ask(made(engine), address, "open")
    assert "several devices" in shown.trouble
    assert not engine.windows


@pytest.mark.asyncio
async def test_so_many_look_at_once_and_no_more() -> None:
    engine = PaperEngine()
    one = made(engine, max_windows=1)
    ask(one, V4, "open")
    assert "too many" in ask(one, OTHER, "open").trouble
    assert not ask(one, V4, "open").trouble
    assert list(engine.windows) == [TABLET]


@pytest.mark.asyncio
@pytest.mark.parametrize(("address", "do"), [("nowhere", "open"), (V4, "read"), (V4, "")])
async def test_what_is_no_request_is_refused(address: str, do: str) -> None:
    with pytest.raises(WireError):
        ask(made(PaperEngine()), address, do)
