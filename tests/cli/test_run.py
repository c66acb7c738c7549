"""What `guardian run` says before it becomes `guardian dns`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the words of the program that takes the place of `guardian run`."""
    words: list[str] = []

    def become(_: str, found: list[str]) -> int:
        words.extend(found)
        return 0

    monkeypatch.setattr(os, "execv", become)
    monkeypatch.delenv("GUARDIAN_UPSTREAM", raising=False)
    return words


def test_the_house_is_not_served_without_root(guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = guardian("run", "--lan")
    assert (done.code, done.out) == (1, "")
    assert done.err == "guardian: --lan serves port 53, which needs root; start with sudo\n"


@pytest.mark.parametrize(
    ("scheme", "said"),
    [("tls", "asking tls://192.168.1.1:853, encrypted"), ("udp", "asking udp://192.168.1.1:53 in plain text")],
)
def test_it_says_whom_it_asks_and_who_can_read_that(
    guardian: Callable[..., Done], became: list[str], scheme: str, said: str
) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("udp://", f"{scheme}://"), encoding="utf-8")
    done = guardian("run")
    assert said in done.err
    assert "--upstream" not in became


def test_an_adult_may_name_another_upstream_and_hears_of_it(
    guardian: Callable[..., Done], became: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GUARDIAN_UPSTREAM", "udp://192.0.2.1")
    done = guardian("run")
    assert "asking udp://192.0.2.1, as GUARDIAN_UPSTREAM says" in done.err
    assert became[-2:] == ["--upstream", "udp://192.0.2.1"]
