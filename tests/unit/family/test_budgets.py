"""Minutes that a child starts and stops itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.budgets import set_budget, start_budget, stop_budget
from guardian.family.children import add_child
from guardian.family.log import read_log
from guardian.family.reading import read_family
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

GAMES = "category:games"


@pytest.fixture
def ana(store: sqlite3.Connection, now: datetime) -> int:
    child = add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)
    set_budget(store, child, GAMES, 60, "Mira", now)
    return child


def after(now: datetime, minutes: float) -> datetime:
    return now + timedelta(minutes=minutes)


def test_minutes_run_while_the_child_lets_them(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    assert start_budget(store, ana, GAMES, now) == 3600
    (budget,) = read_family(store).budgets
    assert [budget.runs(after(now, minutes)) for minutes in (0, 59, 60)] == [True, True, False]
    assert stop_budget(store, ana, GAMES, after(now, 20)) == 2400
    assert start_budget(store, ana, GAMES, after(now, 100)) == 2400
    (budget,) = read_family(store).budgets
    assert budget.left(after(now, 110)) == 1800


def test_at_midnight_they_stop_and_all_are_back(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    evening = now.replace(hour=23, minute=50)
    start_budget(store, ana, GAMES, evening)
    (budget,) = read_family(store).budgets
    assert budget.runs(after(evening, 9))
    assert not budget.runs(after(evening, 10))
    assert budget.left(after(evening, 10)) == 3600


def test_used_up_they_can_not_be_started(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    start_budget(store, ana, GAMES, now)
    with pytest.raises(DecisionError, match="no minutes are left"):
        start_budget(store, ana, GAMES, after(now, 60))


def test_starting_twice_gives_no_more(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    start_budget(store, ana, GAMES, now)
    assert start_budget(store, ana, GAMES, after(now, 30)) == 1800


def test_a_clock_that_is_put_back_gives_no_more(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    start_budget(store, ana, GAMES, now)
    stop_budget(store, ana, GAMES, after(now, 30))
    start_budget(store, ana, GAMES, after(now, 30))
    assert stop_budget(store, ana, GAMES, after(now, -120)) == 1800


@pytest.mark.parametrize(("minutes", "left"), [(90, 70), (30, 10), (10, 0)])
def test_another_limit_keeps_what_was_used(
    store: sqlite3.Connection, now: datetime, ana: int, minutes: int, left: int
) -> None:
    start_budget(store, ana, GAMES, now)
    set_budget(store, ana, GAMES, minutes, "Mira", now)
    (running,) = read_family(store).budgets
    assert running.left(after(now, 20)) == 60 * left
    set_budget(store, ana, GAMES, 60, "Mira", now)
    stop_budget(store, ana, GAMES, after(now, 20))
    set_budget(store, ana, GAMES, minutes, "Mira", after(now, 30))
    (stopped,) = read_family(store).budgets
    assert stopped.left(after(now, 40)) == 60 * left
    assert not stopped.runs(after(now, 40))


def test_a_parent_gives_more_minutes_when_they_are_used_up(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    start_budget(store, ana, GAMES, now)
    set_budget(store, ana, GAMES, 75, "Mira", after(now, 100))
    (budget,) = read_family(store).budgets
    assert budget.left(after(now, 100)) == 15 * 60
    assert not budget.runs(after(now, 100))


def test_the_log_has_the_limit_and_never_the_use(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    before = read_log(store)
    start_budget(store, ana, GAMES, now)
    stop_budget(store, ana, GAMES, after(now, 5))
    assert read_log(store) == before
    assert (before[0].what.value, before[0].detail) == ("budget set", "category:games 60")


@pytest.mark.parametrize("minutes", [4, 1441, 0, -5])
def test_a_day_has_five_minutes_to_1440(store: sqlite3.Connection, now: datetime, ana: int, minutes: int) -> None:
    with pytest.raises(DecisionError, match="5 to 1440"):
        set_budget(store, ana, GAMES, minutes, "Mira", now)


def test_a_budget_that_was_taken_away_can_not_be_started(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    set_budget(store, ana, GAMES, None, "Mira", now)
    with pytest.raises(DecisionError, match="no such budget"):
        start_budget(store, ana, GAMES, now)
