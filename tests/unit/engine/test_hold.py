"""A device that is named by its hardware address: held until the wire tells who asks, and known by each address."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_interface, ip_network
from typing import TYPE_CHECKING

import dns.message
import pytest

from guardian.engine.engine import BRIEF, MAX_NEIGHBOURS, Engine
from guardian.engine.household import Household, Named
from guardian.model import Ask, BlockMode, Hold, Reason, Reply
from guardian.wire.question import read_query
from tests.unit.engine.conftest import House, answer, generation_over

if TYPE_CHECKING:
    from guardian.engine.generation import Generation

T = 1000.0
TABLET, PHONE, STRANGER = "3c:22:fb:10:20:30", "02:aa:00:00:00:01", "66:00:00:00:00:09"
FOUR, SIX, LINK_LOCAL = "192.168.1.77", "fd00::abcd:1", "fe80::77"
BET, NEWS = "win.example", "news.example"
"""Closed to the tablet and to unknown devices, open to the phone; and open to both but for the smallest."""


@pytest.fixture(params=list(BlockMode))
def named(request: pytest.FixtureRequest, generation: Generation) -> House:
    """Return a house that names a tablet of the youngest and an adult's phone by their hardware addresses."""
    return House(Engine(naming(generation_over(generation.domains, request.param))))


def naming(generation: Generation) -> Generation:
    household = Household(
        inside=map(ip_network, ("192.168.1.0/24", "fd00::/64", "fe80::/64", "10.0.0.0/8")),
        operator=Named(
            networks={ip_network("192.168.1.40/32"): "adult", ip_network("192.168.1.64/26"): "13-15"},
            devices={TABLET: "0-5", PHONE: "adult"},
        ),
        wires=[ip_interface("192.168.1.2/24"), ip_interface("fd00::2/64"), ip_interface("fe80::2/64")],
    )
    return replace(generation, household=household)


def asked(house: House, name: str, client: str, *, waited: bool = False) -> Reply | Ask | Hold:
    return house.engine.receive_query(read_query(house.packet(name), client), T, waited=waited)


@pytest.mark.parametrize("client", [FOUR, SIX, LINK_LOCAL])
def test_a_device_on_the_wire_is_held_until_it_is_known(named: House, client: str) -> None:
    assert isinstance(asked(named, NEWS, client), Hold)
    named.engine.meet(client, TABLET)
    reply = asked(named, NEWS, client)
    assert isinstance(reply, Reply)
    assert reply.reason is Reason.NOT_ON_ALLOW_LIST
    named.engine.meet(client, PHONE)
    assert isinstance(asked(named, BET, client), Ask)


@pytest.mark.parametrize(
    "client",
    [
        "192.168.1.40",  # named by itself: its hardware address changes nothing
        "10.1.2.3",  # of the house, behind another router: no neighbour is ever seen
        "192.168.1.2",  # this machine itself
        "fd00::2",
    ],
)
def test_whose_hardware_address_does_not_matter_or_can_t_be_learned_is_not_held(named: House, client: str) -> None:
    assert not isinstance(asked(named, NEWS, client), Hold)


def test_a_house_that_names_nobody_by_hardware_holds_nobody(house: House) -> None:
    assert not isinstance(asked(house, NEWS, house.guest), Hold)


def test_an_outsider_is_refused_and_not_held(named: House) -> None:
    reply = asked(named, NEWS, named.outsider)
    assert isinstance(reply, Reply)
    assert reply.reason is Reason.OUTSIDER


def test_who_is_not_found_gets_what_unknown_devices_get_for_a_few_seconds(named: House) -> None:
    for name in (BET, "evil.example", "printer.home", "guardian.home.arpa", "www.search.example"):
        outcome = asked(named, name, FOUR, waited=True)
        if isinstance(outcome, Ask):
            outcome = named.engine.receive_answer(outcome, answer(ttl=300), T)
        assert isinstance(outcome, Reply)
        message = dns.message.from_wire(named.engine.finish(outcome, named.packet(name), T))
        times = [record.ttl for section in (message.answer, message.authority) for record in section]
        assert times, name
        assert max(times) <= BRIEF, name
        assert message.payload == 1232
    # not what the network around it has, but the band of unknown devices: it may be the youngest child's
    assert isinstance(asked(named, BET, FOUR, waited=True), Reply)


def test_nothing_is_kept_ready_for_who_is_not_known(named: House) -> None:
    packet = named.packet(BET)
    for _ in range(4):
        reply = asked(named, BET, FOUR, waited=True)
        assert isinstance(reply, Reply)
        named.engine.finish(reply, packet, T)
    assert named.engine.replay(packet, FOUR, T) is None
    assert isinstance(asked(named, BET, FOUR), Hold)


def test_what_is_ready_for_unknown_devices_is_not_told_to_who_is_not_known_yet(named: House) -> None:
    packet = named.packet(BET)
    named.engine.meet(FOUR, STRANGER)
    named.engine.meet(SIX, STRANGER)
    for _ in range(3):
        named.listen(packet, SIX, T)
    assert named.engine.replay(packet, SIX, T)
    assert named.engine.replay(packet, LINK_LOCAL, T) is None
    assert isinstance(asked(named, BET, LINK_LOCAL), Hold)
    assert named.engine.replay(packet, LINK_LOCAL, T) is None


def test_an_address_that_goes_to_another_device_takes_none_of_its_replies_along(named: House) -> None:
    packet = named.packet(BET)
    named.engine.meet(SIX, PHONE)
    named.resolve(packet, SIX, answer(), T)
    for _ in range(3):
        named.listen(packet, SIX, T)
    assert named.engine.replay(packet, SIX, T)
    named.engine.meet(SIX, TABLET)
    assert named.engine.replay(packet, SIX, T) is None
    named.engine.part(SIX)
    assert isinstance(asked(named, BET, SIX), Hold)


def test_an_answer_on_its_way_is_judged_for_who_has_the_address_when_it_comes(named: House) -> None:
    named.engine.meet(SIX, PHONE)
    ask = asked(named, NEWS, SIX)
    assert isinstance(ask, Ask)
    named.engine.meet(SIX, TABLET)
    reply = named.engine.receive_answer(ask, answer(), T)
    assert reply.reason is Reason.NOT_ON_ALLOW_LIST


def test_an_answer_for_who_was_not_known_is_judged_anew_once_it_is(named: House) -> None:
    ask = asked(named, NEWS, SIX, waited=True)
    assert isinstance(ask, Ask)
    named.engine.forget(T + 30)
    named.engine.meet(SIX, TABLET)
    packet = named.packet(NEWS)
    for _ in range(3):
        named.engine.finish(named.engine.receive_answer(ask, answer(), T), packet, T)
    assert named.engine.receive_answer(ask, answer(), T).reason is Reason.NOT_ON_ALLOW_LIST
    kept = named.engine.replay(packet, SIX, T)
    assert kept is not None
    assert "192.0.2.1" not in dns.message.from_wire(kept).to_text()


def test_who_is_met_stays_known_under_new_rules(named: House) -> None:
    named.engine.meet(SIX, TABLET)
    named.engine.replace(named.engine.generation)
    assert isinstance(asked(named, NEWS, SIX), Reply)


def test_no_more_neighbours_are_known_than_the_bound(named: House) -> None:
    for number in range(MAX_NEIGHBOURS):
        named.engine.meet(f"fd00::1:{number:x}", STRANGER)
    assert not isinstance(asked(named, NEWS, "fd00::1:0"), Hold)
    named.engine.meet(SIX, TABLET)
    assert isinstance(asked(named, NEWS, "fd00::1:0"), Hold)
    assert isinstance(asked(named, NEWS, SIX), Reply)
