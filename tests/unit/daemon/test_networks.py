"""What the kernel says of networks reaches the engine: neighbours at once, our own addresses joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_interface
from typing import TYPE_CHECKING, Any, cast

import pytest

from guardian.daemon import networks
from guardian.daemon.networks import JOINED_SECONDS, Networks
from guardian.engine.household import Household
from guardian.errors import StoreError
from guardian.system.interfaces import Link, OwnAddress
from guardian.system.netlink import messages
from tests.unit.resolver.paper import PaperLoop
from tests.unit.system import rtnetlink

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.daemon.gateway_watch import GatewayWatch
    from guardian.engine.engine import Engine
    from guardian.system.netlink import Message

TABLET, ROUTER = "3c:22:fb:10:20:30", "02:00:00:00:00:01"
WIRE = Link("eth0", is_wire=True)


@dataclass
class Kernel:
    """What the kernel says when it is asked, and what it says by itself."""

    own: tuple[str, ...] = ("192.168.1.2/24", "fd00::2/64")
    neighbours: bytes = b""
    gateways: frozenset[str] = frozenset({"192.168.1.1"})
    said: list[bytes | None] = field(default_factory=list)
    mute: bool = False
    provoked: list[str] = field(default_factory=list)

    def own_links(self) -> frozenset[OwnAddress]:
        if self.mute:
            raise StoreError("the kernel is mute")
        return frozenset(OwnAddress(ip_interface(one), WIRE) for one in self.own)

    def hear(self) -> list[Message] | None:
        said = self.said.pop(0)
        return None if said is None else messages(said)[0]

    def provoke(self, address: str, _: object) -> bool:
        self.provoked.append(address)
        return True

    def fileno(self) -> int:
        return 7

    def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True)
class Generation:
    household: Household | None = None


class Listening(PaperLoop):
    """A loop that reads one thing."""

    reader: Callable[[], None] | None = None

    def add_reader(self, _: int, reader: Callable[[], None]) -> None:
        self.reader = reader

    def remove_reader(self, _: int) -> None:
        self.reader = None


class PaperEngine:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.generation = Generation()
        self.known: dict[str, str] = {}
        self.replaced = 0
        self.asked: dict[str, int] = {}
        self.told = 0

    def replace(self, generation: Generation) -> None:
        self.generation, self.replaced = generation, self.replaced + 1

    def meet(self, address: str, hardware: str) -> None:
        self.known[address] = hardware

    def part(self, address: str) -> None:
        del self.known[address]

    def stated(self) -> int:
        return self.told

    def askers(self) -> dict[str, int]:
        return self.asked


class House:
    """Networks over a kernel, a loop and an engine of values."""

    def __init__(self, kernel: Kernel, watch: GatewayWatch | None = None) -> None:
        self.kernel, self.loop, self.engine = kernel, Listening(), PaperEngine()
        self.moved = 0
        self.networks = Networks(cast("Engine", self.engine), self._household, self._move, watch)

    def start(self) -> None:
        self.networks.start(cast("asyncio.AbstractEventLoop", self.loop))

    def say(self, *said: bytes | None) -> None:
        """Let the kernel say this."""
        for one in said:
            self.kernel.said.append(one)
            assert self.loop.reader is not None
            self.loop.reader()

    def _household(self, own: frozenset[OwnAddress]) -> Household:
        return Household(inside=[one.interface.network for one in own])

    def _move(self) -> None:
        self.moved += 1


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """Return a kernel in the place of this machine's."""
    paper = Kernel()
    stand_ins: dict[str, Any] = {
        "Netlink": lambda _: paper,
        "Provoker": lambda: paper,
        "own_links": paper.own_links,
        "own_gateways": lambda: paper.gateways,
        "neighbour_table": lambda: messages(paper.neighbours)[0],
    }
    for name, value in stand_ins.items():
        monkeypatch.setattr(networks, name, value)
    return paper


@pytest.fixture
def house(kernel: Kernel) -> House:
    """Return a house whose networks are followed."""
    house = House(kernel)
    house.start()
    return house


def may_ask(house: House, client: str) -> bool:
    household = house.engine.generation.household
    assert household is not None
    return household.profile_of(client) is not None


def test_what_the_table_holds_at_the_start_is_known(kernel: Kernel) -> None:
    kernel.neighbours = rtnetlink.neighbour("192.168.1.7", TABLET)
    house = House(kernel)
    house.start()
    assert house.engine.known == {"192.168.1.7": TABLET}
    assert may_ask(house, "192.168.1.7")


def test_a_neighbour_that_comes_changes_and_goes_is_told_at_once(house: House) -> None:
    house.say(rtnetlink.neighbour("fd00::7", TABLET))
    assert house.engine.known == {"fd00::7": TABLET}
    house.say(rtnetlink.neighbour("fd00::7", ROUTER))
    assert house.engine.known == {"fd00::7": ROUTER}
    house.say(rtnetlink.neighbour("fd00::7", ROUTER, kind=29))
    assert house.engine.known == {}


def test_a_question_that_is_held_goes_on_when_its_device_is_found(house: House) -> None:
    went_on: list[str] = []
    house.networks.hold("fd00::7", lambda: went_on.append("it"))
    assert (house.kernel.provoked, went_on) == (["fd00::7"], [])
    house.say(rtnetlink.neighbour("fd00::7", TABLET))
    assert went_on == ["it"]


def test_new_addresses_are_joined_and_make_one_new_household(house: House) -> None:
    before = house.engine.replaced
    house.kernel.own = (*house.kernel.own, "10.9.0.1/24")
    house.say(rtnetlink.address("10.9.0.1", 24), rtnetlink.address("fd09::1", 64))
    assert not may_ask(house, "10.9.0.7")
    house.loop.pass_to(JOINED_SECONDS)
    assert may_ask(house, "10.9.0.7")
    assert (house.engine.replaced, house.moved) == (before + 1, 1)


def test_a_lifetime_that_is_renewed_changes_nothing_that_is_judged(house: House) -> None:
    before = house.engine.replaced
    house.say(rtnetlink.address("fd00::2", 64))
    house.loop.pass_to(1)
    assert house.engine.replaced == before


def test_what_was_said_too_fast_is_read_anew(house: House) -> None:
    house.say(rtnetlink.neighbour("fd00::7", TABLET))
    house.kernel.neighbours = rtnetlink.neighbour("fd00::8", TABLET)
    house.kernel.own = ("10.9.0.1/24",)
    house.say(None)
    assert house.engine.known == {"fd00::8": TABLET}
    house.loop.pass_to(JOINED_SECONDS)
    assert may_ask(house, "10.9.0.7")
    assert not may_ask(house, "192.168.1.7")


def test_a_kernel_that_falls_silent_costs_nothing_that_is_known(house: House) -> None:
    house.kernel.mute = True
    house.say(rtnetlink.address("10.9.0.1", 24))
    house.loop.pass_to(1)
    assert may_ask(house, "192.168.1.7")


def test_a_kernel_that_never_tells_is_told_and_holds_nobody(kernel: Kernel, caplog: pytest.LogCaptureFixture) -> None:
    kernel.mute = True
    house = House(kernel)
    house.start()
    assert "guardian goes on by the networks it has read" in caplog.text
    went_on: list[str] = []
    house.networks.hold("fd00::7", lambda: went_on.append("it"))
    assert went_on == ["it"]
    assert house.loop.reader is None
    house.networks.close()


def test_a_new_generation_is_of_the_networks_as_they_are_now(house: House) -> None:
    read_before = Household(inside=[])
    applied = house.networks.applied(cast("Any", Generation(read_before)))
    assert applied.household.profile_of("192.168.1.7") is not None


@pytest.mark.parametrize(
    ("client", "only"),
    [
        ("192.168.1.1", True),
        ("fd00::1", True),  # the router by another of its addresses
        ("192.168.1.2", True),  # this machine itself does not count
        ("127.0.0.1", True),
        ("192.168.1.7", False),
        ("fd00::7", False),
    ],
)
def test_a_router_that_asks_for_everybody_is_told_once_and_without_its_address(
    kernel: Kernel, caplog: pytest.LogCaptureFixture, client: str, *, only: bool
) -> None:
    kernel.neighbours = b"".join(
        rtnetlink.neighbour(address, hardware)
        for address, hardware in (("192.168.1.1", ROUTER), ("fd00::1", ROUTER), ("fd00::7", TABLET))
    )
    house = House(kernel)
    house.start()
    house.engine.asked = {"192.168.1.1": 5} | {client: 5}
    for look in range(30):
        house.networks.forget(30.0 * look)
    assert house.networks.gateway_only is only
    told = [line for line in caplog.messages if "every question comes from the router" in line]
    assert len(told) == only
    assert not any("192.168" in line for line in told)


def test_a_router_that_says_which_device_asks_hides_nobody(kernel: Kernel) -> None:
    house = House(kernel)
    house.start()
    house.engine.asked, house.engine.told = {"192.168.1.1": 5}, 1
    for look in range(30):
        house.networks.forget(30.0 * look)
    assert not house.networks.gateway_only
