"""Why is this broken? On a real wire a window is one device's, by its old and new addresses, and no other's."""

from __future__ import annotations

import contextlib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from guardian.control.client import ask as tell
from guardian.control.messages import Troubleshoot, WindowShown
from guardian.family.children import add_child
from guardian.family.devices import add_device
from guardian.model import Band
from guardian.store.database import open_store, transaction
from guardian.system.paths import State
from tests.live.authority import Authority
from tests.live.conftest import PROGRAM, Guardian, publish
from tests.live.town import FOUR, SIX, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.town import Device, Town

TABLET, PHONE = "3c:22:fb:10:20:31", "02:aa:bb:00:00:02"
TODAY = date(2026, 11, 24)
SOCIAL, OTHER, THIRD = "tiktok.com", "instagram.com", "snapchat.com"
ROUTER = 253
CONFIG = """\
state: ./state
dns: {{listen: ["0.0.0.0:53", "[::]:53"], trusted_routers: [{router}], rate_limit: 0}}
upstreams:
  - {{url: "{upstream}"}}
"""


@pytest.fixture(scope="module")
def state(town: Town, compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """Let a guardian with a family of two children, each with a device, answer in the town."""
    folder = tmp_path_factory.mktemp("home")
    publish(compiled, folder / "state")
    state, path = State(folder / "state"), folder / "guardian.yaml"
    store = open_store(state.family)
    with transaction(store):
        for name, hardware in (("Era", TABLET), ("Ana", PHONE)):
            child = add_child(store, name, Band.PRIMARY, None, "Mum", TODAY)
            add_device(store, "device", hardware=hardware, children=[child], who="Mum", today=TODAY)
    store.close()
    with contextlib.ExitStack() as ending:
        with town.home.inside():
            authority = ending.enter_context(Authority())
        path.write_text(CONFIG.format(upstream=authority.url, router=at(FOUR, ROUTER)))
        program = town.home.running(*PROGRAM, "dns", "--config", str(path))
        ending.enter_context(Guardian(path, program=program)).ready()
        yield state


def window(state: State, address: str, do: str = "show") -> WindowShown:
    shown = tell(state.control, Troubleshoot(address, do))
    assert isinstance(shown, WindowShown)
    return shown


def asks(device: Device, prefix: str, number: int, name: str) -> None:
    """Ask for a name that is closed to both."""
    assert device.ask(name, at(prefix, 1), source=at(prefix, number)).addresses == ()


def test_a_window_is_one_devices_by_all_its_addresses_and_by_a_new_one(
    state: State, plugged: Callable[..., Device]
) -> None:
    tablet, phone = plugged(TABLET, number=10), plugged(PHONE, number=20)
    asks(tablet, FOUR, 10, THIRD)
    assert window(state, at(FOUR, 10), "open").seconds > 0
    asks(tablet, FOUR, 10, SOCIAL)
    asks(tablet, SIX, 10, OTHER)
    for name in (SOCIAL, OTHER, THIRD):
        asks(phone, FOUR, 20, name)
    tablet.take(at(SIX, 11), instead_of=at(SIX, 10))
    asks(tablet, SIX, 11, THIRD)
    for address in (at(FOUR, 10), at(SIX, 11)):
        assert [one.name for one in window(state, address).names] == [SOCIAL, OTHER, THIRD]
    for address in (at(FOUR, 20), at(SIX, 20), at(FOUR, 99)):
        assert (window(state, address).seconds, window(state, address).names) == (0, ())
        window(state, address, "close")
    assert window(state, at(FOUR, 10)).names
    assert window(state, at(SIX, 11), "close").names == ()
    assert window(state, at(FOUR, 10)).seconds == 0


def test_the_router_and_who_is_outside_have_none(state: State, plugged: Callable[..., Device]) -> None:
    plugged("3c:22:fb:00:00:fe", number=ROUTER)
    for address in (at(FOUR, ROUTER), "203.0.113.9"):
        assert "several devices" in window(state, address, "open").trouble
