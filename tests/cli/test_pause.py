"""For how long filtering pauses: minutes, or until the clock shows a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from guardian.cli.pause_command import minutes_until
from guardian.cli.when import read_clock
from guardian.errors import DecisionError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

EVENING = datetime(2026, 11, 24, 21, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"), [("21:30", 30), ("22:00", 60), ("07:00", 600), ("21:00", 1440), ("0:00", 180)]
)
def test_the_next_time_that_the_clock_shows_it_is_meant(text: str, minutes: int) -> None:
    assert minutes_until(read_clock(text), EVENING) == minutes


def test_what_is_too_soon_is_refused() -> None:
    with pytest.raises(DecisionError, match="21:03 is in less than 5 minutes"):
        minutes_until(read_clock("21:03"), EVENING)


@pytest.mark.parametrize("text", ["25:00", "soon", "7"])
def test_what_is_no_time_is_a_wrong_use(guardian: Callable[..., Done], text: str) -> None:
    done = guardian("pause", "--until", text)
    assert done.code == 2
    assert "is no time of day; write 21:30" in done.err


@pytest.mark.parametrize("minutes", ["4", "1441", "-5", "ever", "15.5"])
def test_too_short_too_long_or_no_number_is_a_wrong_use(guardian: Callable[..., Done], minutes: str) -> None:
    done = guardian("pause", minutes)
    assert done.code == 2
    assert done.err.startswith("usage: guardian pause")


def test_minutes_and_a_time_do_not_go_together(guardian: Callable[..., Done]) -> None:
    assert guardian("pause", "15", "--until", "23:59").code == 2
