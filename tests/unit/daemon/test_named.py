"""The family's devices and children, as the ways by which a question finds its rules."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from guardian.daemon.named import children_of, children_profile, named_of
from guardian.family.family import Family
from guardian.family.members import Child, Device
from guardian.model import Band

ERA = Child(3, "Era", Band.PRIMARY, None, None, None, "abcdefghijklmnop")
BEN = Child(12, "Ben", Band.TEEN, None, None, None, "bcdefghijklmnopq")


def device(number: int, hardware: str | None, network: str | None, *children: int, adults: bool = False) -> Device:
    return Device(number, f"device {number}", hardware, network, adults, children)


NAMED = named_of(
    Family(
        children=(ERA, BEN),
        devices=(
            device(1, "3c:22:fb:00:00:01", None, 3),
            device(2, "3c:22:fb:00:00:02", "192.168.1.20", 12, 3),
            device(3, None, "fd00:1::/96", 12),
            device(4, "3c:22:fb:00:00:04", None, adults=True),
            device(5, "3c:22:fb:00:00:05", None, 3, adults=True),
            device(6, "3c:22:fb:00:00:06", "192.168.1.21"),
        ),
    )
)


def test_each_device_has_the_profile_of_who_uses_it() -> None:
    assert NAMED.devices == {
        "3c:22:fb:00:00:01": "child:3",
        "3c:22:fb:00:00:02": "child:3+12",
        "3c:22:fb:00:00:04": "adult",
        "3c:22:fb:00:00:05": "child:3",
    }
    assert NAMED.networks == {ip_network("192.168.1.20"): "child:3+12", ip_network("fd00:1::/96"): "child:12"}


def test_a_device_of_nobody_is_not_named() -> None:
    assert "3c:22:fb:00:00:06" not in NAMED.devices
    assert ip_network("192.168.1.21") not in NAMED.networks


def test_each_child_has_its_label() -> None:
    assert NAMED.labels == {ERA.label: "child:3", BEN.label: "child:12"}


@pytest.mark.parametrize("children", [(3,), (3, 12), (1, 2, 3)])
def test_a_profile_tells_its_children(children: tuple[int, ...]) -> None:
    assert children_of(children_profile(children[::-1])) == children


@pytest.mark.parametrize("profile", ["adult", "6-9", "unknown"])
def test_other_profiles_are_no_childs(profile: str) -> None:
    assert children_of(profile) == ()
