"""Through whom this machine reaches the world."""

from __future__ import annotations

import pytest

from guardian.system.gateways import changes_default, read_gateways
from guardian.system.netlink import messages
from tests.unit.system.rtnetlink import address, route


def gateways(*said: bytes) -> list[str]:
    return list(read_gateways(messages(b"".join(said))[0]))


def test_the_gateway_of_each_default_route_is_told_and_no_other() -> None:
    said = route("192.168.1.1"), route("fd00::1"), route("fe80::1"), route("192.168.1.7", length=24)
    assert gateways(*said) == ["192.168.1.1", "fd00::1", "fe80::1"]


def test_a_default_route_with_several_ways_has_several_gateways() -> None:
    assert gateways(route("", hops=("192.168.1.1", "192.168.1.2"))) == ["192.168.1.1", "192.168.1.2"]


@pytest.mark.parametrize(
    ("said", "matters"),
    [
        (route("192.168.1.1"), True),
        (route("fd00::1", kind=25), True),
        (route("192.168.1.7", length=24), False),
        (address("192.168.1.2", 24), False),
    ],
)
def test_a_change_of_the_default_route_is_told_from_others(said: bytes, *, matters: bool) -> None:
    (message,), _ = messages(said)
    assert changes_default(message) is matters
