"""Which addresses belong inside a house, against the ranges as `ipaddress` knows them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.wire.addresses import is_private

FOUR = [
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "255.255.255.255/32",
    )
]
SIX = [IPv6Network(one) for one in ("::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10", "64:ff9b:1::/48")]
WRAPPERS = [IPv6Network(one) for one in ("::ffff:0:0/96", "::/96", "64:ff9b::/96", "::ffff:0:0:0/96")]
HOMES: list[IPv4Network | IPv6Network] = [*FOUR, *SIX]
PUBLIC = {
    "0.0.0.0/8": ["1.0.0.0"],
    "10.0.0.0/8": ["9.255.255.255", "11.0.0.0"],
    "127.0.0.0/8": ["126.255.255.255", "128.0.0.0"],
    "169.254.0.0/16": ["169.253.255.255", "169.255.0.0"],
    "172.16.0.0/12": ["172.15.255.255", "172.32.0.0"],
    "192.168.0.0/16": ["192.167.255.255", "192.169.0.0"],
    "255.255.255.255/32": ["255.255.255.254"],
}
"""The neighbours of each range in IPv4."""
NEIGHBOURS = [
    *(IPv4Address(one) for neighbours in PUBLIC.values() for one in neighbours),
    *map(IPv6Address, ("fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe00::", "fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff")),
    *map(
        IPv6Address, ("ff00::", "64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", "64:ff9b::1:0:0", "::1:0:0:0", "::fffe:a00:1")
    ),
    *map(
        IPv6Address,
        ("2002:909:909::1", "2002:b00:1::1", "::1:a00:1", "2001:db8::a00:1", "a00::", "a00:1::", "7f00::1", "c0a8::1"),
    ),
]


def at_home(address: IPv4Address | IPv6Address) -> bool:
    """Say by `ipaddress` whether an address is of a house, wrapped or not."""
    if isinstance(address, IPv4Address):
        return any(address in net for net in FOUR)
    if address.sixtofour is not None:
        return at_home(address.sixtofour)
    wrapped = any(address in net for net in WRAPPERS) and at_home(IPv4Address(address.packed[12:]))
    return wrapped or any(address in net for net in SIX)


@pytest.mark.parametrize("home", HOMES, ids=str)
def test_the_first_and_the_last_address_of_a_range_belong_inside_a_house(home: IPv4Network | IPv6Network) -> None:
    assert is_private(home[0].packed)
    assert is_private(home[-1].packed)


@pytest.mark.parametrize("address", NEIGHBOURS, ids=str)
def test_the_neighbours_of_a_range_are_of_the_world(address: IPv4Address | IPv6Address) -> None:
    assert not is_private(address.packed)


@pytest.mark.parametrize("wrapper", WRAPPERS, ids=str)
@pytest.mark.parametrize("home", FOUR, ids=str)
def test_an_address_of_a_house_stays_one_when_ipv6_wraps_it(wrapper: IPv6Network, home: IPv4Network) -> None:
    prefix = wrapper[0].packed[:12]
    assert is_private(prefix + home[0].packed)
    assert is_private(prefix + home[-1].packed)
    assert [is_private(prefix + IPv4Address(one).packed) for one in PUBLIC[str(home)]] == [False] * len(
        PUBLIC[str(home)]
    )


def test_every_range_of_a_house_is_one_that_ipaddress_calls_private_too() -> None:
    elsewhere = (ip_network("fec0::/10"), ip_network("64:ff9b:1::/48"))
    assert all(one.is_private or one in elsewhere for one in HOMES)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.integers(0, 2**32 - 1).map(IPv4Address)
    | st.integers(0, 2**128 - 1).map(IPv6Address)
    | st.builds(
        lambda net, place: net[place % net.num_addresses], st.sampled_from([*HOMES, *WRAPPERS]), st.integers(0, 2**120)
    )
)
def test_an_address_is_of_a_house_where_ipaddress_finds_it_in_a_range(address: IPv4Address | IPv6Address) -> None:
    assert is_private(address.packed) is at_home(address)


@pytest.mark.parametrize(
    "octets", [b"", b"\x0a", b"\x0a\x00\x00", b"\x0a\x00\x00\x01\x00", bytes(12), bytes(15), bytes(17)]
)
def test_other_lengths_are_no_addresses(octets: bytes) -> None:
    assert not is_private(octets)
