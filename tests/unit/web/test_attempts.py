"""How often a password may be guessed (R24), on a clock of the test's own."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Address, IPv6Address

from guardian.web.attempts import EACH, EACH_HOURLY, OVERALL, OVERALL_HOURLY, Attempts
from guardian.web.pace import MAX_PLACES

HOUR = 3600
MOST = 20
"""Wrong tries that may be checked in an hour."""
THIEF, PARENT = IPv4Address("192.168.1.66"), IPv4Address("192.168.1.10")


def most_in_an_hour(moments: list[float]) -> int:
    return max((sum(start <= one < start + HOUR for one in moments) for start in moments), default=0)


def test_ten_thousand_guesses_from_one_address_are_few_that_count() -> None:
    attempts = Attempts(0.0)
    checked = [now for now in (number * 1.5 for number in range(10_000)) if attempts.take(THIEF, now) == 0]
    assert len(checked) > EACH
    assert most_in_an_hour(checked) <= EACH + EACH_HOURLY <= MOST


def test_ten_thousand_guesses_from_as_many_addresses_are_no_more_than_overall() -> None:
    attempts = Attempts(0.0)
    addresses = [IPv4Address(0x0A000000 + number) for number in range(10_000)]
    checked = [number * 0.7 for number, one in enumerate(addresses) if attempts.take(one, number * 0.7) == 0]
    assert most_in_an_hour(checked) <= OVERALL + OVERALL_HOURLY == MOST


def test_the_addresses_of_one_ipv6_network_are_one() -> None:
    attempts = Attempts(0.0)
    taken = [attempts.take(IPv6Address(0xFD00 << 112 | number), 0.0) for number in range(100)]
    assert taken.count(0) == EACH


def test_a_parent_elsewhere_is_not_kept_out_by_who_guesses_from_one_address() -> None:
    attempts = Attempts(0.0)
    for number in range(1000):
        attempts.take(THIEF, number * 1.0)
    assert attempts.take(PARENT, 1000.0) == 0


def test_a_parent_who_signed_in_here_before_is_not_kept_out_by_who_guesses_from_everywhere() -> None:
    attempts = Attempts(0.0)
    attempts.take(PARENT, 0.0)
    attempts.succeed(PARENT, 0.0)
    for number in range(5000):
        attempts.take(IPv4Address(0x0A000000 + number), number * 1.0)
    assert attempts.take(IPv4Address("192.168.1.11"), 5000.0) > 0
    assert attempts.take(PARENT, 5000.0) == 0


def test_a_parent_who_signed_in_here_before_is_not_kept_out_by_a_child_in_the_same_ipv6_network() -> None:
    attempts = Attempts(0.0)
    parent, child = IPv6Address("fd00::10"), IPv6Address("fd00::66")
    attempts.take(parent, 0.0)
    attempts.succeed(parent, 0.0)
    while attempts.take(child, 1.0) == 0:
        pass
    assert attempts.take(parent, 2.0) == 0
    assert attempts.take(IPv6Address("fd00::67"), 2.0) > 0


def test_signing_in_rightly_costs_nothing_and_forgives_nothing() -> None:
    attempts = Attempts(0.0)
    for _ in range(100):
        assert attempts.take(PARENT, 0.0) == 0
        attempts.succeed(PARENT, 0.0)
    assert [attempts.take(PARENT, 0.0) for _ in range(EACH)] == [0] * EACH
    assert attempts.take(PARENT, 0.0) > 0


def test_the_wait_that_is_told_is_the_one_that_helps() -> None:
    attempts = Attempts(0.0)
    for _ in range(EACH):
        attempts.take(THIEF, 0.0)
    wait = attempts.take(THIEF, 0.0)
    assert wait == HOUR / EACH_HOURLY
    assert attempts.take(THIEF, wait - 1.0) > 0
    assert attempts.take(THIEF, float(wait)) == 0


def test_what_is_remembered_of_addresses_is_bounded() -> None:
    attempts = Attempts(0.0)
    for number, now in zip(range(3 * MAX_PLACES), itertools.count(), strict=False):
        address = IPv4Address(0x0A000000 + number)
        attempts.take(address, float(now))
        attempts.succeed(address, float(now))
    assert len(attempts._each) <= MAX_PLACES
    assert len(attempts._known) <= MAX_PLACES
