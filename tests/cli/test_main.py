"""The command line as a whole: help, version, and exit codes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from guardian.cli.main import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done


def test_help_names_every_command_in_a_line(guardian: Callable[..., Done]) -> None:
    done = guardian("--help")
    assert done.code == 0
    for name, sentence in COMMANDS.items():
        assert any(line.split()[:1] == [name] and sentence in line for line in done.out.splitlines())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(guardian: Callable[..., Done], name: str) -> None:
    done = guardian(name, "--help")
    assert done.code == 0
    assert COMMANDS[name] in done.out


@pytest.mark.parametrize(
    "words",
    [(), ("fly",), ("explain",), ("explain", "a.example", "--band", "7-9"), ("try",), ("lists",), ("check", "x")],
)
def test_a_wrong_use_is_exit_2_and_shows_the_right_one(guardian: Callable[..., Done], words: tuple[str, ...]) -> None:
    done = guardian(*words)
    assert done.code == 2
    assert done.err.startswith("usage: guardian")
    assert done.out == ""


@pytest.mark.parametrize("words", [("check",), ("explain", "a.example"), ("lists", "show"), ("dns",), ("run",)])
def test_a_missing_configuration_is_exit_78(guardian: Callable[..., Done], words: tuple[str, ...]) -> None:
    done = guardian(*words, "--config", "absent.yaml")
    assert (done.code, done.out) == (78, "")
    assert done.err == "absent.yaml: there is no such file (name the configuration with --config FILE)\n"


def test_the_version_is_told(guardian: Callable[..., Done]) -> None:
    assert re.fullmatch(r"guardian 0\.\d+\.\d+ \((pure Python|compiled)\)\n", guardian("--version").out)
