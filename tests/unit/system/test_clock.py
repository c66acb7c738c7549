"""When this machine's clock is believed."""

from __future__ import annotations

import time

import pytest

from guardian.system import clock
from guardian.system.clock import SETTLING_SECONDS, clock_is_known

FLOOR = 1_795_000_000.0


@pytest.mark.parametrize(
    ("synchronised", "up", "now", "known"),
    [
        (True, 5.0, FLOOR + 1, True),
        (True, 5.0, FLOOR - 86_400, True),
        (False, 5.0, FLOOR + 1, False),
        (False, SETTLING_SECONDS, FLOOR + 1, True),
        (False, SETTLING_SECONDS, FLOOR - 1, False),
    ],
)
def test_a_clock_is_believed_once_it_is_put_right_or_had_time_to_be(
    monkeypatch: pytest.MonkeyPatch, *, synchronised: bool, up: float, now: float, known: bool
) -> None:
    monkeypatch.setattr(clock, "is_synchronised", lambda: synchronised)
    monkeypatch.setattr(time, "clock_gettime", lambda _: up)
    assert clock_is_known(now, FLOOR) is known


def test_asking_the_kernel_changes_nothing_and_gives_a_plain_answer() -> None:
    assert clock.is_synchronised() in {True, False}
