"""A router that asks for everybody is told from one that asks for itself now and then."""

from __future__ import annotations

import pytest

from guardian.daemon.gateway_watch import GatewayWatch

LOOK = 30.0
"""Seconds from one look to the next."""


def looks(*seen: tuple[int, int]) -> list[bool]:
    """Give what is said after each look at (questions of gateways, questions of others)."""
    watch = GatewayWatch()
    return [
        watch.look(by_gateways=ours, by_others=others, now=LOOK * number) for number, (ours, others) in enumerate(seen)
    ]


def test_ten_minutes_of_the_gateway_alone_are_enough_and_not_a_look_less() -> None:
    assert looks(*[(5, 0)] * 21) == [False] * 20 + [True]


def test_it_takes_twenty_questions_in_these_ten_minutes() -> None:
    assert looks((19, 0), *[(0, 0)] * 19, (1, 0))[-1]
    assert not any(looks((19, 0), *[(0, 0)] * 40))


def test_a_router_that_asks_for_itself_all_night_is_none_that_asks_for_all() -> None:
    assert not any(looks(*[(1, 0), (0, 0), (0, 0)] * 400))


def test_once_found_it_holds_through_a_quiet_night() -> None:
    assert all(looks(*[(5, 0)] * 21, *[(1, 0), *[(0, 0)] * 9] * 100)[20:])


@pytest.mark.parametrize("when", [0, 10, 19])
def test_one_question_of_a_device_is_enough_for_no(when: int) -> None:
    seen = [(5, 0)] * 21
    seen[when] = (5, 1)
    assert not any(looks(*seen))


def test_a_device_that_asks_by_itself_ends_it_and_ten_minutes_begin_anew() -> None:
    told = looks(*[(5, 0)] * 21, (5, 1), *[(5, 0)] * 21)
    assert told == [False] * 20 + [True] + [False] * 21 + [True]


def test_a_quiet_hour_says_nothing() -> None:
    assert not any(looks(*[(0, 0)] * 120))
