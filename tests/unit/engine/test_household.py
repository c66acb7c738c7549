"""Who asks: the longest prefix names the device, and a stranger is nobody's."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from guardian.engine.household import UNKNOWN, Household

HOUSE = Household(
    inside=[ip_network("192.168.1.0/24"), ip_network("fd00:1::/64"), ip_network("fe80::/10")],
    profiles={
        ip_network("192.168.1.0/28"): "13-15",
        ip_network("192.168.1.5/32"): "0-5",
        ip_network("192.168.1.4/30"): "6-9",
        ip_network("fd00:1::5/128"): "0-5",
        ip_network("fd00:1::/96"): "16-17",
    },
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
