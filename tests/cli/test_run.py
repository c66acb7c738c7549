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


@pytest.mark.parametrize(
    ("listen", "text", "asked"),
    [
        ("127.0.0.1:1053", "nameserver 127.0.0.1\n", "127.0.0.1"),
        ("127.0.0.1:53", "nameserver 127.0.0.1\nnameserver  192.0.2.1 # router\n", "192.0.2.1"),
        ("0.0.0.0:53", "nameserver 127.0.0.1\nnameserver not-one\nnameserver 2001:db8::1\n", "[2001:db8::1]"),
    ],
)
def test_it_asks_the_first_resolver_of_this_machine_that_is_not_guardian(
    guardian: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    listen: str,
    text: str,
    asked: str,
) -> None:
    encrypt()
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("127.0.0.1:1053", listen), encoding="utf-8")
    (tmp_path / "resolv.conf").write_text(text)
    monkeypatch.delenv("GUARDIAN_UPSTREAM", raising=False)
    monkeypatch.setattr(run_command, "RESOLV_CONF", tmp_path / "resolv.conf")
    became: list[str] = []

    def become(_: str, words: list[str]) -> int:
        became.extend(words)
        return 0

    monkeypatch.setattr(os, "execv", become)
    done = guardian("run")
    assert f"asking this machine's own resolver, {asked}, in plain text" in done.err
    assert became[-2:] == ["--upstream", f"udp://{asked}"]


def test_a_machine_that_knows_guardian_alone_is_told_to_name_another(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    encrypt()
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("127.0.0.1:1053", "127.0.0.1:53"), encoding="utf-8")
    (tmp_path / "resolv.conf").write_text("nameserver 127.0.0.1\n")
    monkeypatch.delenv("GUARDIAN_UPSTREAM", raising=False)
    monkeypatch.setattr(run_command, "RESOLV_CONF", tmp_path / "resolv.conf")
    done = guardian("run")
    assert done.code == 1
    assert done.err.endswith("resolv.conf names no resolver besides guardian; set GUARDIAN_UPSTREAM=udp://ADDRESS\n")
