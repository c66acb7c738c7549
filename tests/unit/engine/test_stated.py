"""A device that is known by its own or its router's word: a label over TLS, a hardware address in an EDNS option."""

from __future__ import annotations

import struct
from dataclasses import replace
from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING

import pytest

from guardian.engine.engine import MAX_ASKERS, Engine
from guardian.engine.household import Household, Named
from guardian.model import Ask, Hold, Reason, Reply
from guardian.wire import codes
from guardian.wire.question import read_query
from tests.unit.engine.conftest import House, answer

if TYPE_CHECKING:
    from guardian.engine.generation import Generation

T = 1000.0
RATE = 5
ROUTER, DEVICE, FAR, OUTSIDER = "192.168.1.1", "192.168.1.77", "10.9.8.7", "203.0.113.9"
TABLET, PHONE, STRANGER = "3c:22:fb:10:20:30", "02:aa:00:00:00:01", "66:00:00:00:00:09"
LABEL, NOBODYS = "qwertyuiopasdfgh", "zzzzzzzzzzzzzzzz"
BET, NEWS = "win.example", "news.example"
"""Closed to the tablet, the label's child and unknown devices, open to phone and router; closed to the tablet alone."""
HOUSEHOLD = Household(
    inside=[ip_network("192.168.1.0/24"), ip_network("10.0.0.0/8")],
    operator=Named({ip_network(f"{ROUTER}/32"): "adult"}),
    family=Named(devices={TABLET: "0-5", PHONE: "adult"}, labels={LABEL: "13-15"}),
    wires=[ip_interface("192.168.1.2/24")],
    routers=[ROUTER],
)


@pytest.fixture
def told(generation: Generation) -> House:
    """Return a house with a trusted router, a tablet of the youngest, an adult's phone, and a child with a label."""
    house = House(Engine(replace(generation, household=HOUSEHOLD), rate_limit=RATE))
    house.engine.meet(ROUTER, "66:00:00:00:00:fe")
    return house


def from_router(hardware: str) -> bytes:
    """Give what a router adds to the question of a device."""
    mac = bytes.fromhex(hardware.replace(":", ""))
    return struct.pack("!HH", codes.HARDWARE_OPTION, len(mac)) + mac


def asked(house: House, name: str, client: str, hardware: str) -> Reply | Ask | Hold:
    """Ask as a forwarder does, which states a device."""
    return house.engine.receive_query(read_query(house.packet(name, options=from_router(hardware)), client), T)


def labelled(house: House, name: str, client: str, label: str = LABEL) -> Reply | Ask | Hold:
    """Ask over TLS, as a phone with a name of its own for guardian."""
    query = read_query(house.packet(name), client, stream=True)
    return house.engine.receive_query(query._replace(stated=label), T, waited=True)


def reason(outcome: Reply | Ask | Hold) -> Reason:
    assert isinstance(outcome, Reply)
    return outcome.reason


def test_each_device_behind_a_trusted_router_has_its_own_rules(told: House) -> None:
    assert reason(asked(told, NEWS, ROUTER, TABLET)) is Reason.NOT_ON_ALLOW_LIST
    assert isinstance(asked(told, BET, ROUTER, PHONE), Ask)
    assert isinstance(asked(told, NEWS, ROUTER, STRANGER), Ask)
    assert reason(asked(told, BET, ROUTER, STRANGER)) is Reason.CATEGORY


def test_who_is_no_trusted_router_can_pose_as_nobody(told: House) -> None:
    told.engine.meet(DEVICE, TABLET)
    assert reason(asked(told, NEWS, DEVICE, PHONE)) is Reason.NOT_ON_ALLOW_LIST
    assert isinstance(asked(told, BET, "192.168.1.78", PHONE), Hold)
    assert reason(asked(told, BET, OUTSIDER, PHONE)) is Reason.OUTSIDER


def test_the_router_itself_has_its_own_rules(told: House) -> None:
    asked(told, NEWS, ROUTER, TABLET)
    assert isinstance(told.listen(told.packet(BET), ROUTER, T), Ask)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(from_router(PHONE) + from_router(TABLET), id="two devices"),
        pytest.param(from_router(PHONE)[:-1].replace(b"\x00\x06", b"\x00\x05"), id="a short address"),
        pytest.param(from_router(PHONE + ":00:01"), id="a long address"),
    ],
)
def test_a_device_that_is_not_plainly_stated_is_an_unknown_one(told: House, options: bytes) -> None:
    query = read_query(told.packet(BET, options=options), ROUTER)
    assert reason(told.engine.receive_query(query, T)) is Reason.CATEGORY


def test_the_answer_from_upstream_is_judged_for_the_device_that_was_stated(told: House) -> None:
    ask = asked(told, NEWS, ROUTER, STRANGER)
    assert isinstance(ask, Ask)
    told.engine.replace(
        replace(
            told.engine.generation,
            household=Household(inside=[], family=Named(devices={STRANGER: "0-5"}), routers=[ROUTER]),
        )
    )
    assert told.engine.receive_answer(ask, answer(), T).reason is Reason.NOT_ON_ALLOW_LIST


def test_nothing_that_a_stated_device_is_told_is_ready_for_its_router(told: House) -> None:
    packet = told.packet(NEWS, options=from_router(TABLET))
    for _ in range(4):
        assert isinstance(told.listen(packet, ROUTER, T), bytes)
    assert told.engine.replay(packet, ROUTER, T) is None


def test_each_device_behind_a_router_has_its_own_share(told: House) -> None:
    packet = told.packet(BET, options=from_router(STRANGER))
    for _ in range(10 * RATE):
        told.engine.replay(packet, ROUTER, T)
        assert reason(asked(told, BET, ROUTER, STRANGER)) is Reason.CATEGORY
    assert reason(asked(told, BET, ROUTER, STRANGER)) is Reason.OVER_LIMIT
    assert reason(asked(told, NEWS, ROUTER, TABLET)) is Reason.NOT_ON_ALLOW_LIST
    # what the devices asked took nothing off the router's own share
    assert isinstance(told.listen(told.packet(BET), ROUTER, T), Ask)
    counts = [told.engine.stated()]
    for seconds in (1, 11):
        told.engine.forget(T + seconds)
        counts.append(told.engine.stated())
    # whose share is not full again is remembered until it is
    assert counts == [2, 1, 0]


def test_a_router_that_states_ever_new_devices_fills_no_memory(told: House) -> None:
    for number in range(MAX_ASKERS + 10):
        asked(told, BET, ROUTER, f"66:00:00:00:{number >> 8:02x}:{number & 0xFF:02x}")
    assert told.engine.stated() <= MAX_ASKERS


@pytest.mark.parametrize("client", [DEVICE, FAR, ROUTER])
def test_a_label_is_its_childs_whatever_the_address(told: House, client: str) -> None:
    told.engine.meet(DEVICE, TABLET)
    assert isinstance(labelled(told, NEWS, client), Ask)
    assert reason(labelled(told, BET, client)) is Reason.CATEGORY


def test_a_label_that_nobody_has_is_as_if_there_were_none(told: House) -> None:
    told.engine.meet(DEVICE, TABLET)
    assert reason(labelled(told, NEWS, DEVICE, NOBODYS)) is Reason.NOT_ON_ALLOW_LIST
    assert isinstance(labelled(told, BET, ROUTER, NOBODYS), Ask)
    assert reason(labelled(told, BET, FAR, NOBODYS)) is Reason.CATEGORY


def test_a_label_admits_no_outsider(told: House) -> None:
    assert reason(labelled(told, NEWS, OUTSIDER)) is Reason.OUTSIDER


def test_who_states_a_label_is_not_waited_for(told: House) -> None:
    query = read_query(told.packet(BET), "192.168.1.90", stream=True)._replace(stated=LABEL)
    outcome = told.engine.receive_query(query, T)
    assert reason(outcome) is Reason.CATEGORY
    assert isinstance(outcome, Reply)
    assert told.engine.finish(outcome, told.packet(BET), T)


def test_a_profile_without_rules_has_those_of_unknown_devices(told: House) -> None:
    household = Household(inside=[], family=Named({ip_network(f"{DEVICE}/32"): "child:9"}), routers=[ROUTER])
    told.engine.replace(replace(told.engine.generation, household=household))
    assert told.told(BET, DEVICE, now=T).rcode() == 3
    assert isinstance(told.listen(told.packet(NEWS), DEVICE, T), Ask)


def test_more_profiles_than_an_octet_counts_share_no_reply(generation: Generation) -> None:
    many = {f"child:{number}": generation.policies["adult" if number % 2 else "13-15"] for number in range(600)}
    addresses = {f"10.0.{number >> 8}.{number & 0xFF}": f"child:{number}" for number in range(600)}
    crowd = replace(
        generation,
        policies={**generation.policies, **many},
        household=Household(
            inside=[], family=Named({ip_network(f"{address}/32"): profile for address, profile in addresses.items()})
        ),
    )
    house = House(Engine(crowd))
    packet = house.packet(BET)
    for number, address in enumerate(addresses):
        for _ in range(3):
            told = house.listen(packet, address, T)
            assert isinstance(told, Ask if number % 2 else bytes), address


def test_a_device_behind_a_router_waits_to_be_named_until_it_is(told: House) -> None:
    for hardware in (TABLET, STRANGER, "00:00:00:00:00:00"):
        asked(told, BET, ROUTER, hardware)
    asked(told, BET, DEVICE, "66:00:00:00:00:aa")
    assert told.engine.strangers() == [STRANGER]
    named = Household(inside=[], family=Named(devices={STRANGER: "13-15"}), routers=[ROUTER])
    told.engine.replace(replace(told.engine.generation, household=named))
    assert told.engine.strangers() == []


def test_no_more_wait_behind_routers_than_the_bound(told: House) -> None:
    for number in range(200):
        asked(told, BET, ROUTER, f"66:00:00:00:00:{number:02x}")
    assert told.engine.strangers() == [f"66:00:00:00:00:{number:02x}" for number in range(136, 200)]
