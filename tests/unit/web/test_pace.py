"""How fast who needs no signing in may ask, on a clock of the test's own."""

from __future__ import annotations

from guardian.web.pace import BURST, BURST_HOURLY, Pace

HOUR = 3600


def test_one_who_asks_all_the_time_gets_so_many_at_once_and_then_as_many_as_come_back() -> None:
    pace = Pace(BURST, BURST_HOURLY)
    asked = [number / 1000 for number in range(60_000) if pace.take("this", number / 1000) == 0]
    assert BURST < len(asked) <= BURST + 60 * BURST_HOURLY / HOUR + 1
    assert pace.take("another", 60.0) == 0


def test_the_wait_that_is_told_is_the_one_that_helps() -> None:
    pace = Pace(1, 60)
    assert pace.take("this", 0.0) == 0
    assert pace.take("this", 0.0) == 60
    assert pace.take("this", 60.0) == 0


def test_who_came_first_is_forgotten_first_and_who_comes_again_is_not() -> None:
    pace = Pace(1, 1, max_places=2)
    for whose in ("first", "second", "first", "third"):
        pace.take(whose, 0.0)
    assert len(pace) == 2
    assert pace.take("first", 0.0) > 0
    assert pace.take("second", 0.0) == 0
