"""A home's network as it is: devices with changing addresses, and a machine whose own addresses come and go."""

from __future__ import annotations

import contextlib
import socket
import sys
import time
from typing import TYPE_CHECKING

import pytest

from guardian.system import netlink
from tests.live.authority import ADDRESS, Authority
from tests.live.conftest import PROGRAM, Guardian, publish
from tests.live.town import FOUR, LENGTHS, SIX, at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.town import Device, Town

TABLET, PHONE = "3c:22:fb:10:20:30", "02:aa:bb:00:00:01"
BANDS = {TABLET: "6-9", PHONE: "13-15"}
SOCIAL, SHARING = "social.guardian.example", "file-sharing.guardian.example"
CLOSED_AT_LEAST = {TABLET: SOCIAL, PHONE: SHARING}
"""A name that is closed for the device, and open for one that nobody knows."""
CONFIG = """\
state: ./state
dns: {{listen: ["0.0.0.0:{port}", "[::]:{port}"], rate_limit: 0}}
upstreams:
  - {{url: "{upstream}"}}
family: {{unknown_devices: "16-17"}}
clients:
  - {{mac: "{tablet}", band: "6-9"}}
  - {{mac: "{phone}", band: "13-15"}}
"""
HASTY = """
import functools, sys
from guardian.daemon import daemon, networks
daemon.FORGET_SECONDS = 0.1
networks.GatewayWatch = functools.partial(networks.GatewayWatch, seconds=0.5)
from guardian.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""guardian that takes half a second for ten minutes."""


@pytest.fixture(scope="module")
def guardian(town: Town, compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guardian]:
    """Let guardian answer there, with an upstream of its own."""
    folder = tmp_path_factory.mktemp("home")
    with town.home.inside():
        authority = Authority()
    with authority:
        config = written(folder, authority, compiled)
        with Guardian(config, program=town.home.running(*PROGRAM, "dns", "--config", str(config))) as running:
            yield running.ready()


def written(folder: Path, authority: Authority, compiled: Path, *, port: int = 53) -> Path:
    publish(compiled, folder / "state")
    path = folder / "guardian.yaml"
    path.write_text(CONFIG.format(upstream=authority.url, tablet=TABLET, phone=PHONE, port=port))
    return path


@pytest.mark.usefixtures("guardian")
@pytest.mark.parametrize("prefix", LENGTHS)
@pytest.mark.parametrize("hardware", BANDS)
def test_a_device_keeps_its_band_by_whatever_address_it_asks(
    plugged: Callable[..., Device], hardware: str, prefix: str
) -> None:
    first = 10 * (1 + list(BANDS).index(hardware))
    device = plugged(hardware, number=first)
    closed, server, before = CLOSED_AT_LEAST[hardware], at(prefix, 1), at(prefix, first)
    assert device.ask(closed, server, source=before).rcode == "NXDOMAIN"
    for number in range(first + 1, first + 10):
        after = at(prefix, number)
        device.take(after, instead_of=before)
        began = time.monotonic()
        # the very first question by an address that guardian has never seen
        assert device.ask(closed, server, source=after).rcode == "NXDOMAIN"
        took = time.monotonic() - began
        print(f"\nfrom a new address: {took * 1000:.0f} ms to its band")
        assert took < 1
        before = after


@pytest.mark.usefixtures("guardian")
def test_devices_of_three_bands_live_side_by_side(plugged: Callable[..., Device]) -> None:
    tablet, phone, guest = plugged(TABLET, number=31), plugged(PHONE, number=32), plugged(number=33)
    for prefix in LENGTHS:
        told = [
            [device.ask(name, at(prefix, 1), source=at(prefix, number)).addresses for name in (SOCIAL, SHARING)]
            for device, number in ((tablet, 31), (phone, 32), (guest, 33))
        ]
        assert told == [[(), ()], [(ADDRESS,), ()], [(ADDRESS,), (ADDRESS,)]], prefix


@pytest.mark.usefixtures("guardian")
def test_a_first_question_over_tcp_has_the_band_of_its_device(plugged: Callable[..., Device]) -> None:
    tablet, phone = plugged(TABLET, number=35), plugged(PHONE, number=36)
    for prefix in LENGTHS:
        for device, number, closed in ((tablet, 35, SOCIAL), (phone, 36, SHARING)):
            told = device.ask(closed, at(prefix, 1), source=at(prefix, number), over=socket.SOCK_STREAM)
            assert told.rcode == "NXDOMAIN", prefix


@pytest.mark.usefixtures("guardian")
def test_who_takes_anothers_address_does_not_get_its_answers(plugged: Callable[..., Device]) -> None:
    guest, tablet = plugged(number=41), plugged(TABLET)
    for prefix in LENGTHS:
        address, server = at(prefix, 41), at(prefix, 1)
        assert guest.ask(SOCIAL, server, source=address).addresses == (ADDRESS,)
        guest.drop(address)
        tablet.take(address)
        assert tablet.ask(SOCIAL, server, source=address).rcode == "NXDOMAIN", prefix


@pytest.mark.usefixtures("guardian")
def test_a_device_that_asks_by_its_link_local_address_has_its_band(plugged: Callable[..., Device]) -> None:
    tablet, phone = plugged(TABLET, number=51), plugged(PHONE, number=52)
    assert tablet.ask(SOCIAL, at(SIX, 1), source=tablet.link_local()).rcode == "NXDOMAIN"
    told = [phone.ask(name, at(SIX, 1), source=phone.link_local()).addresses for name in (SOCIAL, SHARING)]
    assert told == [(ADDRESS,), ()]


def test_a_new_address_of_this_machine_is_served_and_its_network_may_ask(
    town: Town, guardian: Guardian, plugged: Callable[..., Device]
) -> None:
    tablet = plugged(TABLET)
    for ours, theirs in (("192.168.99.1", "192.168.99.7"), ("fd99::1", "fd99::7")):
        length = 64 if ":" in ours else 24
        tablet.take(theirs, length=length)
        town.home.ip("address", "add", f"{ours}/{length}", "dev", "br0")
        guardian.wait_for(f"also answering on {ours}")
        assert tablet.ask(SOCIAL, ours, source=theirs).rcode == "NXDOMAIN"
        town.home.ip("address", "del", f"{ours}/{length}", "dev", "br0")
        guardian.wait_for(f"no longer on {ours}")


def test_that_the_kernel_said_more_than_was_heard_is_noticed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(netlink, "_RECEIVE_BUFFER", 2048)
    with town.home.inside():
        ear = netlink.Netlink(netlink.ADDRESSES)
    try:
        town.home.ip("address", "add", "192.168.98.1/24", "dev", "lo")
        assert ear.hear()
        for number in range(2, 60):
            town.home.ip("address", "add", f"192.168.98.{number}/24", "dev", "lo")
        assert ear.hear() is None
        town.home.ip("address", "flush", "dev", "lo", "to", "192.168.98.0/24")
    finally:
        ear.close()


def test_a_router_that_asks_for_everybody_is_recognised(
    town: Town, compiled: Path, tmp_path: Path, plugged: Callable[..., Device], program: Callable[[str], str]
) -> None:
    router = plugged(number=254)
    town.home.ip("route", "replace", "default", "via", at(FOUR, 254))
    with contextlib.ExitStack() as ending:
        with town.home.inside():
            authority = ending.enter_context(Authority())
        path = written(tmp_path, authority, compiled, port=54)
        hasty = town.home.running(sys.executable, "-c", HASTY, "dns", "--config", str(path))
        guardian = ending.enter_context(Guardian(path, program=hasty)).ready()
        forwarder = [
            program("dnsmasq"),
            "--no-daemon",
            "--no-resolv",
            "--no-hosts",
            "--cache-size=0",
            "--log-facility=-",
        ]
        words = [*forwarder, f"--server={at(FOUR, 1)}#54", "--listen-address=127.0.0.1", "--bind-interfaces"]
        ending.enter_context(Guardian(path, program=router.running(*words))).wait_for("started")
        # a device of the router's own network, which guardian never sees
        for number in range(30):
            assert router.ask(f"{number}.example", "127.0.0.1").rcode == "NOERROR"
        line = guardian.wait_for("every question comes from the router")
        assert at(FOUR, 254) not in line
