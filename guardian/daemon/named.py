"""Give whom a family has named, each with the profile whose rules it has.

Law 1: a device of nobody is left out: it is an unknown one, whoever had it before.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from guardian.engine.household import Named
from guardian.model import Band

if TYPE_CHECKING:
    from collections.abc import Collection

    from guardian.family.family import Family
    from guardian.family.members import Device


def children_profile(children: Collection[int]) -> str:
    """Give the profile of a device that these children use, `child:3+5`."""
    return "child:" + "+".join(map(str, sorted(set(children))))


def children_of(profile: str) -> tuple[int, ...]:
    """Give the children whose profile this is; none for any other."""
    kind, _, numbers = profile.partition(":")
    return tuple(map(int, numbers.split("+"))) if kind == "child" else ()


def named_of(family: Family) -> Named:
    """Give the devices of a family by address and by hardware address, and the labels of its children."""
    known = [(one, _profile(one)) for one in family.devices if one.is_adults or one.children]
    return Named(
        networks={ip_network(one.network): profile for one, profile in known if one.network is not None},
        devices={one.hardware: profile for one, profile in known if one.hardware is not None},
        labels={child.label: children_profile([child.id]) for child in family.children},
    )


def _profile(device: Device) -> str:
    # an adult's device that a child uses, too, is the child's
    return children_profile(device.children) if device.children else Band.ADULT.value
