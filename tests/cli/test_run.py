"""What `guardian run` says before it becomes `guardian dns`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardian.cli import run_command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


def encrypt() -> None:
    """Let the house's upstream be one that this version can't ask."""
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("udp://", "tls://"), encoding="utf-8")


def test_the_house_is_not_served_without_root(guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    done = guardian("run", "--lan")
    assert (done.code, done.out) == (1, "")
    assert done.err == "guardian: --lan serves port 53, which needs root; start with sudo\n"


@pytest.mark.parametrize("text", ["", "# nothing\nsearch home.lan\n", None])
def test_without_any_resolver_it_says_how_to_name_one(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str | None
) -> None:
    encrypt()
    monkeypatch.delenv("GUARDIAN_UPSTREAM", raising=False)
    monkeypatch.setattr(run_command, "RESOLV_CONF", tmp_path / "resolv.conf")
    if text is not None:
        (tmp_path / "resolv.conf").write_text(text)
    done = guardian("run")
    assert done.code == 1
    assert done.err.splitlines()[-1].endswith("set GUARDIAN_UPSTREAM=udp://ADDRESS")
    assert not (tmp_path / "state").exists()
