"""A family at home: each child's device has its own rules by whatever address, through a router, and by its label."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import dns.edns
import dns.message
import dns.reversename
import dns.rrset
import pytest

from guardian.control.client import ask as tell
from guardian.control.messages import (
    AskerFound,
    FamilyChanged,
    FamilyTaken,
    Newcomer,
    Newcomers,
    NewcomersFound,
    WhoAsks,
)
from guardian.family.children import add_child
from guardian.family.claims import claim_device, make_code
from guardian.family.devices import add_device, remove_device
from guardian.family.reading import read_family
from guardian.family.rules import add_rule
from guardian.model import Band
from guardian.store.database import open_store, read_store, transaction
from guardian.system.paths import State
from guardian.wire import codes
from tests.live.authority import ADDRESS, Authority
from tests.live.conftest import PROGRAM, Guardian, publish
from tests.live.streams import NAME, answer, connect, question
from tests.live.town import FOUR, LENGTHS, SECONDS, SIX, at

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.live.streams import Private
    from tests.live.town import Device, Told, Town

TABLET, PHONE, GUEST = "3c:22:fb:10:20:30", "02:aa:bb:00:00:01", "8e:00:00:00:00:09"
NEW, GATEWAY = "8e:00:00:00:00:77", "3c:22:fb:00:00:fe"
TODAY, NOW = date(2026, 11, 24), datetime(2026, 11, 24, 15, tzinfo=UTC)
ERAS, BENS, SOCIAL = "closed-to-era.example", "closed-to-ben.example", "social.guardian.example"
"""Each closed by a parent to one child; and one that is closed at six to nine, and open at sixteen."""
RULES = {TABLET: [False, True, False], PHONE: [True, False, True], GUEST: [True, True, False]}
"""Which of these is open. The guest may be the youngest child's: its band holds, though nobody's own rules do."""
SECOND = 1.0
ROUTER = 253
CONFIG = """\
state: ./state
dns: {{listen: ["0.0.0.0:53", "[::]:53"], trusted_routers: [{router}], rate_limit: 0}}
upstreams:
  - {{url: "{upstream}"}}
family: {{unknown_devices: "16-17"}}
"""


class Home:
    """A guardian with a family: Era, who is eight and has a tablet, and Ben, who is sixteen and has a phone."""

    def __init__(self, folder: Path, authority: Authority | None = None) -> None:
        self.state = State(folder)
        self.authority = authority
        with self.decided() as store:
            self.era = add_child(store, "Era", Band.PRIMARY, None, "Mum", TODAY)
            self.ben = add_child(store, "Ben", Band.YOUTH, None, "Mum", TODAY)
            for child, hardware, name in ((self.era, TABLET, ERAS), (self.ben, PHONE, BENS)):
                add_device(store, "device", hardware=hardware, children=[child], who="Mum", today=TODAY)
                add_rule(store, child, name, opens=False, who="Mum", now=NOW)

    @contextlib.contextmanager
    def decided(self) -> Iterator[sqlite3.Connection]:
        """Give the store for one change."""
        store = open_store(self.state.family)
        try:
            with transaction(store):
                yield store
        finally:
            store.close()

    def take_in(self) -> None:
        """Say that the store has changed; it is in force then."""
        assert isinstance(tell(self.state.control, FamilyChanged()), FamilyTaken)

    def newcomers(self) -> list[Newcomer]:
        """Ask who is in nobody's list."""
        found = tell(self.state.control, Newcomers())
        assert isinstance(found, NewcomersFound)
        return list(found.devices)


@pytest.fixture(scope="module")
def home(town: Town, compiled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Let a guardian with a family answer in the town, with an upstream of its own."""
    folder = tmp_path_factory.mktemp("home")
    publish(compiled, folder / "state")
    path = folder / "guardian.yaml"
    with contextlib.ExitStack() as ending:
        with town.home.inside():
            authority = ending.enter_context(Authority())
        path.write_text(CONFIG.format(upstream=authority.url, router=at(FOUR, ROUTER)))
        program = town.home.running(*PROGRAM, "dns", "--config", str(path))
        family = Home(folder / "state", authority)
        ending.enter_context(Guardian(path, program=program)).ready()
        yield family


def opened(device: Device, server: str, source: str, **ways: object) -> list[bool]:
    """Ask for the three names; which of them are open."""
    return [is_open(device.ask(name, server, source=source, **ways)) for name in (ERAS, BENS, SOCIAL)]  # type: ignore[arg-type]


def is_open(told: Told) -> bool:
    assert told.rcode in {"NOERROR", "NXDOMAIN"}
    assert told.addresses in {(), (ADDRESS,)}
    return bool(told.addresses)


def stating(hardware: str) -> dns.edns.Option:
    """Give what a router adds to say which device asks."""
    return dns.edns.GenericOption(str(codes.HARDWARE_OPTION), bytes.fromhex(hardware.replace(":", "")))


@pytest.mark.usefixtures("home")
def test_each_device_has_its_own_rules_also_after_its_address_changes(plugged: Callable[..., Device]) -> None:
    devices = {hardware: plugged(hardware, number=10 * place) for place, hardware in enumerate(RULES, start=1)}
    for prefix in LENGTHS:
        for number in range(5):
            for place, (hardware, device) in enumerate(devices.items(), start=1):
                address = at(prefix, 10 * place + number)
                if number:
                    device.take(address, instead_of=at(prefix, 10 * place + number - 1))
                began = time.monotonic()
                # the first question by an address that guardian has never seen
                assert opened(device, at(prefix, 1), address) == RULES[hardware], address
                assert time.monotonic() - began < SECOND


@pytest.mark.usefixtures("home")
def test_an_address_that_goes_from_one_childs_device_to_anothers_takes_no_rules_along(
    plugged: Callable[..., Device],
) -> None:
    tablet, phone = plugged(TABLET, number=61), plugged(PHONE)
    for prefix in LENGTHS:
        address, server = at(prefix, 61), at(prefix, 1)
        assert opened(tablet, server, address) == RULES[TABLET]
        tablet.drop(address)
        phone.take(address)
        assert opened(phone, server, address) == RULES[PHONE], prefix


def test_a_device_with_a_new_hardware_address_is_an_unknown_one_until_it_is_claimed(
    home: Home, plugged: Callable[..., Device]
) -> None:
    phone, tablet = plugged(GUEST, number=71), plugged(TABLET, number=72)
    server, address = at(FOUR, 1), at(FOUR, 71)
    assert opened(phone, server, address) == RULES[GUEST]
    assert opened(tablet, server, at(FOUR, 72)) == RULES[TABLET]
    (found,) = [one for one in home.newcomers() if one.hardware == GUEST]
    assert address in found.addresses
    assert found.changing
    assert TABLET not in {one.hardware for one in home.newcomers()}
    assert tell(home.state.control, WhoAsks(address)) == AskerFound(GUEST, "unknown", ())
    with home.decided() as store:
        code = make_code(store, home.ben, "Mum", 0)
        device = claim_device(store, code, GUEST, "phone", today=TODAY, now=1)
    assert device is not None
    began = time.monotonic()
    home.take_in()
    assert opened(phone, server, address) == RULES[PHONE]
    assert opened(phone, at(SIX, 1), at(SIX, 71)) == RULES[PHONE]
    assert time.monotonic() - began < SECOND
    assert tell(home.state.control, WhoAsks(address)) == AskerFound(GUEST, f"child:{home.ben}", (home.ben,))
    assert GUEST not in {one.hardware for one in home.newcomers()}
    with home.decided() as store:
        remove_device(store, device, "Mum", TODAY)
    home.take_in()
    assert opened(phone, server, address) == RULES[GUEST]


@contextlib.contextmanager
def answering(device: Device, place: tuple[str, int], names: Mapping[str, str]) -> Iterator[None]:
    """Let a device answer reverse look-ups of these addresses by these names."""
    owners = {dns.reversename.from_address(address): name for address, name in names.items()}
    with device.inside():
        listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(place)
    listener.settimeout(SECONDS)

    def answer_all() -> None:
        while message := listener.recvfrom(4096):
            if not message[0]:
                return
            query = dns.message.from_wire(message[0])
            told = dns.message.make_response(query)
            owner = query.question[0].name
            if owner in owners:
                told.answer.append(dns.rrset.from_text(owner, 10, "IN", "PTR", owners[owner]))
            listener.sendto(told.to_wire(), message[1])

    thread = threading.Thread(target=answer_all)
    thread.start()
    try:
        yield
    finally:
        listener.sendto(b"", place)
        thread.join(SECONDS)
        listener.close()


@pytest.mark.parametrize("by_router", [False, True], ids=["by itself", "by the router"])
def test_a_newcomer_is_told_by_what_it_is_called(
    home: Home, town: Town, plugged: Callable[..., Device], *, by_router: bool
) -> None:
    phone, router = plugged(NEW, number=77), plugged(GATEWAY, number=254)
    opened(phone, at(FOUR, 1), at(FOUR, 77))
    opened(router, at(FOUR, 1), at(FOUR, 254))
    assert {NEW, GATEWAY} <= {one.hardware for one in home.newcomers()}
    town.home.ip("route", "replace", "default", "via", at(FOUR, 254))
    end = time.monotonic() + SECONDS
    # a gateway is nobody's device
    while GATEWAY in {one.hardware for one in home.newcomers()}:
        assert time.monotonic() < end
    place = (router, (at(FOUR, 254), 53)) if by_router else (phone, (at(FOUR, 77), 5353))
    with answering(*place, {at(FOUR, 77): "Anas-Phone.local."}):
        found = {one.hardware: one.name for one in home.newcomers()}
    assert found[NEW] == "anas-phone"
    town.home.ip("route", "del", "default")


@pytest.mark.usefixtures("home")
def test_a_device_can_t_pose_as_another_by_what_routers_say(plugged: Callable[..., Device]) -> None:
    tablet = plugged(TABLET, number=81)
    for over in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        told = opened(tablet, at(FOUR, 1), at(FOUR, 81), over=over, options=[stating(PHONE)])
        assert told == RULES[TABLET]


def test_behind_a_trusted_router_each_device_keeps_its_rules(
    home: Home, plugged: Callable[..., Device], program: Callable[[str], str]
) -> None:
    router, server = plugged(number=ROUTER), at(FOUR, ROUTER)
    words = [
        program("dnsmasq"),
        "--no-daemon",
        "--no-resolv",
        "--no-hosts",
        "--log-facility=-",
        "--add-mac",
        "--strip-mac",
    ]
    words += [f"--server={at(FOUR, 1)}", f"--listen-address={server}", "--bind-interfaces"]
    with Guardian(home.state.folder, program=router.running(*words)) as forwarder:
        forwarder.wait_for("started")
        devices = {hardware: plugged(hardware, number=90 + place) for place, hardware in enumerate(RULES)}
        for over in (socket.SOCK_DGRAM, socket.SOCK_DGRAM, socket.SOCK_STREAM):
            for place, (hardware, device) in enumerate(devices.items()):
                assert opened(device, server, at(FOUR, 90 + place), over=over) == RULES[hardware]
        # its own word does not pass the router
        assert opened(devices[TABLET], server, at(FOUR, 90), options=[stating(PHONE)]) == RULES[TABLET]
    # and the router's word stays in the house
    assert home.authority is not None
    assert home.authority.asked
    assert {dns.message.from_wire(one.wire).options for one in home.authority.asked} == {()}


def labelled(private: Private, device: str, name: str, label: str) -> bool:
    """Ask over TLS by a name of one's own for guardian; whether it is open."""
    with private.context().wrap_socket(connect(private.port, device), server_hostname=f"{label}.{NAME}") as stream:
        stream.sendall(question(name))
        return bool(answer(stream).answer)


@pytest.fixture
def family(private: Private) -> Home:
    """Let a family decide in the state of a guardian that speaks TLS."""
    home = Home(private.guardian.config.parent / "state")
    home.take_in()
    return home


def test_a_label_is_its_childs_by_whatever_address(private: Private, family: Home) -> None:
    with contextlib.closing(read_store(family.state.family)) as store:
        labels = {child.name: child.label for child in read_family(store).children}
    adult = "127.0.0.16"
    for device in (adult, "127.0.0.12", "127.0.0.99"):
        assert [labelled(private, device, name, labels["Era"]) for name in (ERAS, BENS)] == [False, True], device
        assert [labelled(private, device, name, labels["Ben"].upper()) for name in (ERAS, BENS)] == [True, False], (
            device
        )
    assert labelled(private, adult, ERAS, "abcdefghijklmnop")
    assert labelled(private, adult, SOCIAL, "abcdefghijklmnop")
    assert not labelled(private, "127.0.0.12", SOCIAL, "abcdefghijklmnop")


@pytest.mark.usefixtures("family")
def test_a_name_in_no_alphabet_is_refused_and_not_logged(private: Private) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    context = private.context()
    client = context.wrap_bio(incoming, outgoing, server_hostname=f"watchword.{NAME}")
    with contextlib.suppress(ssl.SSLWantReadError):
        client.do_handshake()
    with connect(private.port) as stream:
        stream.sendall(outgoing.read().replace(b"watchword", b"watch\xff\xfe\xfd\xfc"))
        while stream.recv(4096):
            pass
    assert labelled(private, "127.0.0.16", BENS, "abcdefghijklmnop")
    private.guardian.stop()
    assert "watch" not in private.guardian.log()
