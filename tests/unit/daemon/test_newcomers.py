"""Who is on the wire and in nobody's list, for parents to name; and whose an address is, for that device's own page."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, cast

import pytest

from guardian.control.lines import MAX_LINE
from guardian.control.messages import AskerFound, Newcomer, NewcomersFound, write_answer
from guardian.daemon.newcomers import MAX_ADDRESSES, MAX_NEWCOMERS, newcomers_now, who_asks
from guardian.engine.household import Household, Named
from guardian.errors import WireError

if TYPE_CHECKING:
    from guardian.engine.engine import Engine

TABLET, PHONE, GUEST, ROUTER = "3c:22:fb:10:20:30", "3c:22:fb:00:00:02", "8e:00:00:00:00:03", "3c:22:fb:00:00:fe"
HOUSE = Household(
    inside=[ip_network("192.168.1.0/24"), ip_network("fd00::/64"), ip_network("fe80::/10")],
    operator=Named({ip_network("192.168.1.9/32"): "adult", ip_network("192.168.1.64/26"): "adult"}),
    family=Named({ip_network("192.168.1.128/26"): "child:3"}, {TABLET: "child:3+5"}),
)


@dataclass
class Generation:
    household: Household = HOUSE


@dataclass
class PaperEngine:
    """What an engine knows of who is around."""

    known: dict[str, str] = field(default_factory=dict)
    routed: tuple[str, ...] = ()
    generation: Generation = field(default_factory=Generation)

    def neighbours(self) -> dict[str, str]:
        return self.known

    def strangers(self) -> tuple[str, ...]:
        return self.routed

    def profile_of(self, client: str) -> str | None:
        return self.generation.household.profile_of(client, self.known.get(client, ""))


def found(engine: PaperEngine, called: dict[str, str] | None = None) -> tuple[Newcomer, ...]:
    return newcomers_now(cast("Engine", engine), called or {}, {"192.168.1.1", "fe80::1"}).devices


def test_a_device_in_nobodys_list_is_told_with_its_addresses_and_its_own_word() -> None:
    engine = PaperEngine({"fe80::7": GUEST, "fd00::7": GUEST, "192.168.1.7": GUEST, "192.168.1.8": PHONE})
    assert found(engine, {"192.168.1.7": "ana-s-phone", "192.168.1.99": "gone"}) == (
        Newcomer(PHONE, ("192.168.1.8",), "", changing=False),
        Newcomer(GUEST, ("192.168.1.7", "fd00::7", "fe80::7"), "ana-s-phone", changing=True),
    )


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"192.168.1.7": TABLET, "fd00::7": TABLET}, id="named by its hardware address"),
        pytest.param({"192.168.1.9": PHONE, "fd00::9": PHONE}, id="named by one of its addresses"),
        pytest.param({"192.168.1.1": ROUTER, "fe80::1": ROUTER, "fd00::1": ROUTER}, id="the gateway"),
        pytest.param({"203.0.113.7": PHONE}, id="outside of this house"),
        pytest.param({"192.168.1.130": PHONE, "fd00::9": PHONE}, id="in a network of the family's"),
        pytest.param({}, id="nobody"),
    ],
)
def test_who_needs_no_name_is_no_newcomer(known: dict[str, str]) -> None:
    assert found(PaperEngine(known)) == ()


def test_a_device_that_changed_its_hardware_address_is_a_newcomer_again() -> None:
    engine = PaperEngine({"192.168.1.7": TABLET})
    assert found(engine) == ()
    engine.known["192.168.1.7"] = GUEST
    assert [one.hardware for one in found(engine)] == [GUEST]


def test_a_device_that_only_a_network_of_the_operators_covers_is_a_newcomer() -> None:
    assert [one.hardware for one in found(PaperEngine({"192.168.1.70": GUEST}))] == [GUEST]


def test_a_device_that_went_is_not_told_of() -> None:
    engine = PaperEngine({"192.168.1.7": GUEST})
    assert found(engine)
    del engine.known["192.168.1.7"]
    assert found(engine) == ()


def test_who_asks_through_a_trusted_router_is_a_newcomer_without_an_address() -> None:
    assert found(PaperEngine(routed=(GUEST,))) == (Newcomer(GUEST, (), "", changing=True),)


def test_no_more_are_told_than_the_bounds() -> None:
    crowd = {f"fd00::{number:x}": f"8e:00:00:00:{number >> 8:02x}:{number & 0xFF:02x}" for number in range(200)}
    assert len(found(PaperEngine(crowd))) == MAX_NEWCOMERS
    addresses = {f"fd00::{number:x}": GUEST for number in range(20)}
    assert len(found(PaperEngine(addresses))[0].addresses) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("192.168.1.7", AskerFound(TABLET, "child:3+5", (3, 5))),
        ("192.168.1.8", AskerFound(GUEST, "unknown", ())),
        ("192.168.1.9", AskerFound("", "adult", ())),
        ("203.0.113.7", AskerFound("", None, ())),
    ],
)
def test_a_page_learns_whose_device_asks_for_it(address: str, told: AskerFound) -> None:
    engine = PaperEngine({"192.168.1.7": TABLET, "192.168.1.8": GUEST})
    assert who_asks(cast("Engine", engine), address) == told


def test_a_gateway_claims_nothing_for_it_would_take_everybody_along() -> None:
    engine = PaperEngine({"192.168.1.1": ROUTER, "fd00::1": ROUTER, "192.168.1.7": TABLET})
    for address in ("192.168.1.1", "fd00::1"):
        assert who_asks(cast("Engine", engine), address, ["192.168.1.1"]) == AskerFound("", "unknown", ())
    assert who_asks(cast("Engine", engine), "192.168.1.7", ["192.168.1.1"]).hardware == TABLET


def test_what_is_no_address_asks_for_nothing() -> None:
    with pytest.raises(WireError):
        who_asks(cast("Engine", PaperEngine()), "ana-s-phone")


def test_as_many_as_are_told_fit_a_line() -> None:
    address = "2001:db8:1234:5678:9abc:def0:1234:5678"
    one = Newcomer(GUEST, (address,) * MAX_ADDRESSES, "a" * 63, changing=True)
    assert len(write_answer(NewcomersFound((one,) * MAX_NEWCOMERS))) < MAX_LINE
