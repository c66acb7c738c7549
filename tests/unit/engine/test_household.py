"""Who asks: an address, then the hardware address, then the longest prefix names the device; a stranger is nobody's."""

from __future__ import annotations

from ipaddress import ip_address, ip_interface, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.engine.household import UNKNOWN, Household, Named
from guardian.engine.prefixes import Prefixes

TABLET, STRANGER = "3c:22:fb:10:20:30", "66:00:00:00:00:09"
HOUSE = Household(
    inside=[ip_network("192.168.1.0/24"), ip_network("fd00:1::/64"), ip_network("fe80::/10")],
    operator=Named(
        networks={
            ip_network("192.168.1.0/28"): "13-15",
            ip_network("192.168.1.5/32"): "0-5",
            ip_network("192.168.1.4/30"): "6-9",
            ip_network("fd00:1::5/128"): "0-5",
            ip_network("fd00:1::/96"): "16-17",
        },
        devices={TABLET: "10-12"},
    ),
    wires=[ip_interface("192.168.1.2/24"), ip_interface("fd00:1::2/64")],
)


@pytest.mark.parametrize(
    ("client", "profile"),
    [
        ("192.168.1.5", "0-5"),
        ("192.168.1.4", "6-9"),
        ("192.168.1.7", "6-9"),
        ("192.168.1.8", "13-15"),
        ("192.168.1.16", UNKNOWN),
        ("192.168.1.255", UNKNOWN),
        ("fd00:1::5", "0-5"),
        ("fd00:1::6", "16-17"),
        ("fd00:1:0:0:1::", UNKNOWN),
        ("fe80::1%eth0", UNKNOWN),
        ("fe80::1", UNKNOWN),
        ("192.168.2.5", None),
        ("fd00:2::5", None),
        ("203.0.113.9", None),
        ("::", None),
    ],
)
def test_each_address_has_its_profile(client: str, profile: str | None) -> None:
    assert HOUSE.profile_of(client) == profile
    assert HOUSE.profile_of(client, STRANGER) == profile


@pytest.mark.parametrize(
    ("client", "profile"),
    [
        ("192.168.1.5", "0-5"),
        ("fd00:1::5", "0-5"),
        ("192.168.1.4", "10-12"),
        ("192.168.1.200", "10-12"),
        ("fe80::9", "10-12"),
        ("2001:db8::9", "10-12"),
    ],
)
def test_an_address_wins_over_a_hardware_address_and_that_over_a_network(client: str, profile: str) -> None:
    assert HOUSE.profile_of(client, TABLET) == profile


@pytest.mark.parametrize(
    ("client", "waits"),
    [
        ("192.168.1.4", True),
        ("192.168.1.200", True),
        ("fd00:1::77", True),
        ("192.168.1.5", False),
        ("fd00:1::5", False),
        ("192.168.1.2", False),
        ("fd00:1::2", False),
        ("fe80::9", False),
        ("192.168.7.4", False),
    ],
)
def test_only_a_device_of_a_wire_is_waited_for(client: str, *, waits: bool) -> None:
    assert HOUSE.waits_for(client) is waits


LAPTOP, CONSOLE = "3c:22:fb:00:00:02", "3c:22:fb:00:00:03"
LABEL = "qwertyuiopasdfgh"
SHARED = Household(
    inside=[ip_network("192.168.1.0/24")],
    operator=Named(
        networks={
            ip_network("192.168.1.20/32"): "adult",
            ip_network("192.168.1.21/32"): "adult",
            ip_network("192.168.1.128/26"): "16-17",
            ip_network("192.168.1.192/27"): "16-17",
        },
        devices={TABLET: "adult", CONSOLE: "13-15"},
    ),
    family=Named(
        networks={
            ip_network("192.168.1.21/32"): "child:1",
            ip_network("192.168.1.128/26"): "child:2",
            ip_network("192.168.1.192/26"): "child:2",
        },
        devices={TABLET: "child:3", LAPTOP: "adult"},
        labels={LABEL: "child:4"},
    ),
    wires=[ip_interface("192.168.1.2/24")],
    routers=["192.168.1.1"],
)
"""A house where the operator and the family have both named devices."""


@pytest.mark.parametrize(
    ("client", "hardware", "profile"),
    [
        pytest.param("192.168.1.20", "", "adult", id="only the operator names the address"),
        pytest.param("192.168.1.20", TABLET, "child:3", id="the family's device at the operator's address"),
        pytest.param("192.168.1.21", TABLET, "child:1", id="the family's address before the family's device"),
        pytest.param("192.168.1.21", CONSOLE, "child:1", id="the family's address before the operator's device"),
        pytest.param("192.168.1.9", TABLET, "child:3", id="both name the device"),
        pytest.param("192.168.1.9", CONSOLE, "13-15", id="only the operator names the device"),
        pytest.param("192.168.1.130", CONSOLE, "13-15", id="a device before the family's network"),
        pytest.param("192.168.1.130", STRANGER, "child:2", id="both name the network"),
        pytest.param("192.168.1.200", STRANGER, "16-17", id="the operator's network is the narrower one"),
        pytest.param("192.168.1.9", STRANGER, UNKNOWN, id="nobody names it"),
    ],
)
def test_the_familys_word_for_a_device_comes_before_the_operators(client: str, hardware: str, profile: str) -> None:
    assert SHARED.profile_of(client, hardware) == profile


def test_a_device_that_both_have_named_counts_once() -> None:
    assert (SHARED.named, HOUSE.named) == (5 + 3, 5 + 1)


@pytest.mark.parametrize(("client", "waits"), [("192.168.1.20", True), ("192.168.1.21", False), ("192.168.1.9", True)])
def test_who_may_be_a_device_of_the_family_is_waited_for(client: str, *, waits: bool) -> None:
    assert SHARED.waits_for(client) is waits


@pytest.mark.parametrize(
    ("stated", "client", "profile"),
    [
        pytest.param(LABEL, "192.168.1.9", "child:4", id="a label"),
        pytest.param(LABEL, "192.168.1.21", "child:4", id="a label at a named address"),
        pytest.param("aaaaaaaaaaaaaaaa", "192.168.1.9", None, id="a label that nobody has"),
        pytest.param(TABLET, "192.168.1.1", "child:3", id="a device behind the router"),
        pytest.param(CONSOLE, "192.168.1.1", "13-15", id="the operator's device behind the router"),
        pytest.param(STRANGER, "192.168.1.1", UNKNOWN, id="a new device behind the router"),
        pytest.param(TABLET, "192.168.1.9", None, id="a device that poses as a router"),
        pytest.param("aaaaaaaaaaaaaaaa", "192.168.1.1", None, id="a router with a label that nobody has"),
    ],
)
def test_what_is_stated_counts_from_who_may_state_it(stated: str, client: str, profile: str | None) -> None:
    assert SHARED.profile_stated(stated, client) == profile


@pytest.mark.parametrize(("hardware", "named"), [(TABLET, True), (LAPTOP, True), (CONSOLE, True), (STRANGER, False)])
def test_a_device_that_somebody_named_is_no_newcomer(hardware: str, *, named: bool) -> None:
    assert SHARED.names(hardware) is named


NETWORKS = st.lists(st.tuples(st.integers(0, 255), st.integers(24, 32)), max_size=12)


@given(NETWORKS, st.integers(0, 255))
def test_the_longest_prefix_is_found_among_any(networks: list[tuple[int, int]], last: int) -> None:
    named = [ip_network(f"192.168.1.{octet}/{length}", strict=False) for octet, length in networks]
    address = ip_address(f"192.168.1.{last}")
    holding = [one for one in named if address in one]
    found = Prefixes((one, str(one)) for one in named).find(address)
    if not holding:
        assert found is None
    else:
        longest = max(holding, key=lambda one: one.prefixlen)
        assert found == (str(longest), longest.prefixlen == 32)


ADDRESSES = [ip_network(f"192.168.1.{octet}") for octet in (8, 9, 10, 16)]
WIDER = [ip_network(text) for text in ("192.168.1.0/28", "192.168.1.8/30", "192.168.1.8/31", "192.168.1.0/24")]
HARDWARE = [TABLET, LAPTOP, CONSOLE]
WHOSE = st.builds(
    Named,
    networks=st.dictionaries(st.sampled_from(ADDRESSES + WIDER), st.sampled_from(["a", "b", "c"])),
    devices=st.dictionaries(st.sampled_from(HARDWARE), st.sampled_from(["d", "e", "f"])),
)


def by_the_book(operator: Named, family: Named, address: str, hardware: str) -> str | None:
    """Say whose rules hold, step by step as the laws are written."""
    alone = ip_network(address)
    for named in (family, operator):
        if alone in named.networks:
            return named.networks[alone]
        if hardware in named.devices:
            return named.devices[hardware]
    both = {**operator.networks, **family.networks}
    holding = [one for one in both if ip_address(address) in one]
    return both[max(holding, key=lambda one: one.prefixlen)] if holding else None


@given(WHOSE, WHOSE, st.sampled_from([8, 9, 10, 16, 77]), st.sampled_from([*HARDWARE, STRANGER, ""]))
def test_whatever_both_have_named_the_laws_hold(operator: Named, family: Named, octet: int, hardware: str) -> None:
    house = Household(inside=[], operator=operator, family=family)
    address = f"192.168.1.{octet}"
    assert house.profile_of(address, hardware) == by_the_book(operator, family, address, hardware)
