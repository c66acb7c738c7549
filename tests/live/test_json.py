"""Every command that prints writes JSON where it is asked to, and only that."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.live.conftest import PROGRAM, Guardian, clean_environment, command, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORDS = {
    "check": ("check",),
    "explain": ("explain", "wikipedia.org"),
    "try": ("try", "list.txt", "--names", "list.txt"),
    "try, summed up": ("try", "list.txt"),
    "lists compile": ("lists", "compile"),
    "lists show": ("lists", "show"),
    "status": ("status",),
    "pause": ("pause", "5"),
    "resume": ("resume",),
    "reload": ("reload",),
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, compiled: Path) -> Iterator[Path]:
    """Return a configuration whose guardian runs."""
    folder = tmp_path_factory.mktemp("running")
    (folder / "list.txt").write_text("bet.example\n")
    publish(compiled, folder / "state")
    config = write_config(folder, "udp://127.0.0.1:9")
    with Guardian(config) as server:
        server.ready()
        yield config


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_command_writes_json_and_nothing_else(running: Path, words: tuple[str, ...]) -> None:
    done = command(*words, "--json", "--config", running, cwd=running.parent)
    assert done.returncode in {0, 1}, done.stderr
    assert isinstance(json.loads(done.stdout), dict)
    assert done.stderr == ""


def test_the_tour_writes_json_and_nothing_else(tmp_path: Path) -> None:
    done = command("demo", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    seen = json.loads(done.stdout)
    assert set(seen) == {"names", "lists", "stops", "asked"}
    assert {stop["name"]: stop["bands"]["6-9"] for stop in seen["stops"]}["gambling.guardian.example"] == "closed"


def test_long_work_is_shown_at_a_terminal_and_not_in_a_pipe(running: Path) -> None:
    words = [*PROGRAM, "lists", "compile", "--config", str(running)]
    assert "reading" not in command("lists", "compile", "--config", running).stderr
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run(
            words, stdout=subprocess.PIPE, stderr=theirs, env=clean_environment(), timeout=60, check=False
        )
        shown = os.read(ours, 65536)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == 0
    assert b"reading gambling" in shown
    assert b"\x1b" not in done.stdout
