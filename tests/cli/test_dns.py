"""What `guardian dns` refuses to start with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.cli import dns_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


@pytest.fixture(autouse=True)
def _limits_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave this process as it is."""
    monkeypatch.setattr(dns_command, "_set_limits", lambda: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_it_never_asks_itself(guardian: Callable[..., Done]) -> None:
    done = guardian("dns", "--listen", "192.168.1.1:53")
    assert (done.code, done.out) == (78, "")
    assert done.err.startswith("guardian.yaml:5:11: upstreams[0].url: 192.168.1.1:53 is where guardian itself listens")


def test_the_option_is_blamed_where_it_names_guardian_itself(guardian: Callable[..., Done]) -> None:
    done = guardian("dns", "--upstream", "udp://127.0.0.1:1053")
    assert done.code == 78
    assert done.err.startswith("--upstream: 127.0.0.1:1053 is where guardian itself listens")
