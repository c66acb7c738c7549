"""How one upstream is judged by its answers and its silence, over numbers."""

from __future__ import annotations

import random

import pytest

from guardian.resolver.health import LONGEST_SILENCE, MISSES, QUICKEST, SILENCE, SLOWEST, Health

T = 1000.0


def heard(seconds: float, times: int = 200) -> Health:
    health = Health()
    for _ in range(times):
        health.hear(seconds, T)
    return health


def test_one_that_was_never_asked_costs_nothing_so_that_it_is_tried() -> None:
    assert Health().cost == 0
    assert not Health().heard


def test_the_quicker_one_costs_less_and_a_useless_one_most() -> None:
    useless = Health()
    for _ in range(50):
        useless.hear(0.01, T, faulty=True)
    assert heard(0.02).cost < heard(0.2).cost < useless.cost


def test_a_single_useless_answer_is_soon_forgotten() -> None:
    health = heard(0.02)
    health.hear(0.02, T, faulty=True)
    for _ in range(50):
        health.hear(0.02, T)
    assert health.cost == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("seconds", [0.0001, 0.02, 0.2, 3.0, 60.0])
def test_patience_stays_within_its_bounds(seconds: float) -> None:
    assert QUICKEST <= heard(seconds).patience <= SLOWEST
    assert heard(seconds).cost <= 60


@pytest.mark.parametrize("spread", [0.3, 0.6, 1.0])
def test_about_one_answer_in_twenty_takes_longer_than_the_patience(spread: float) -> None:
    dice = random.Random(7)
    health = Health()
    late = 0
    for number in range(40_000):
        seconds = 0.1 * dice.lognormvariate(0, spread)
        late += number >= 5000 and seconds >= health.patience < SLOWEST
        health.hear(seconds, T)
    assert 0.03 < late / 35_000 < 0.08


def test_an_upstream_that_grows_slow_is_waited_for_longer_and_one_that_grows_quick_shorter() -> None:
    health = heard(0.02)
    for _ in range(20):
        health.hear(0.5, T)
    assert health.patience > 0.4
    for _ in range(400):
        health.hear(0.02, T)
    assert health.patience < 0.1


def test_it_is_down_after_three_misses_and_a_second_of_silence() -> None:
    health = heard(0.02)
    for number in range(1, MISSES + 1):
        assert not health.fall(T + 5)
        health.miss(0.1, T + number / 10)
    # the first of these was sent at T
    assert not health.fall(T + SILENCE - 0.01)
    assert health.fall(T + SILENCE)
    assert health.down
    assert not health.fall(T + 9), "it is told once"


def test_any_answer_between_begins_the_count_anew() -> None:
    health = heard(0.02)
    for number in range(20):
        health.miss(0.1, T + number)
        health.miss(0.1, T + number + 0.1)
        assert health.hear(0.2, T + number + 0.2, faulty=True)
        assert not health.fall(T + number + 0.9)
    assert not health.down


def test_a_slow_upstream_is_given_more_time_before_it_counts_as_down() -> None:
    health = heard(2.0)
    for number in range(10):
        health.miss(1.0, T + 1 + number / 10)
    assert not health.fall(T + LONGEST_SILENCE - 0.1)
    assert health.fall(T + LONGEST_SILENCE)


def test_an_answer_makes_it_well_and_what_its_silence_taught_is_forgotten() -> None:
    health = heard(0.02)
    for number in range(10):
        health.miss(1.0, T + number)
    assert health.fall(T + 10)
    assert health.hear(0.03, T + 11)
    assert not health.down
    assert health.cost == pytest.approx(0.03)


def test_one_that_misses_is_the_last_to_be_asked() -> None:
    health = heard(0.02)
    for _ in range(MISSES):
        health.miss(0.05, T + 1)
    assert health.doubted
    assert health.cost > heard(4.9).cost


def test_a_miss_is_odd_where_nothing_else_was_heard_of_late_and_several_in_a_row_always() -> None:
    health = heard(0.02)
    assert [health.miss(0.05, T + 0.1) for _ in range(MISSES)] == [False] * (MISSES - 1) + [True]
    health.hear(0.02, T + 0.1)
    assert health.miss(0.05, T + 0.5)
    assert Health().miss(0.4, T)
