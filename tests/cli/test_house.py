"""Which configuration a command reads when nobody names one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardian.cli import house
from guardian.cli.house import DEFAULT_CONFIG, config_file, open_house

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

CHECKOUT = Path(__file__).resolve().parents[2] / "config" / "examples" / "checkout.yaml"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where this machine's own configuration would stand; nothing is there yet, and none is named."""
    monkeypatch.delenv("GUARDIAN_CONFIG", raising=False)
    place = tmp_path / "etc" / "guardian.yaml"
    monkeypatch.setattr(house, "DEFAULT_CONFIG", str(place))
    return place


def test_in_a_checkout_a_command_means_the_guardian_of_make_run(installed: Path) -> None:
    assert not installed.exists()
    assert config_file(None) == str(CHECKOUT)
    assert open_house(None).state.folder == CHECKOUT.parents[2] / ".guardian"


def test_the_file_of_the_machine_goes_before_the_checkout(installed: Path) -> None:
    installed.parent.mkdir()
    installed.write_text("state: ./state\n", encoding="utf-8")
    assert config_file(None) == str(installed)


def test_a_named_file_goes_before_both(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not installed.exists()
    monkeypatch.setenv("GUARDIAN_CONFIG", "mine.yaml")
    assert config_file(None) == "mine.yaml"
    assert config_file("own.yaml") == "own.yaml"


def test_an_installed_guardian_names_the_file_that_it_lacks(
    installed: Path, monkeypatch: pytest.MonkeyPatch, guardian: Callable[..., Done]
) -> None:
    monkeypatch.delenv("GUARDIAN_CONFIG")
    monkeypatch.setattr(house, "checkout_config", lambda: None)
    done = guardian("status")
    assert done.code == 78
    assert done.err == f"{installed}: there is no such file (name the configuration with --config FILE)\n"


def test_the_help_names_the_usual_file(guardian: Callable[..., Done]) -> None:
    assert DEFAULT_CONFIG in " ".join(guardian("status", "--help").out.split())
