"""Which device has which address: the kernel's table of neighbours, followed as it changes."""

from __future__ import annotations

import pytest

from guardian.system.neighbours import Change, Neighbours, neighbour_table
from guardian.system.netlink import messages
from tests.unit.system import rtnetlink
from tests.unit.system.rtnetlink import neighbour

TABLET, PHONE = "3c:22:fb:10:20:30", "02:aa:00:00:00:01"


def taken(table: Neighbours, *said: bytes) -> list[Change]:
    return table.take(messages(b"".join(said))[0])


def replaced(table: Neighbours, *said: bytes) -> list[Change]:
    return table.replace(messages(b"".join(said))[0])


@pytest.mark.parametrize("address", ["192.168.1.20", "fd00::20", "2001:db8::20"])
@pytest.mark.parametrize(
    "state", [rtnetlink.REACHABLE, rtnetlink.STALE, rtnetlink.DELAY, rtnetlink.PROBE, rtnetlink.PERMANENT]
)
def test_a_device_that_has_answered_is_known(address: str, state: int) -> None:
    assert taken(Neighbours(), neighbour(address, TABLET, state)) == [Change(address, TABLET)]


def test_a_device_that_is_met_on_two_links_is_known_while_it_is_on_one() -> None:
    table = Neighbours()
    assert taken(table, neighbour("fe80::20", TABLET)) == [Change("fe80::20", TABLET)]
    assert taken(table, neighbour("fe80::20", TABLET, index=2)) == []
    assert taken(table, neighbour("fe80::20", TABLET, kind=29)) == []
    assert taken(table, neighbour("fe80::20", TABLET, kind=29, index=2)) == [Change("fe80::20", "")]


def test_of_two_devices_with_one_address_on_two_links_the_one_heard_last_has_it() -> None:
    table = Neighbours()
    taken(table, neighbour("192.168.1.20", TABLET))
    assert taken(table, neighbour("192.168.1.20", PHONE, index=2)) == [Change("192.168.1.20", PHONE)]
    assert taken(table, neighbour("192.168.1.20", PHONE, kind=29, index=2)) == [Change("192.168.1.20", TABLET)]


@pytest.mark.parametrize(
    "said",
    [
        neighbour("192.168.1.20", "", rtnetlink.INCOMPLETE),
        neighbour("192.168.1.20", "", rtnetlink.FAILED),
        neighbour("192.168.1.20", TABLET, rtnetlink.FAILED),
        neighbour("224.0.0.251", "01:00:5e:00:00:fb", rtnetlink.NOARP),
        neighbour("127.0.0.1", "00:00:00:00:00:00", rtnetlink.PERMANENT),
        # a tunnel's "hardware address" is an IPv4 address, InfiniBand's has twenty octets
        neighbour("192.168.1.20", "0a:00:00:01"),
        # a bridge's own table is told in the same group
        neighbour("192.168.1.20", TABLET, family=7),
        rtnetlink.message(28, b"short"),
        rtnetlink.address("192.168.1.20", 24),
    ],
)
def test_what_is_no_device_that_answered_is_nobody(said: bytes) -> None:
    assert taken(Neighbours(), said) == []


def test_only_what_changes_is_told() -> None:
    table = Neighbours()
    first = neighbour("fd00::1", TABLET), neighbour("fd00::2", PHONE)
    assert len(taken(table, *first)) == 2
    assert taken(table, *first, neighbour("fd00::1", TABLET, rtnetlink.STALE)) == []
    assert taken(table, neighbour("fd00::1", PHONE)) == [Change("fd00::1", PHONE)]


@pytest.mark.parametrize(
    "gone",
    [
        neighbour("fd00::1", TABLET, kind=29),
        neighbour("fd00::1", "", rtnetlink.FAILED),
        neighbour("fd00::1", "", rtnetlink.INCOMPLETE),
    ],
)
def test_an_address_that_the_kernel_lets_go_or_looks_for_is_known_no_more(gone: bytes) -> None:
    table = Neighbours()
    taken(table, neighbour("fd00::1", TABLET))
    assert taken(table, gone) == [Change("fd00::1", "")]
    assert taken(table, gone) == []


def test_a_whole_table_takes_the_place_of_what_was_known() -> None:
    table = Neighbours()
    taken(table, neighbour("fd00::1", TABLET), neighbour("fd00::2", TABLET), neighbour("fd00::3", TABLET))
    told = replaced(table, neighbour("fd00::2", TABLET), neighbour("fd00::3", PHONE), neighbour("fd00::4", PHONE))
    assert told == [Change("fd00::3", PHONE), Change("fd00::4", PHONE), Change("fd00::1", "")]
    assert taken(table, neighbour("fd00::4", PHONE)) == []


def test_a_table_that_is_full_lets_the_one_known_longest_go() -> None:
    table = Neighbours(max_entries=2)
    told = taken(table, *(neighbour(f"fd00::{number}", TABLET) for number in (1, 2, 3)))
    assert told[-2:] == [Change("fd00::1", ""), Change("fd00::3", TABLET)]


def test_the_kernel_of_this_machine_has_a_table() -> None:
    for change in Neighbours().replace(neighbour_table()):
        assert change.hardware.count(":") == 5
