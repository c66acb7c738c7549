"""What systemd is told, and by whose leave."""

from __future__ import annotations

import os

import pytest

from guardian.system.notify import Notify


@pytest.mark.parametrize(
    ("environment", "watchdog"),
    [
        ({}, 0.0),
        ({"WATCHDOG_USEC": "30000000"}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": str(os.getpid())}, 30.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0.0),
        ({"WATCHDOG_USEC": "0"}, 0.0),
        ({"WATCHDOG_USEC": "soon"}, 0.0),
        ({"WATCHDOG_USEC": "-5"}, 0.0),
    ],
)
def test_the_watchdog_is_ours_where_the_environment_says_so(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], watchdog: float
) -> None:
    for name in ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Notify.from_environment() == Notify("", watchdog)


@pytest.mark.parametrize(
    "address", ["", "vsock:2:1234", "relative", "/nowhere/at/all", "@nobody-listens-here", "@" + "x" * 200]
)
def test_a_manager_that_is_not_there_is_no_fault(address: str) -> None:
    Notify(address).ready("answering")
    Notify(address).alive()
