"""No change of a family that was acknowledged is lost, whenever the writer is killed; nor is half a change kept."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("store_kills.py")
OPENS_WITHIN = 3.0
"""Seconds."""


@pytest.mark.parametrize(("rounds", "seconds"), [pytest.param(20, 60), pytest.param(1000, 400, marks=pytest.mark.long)])
def test_a_writer_that_is_killed_loses_nothing_that_it_acknowledged(tmp_path: Path, rounds: int, seconds: int) -> None:
    done = subprocess.run(
        [sys.executable, PROGRAM, tmp_path, str(rounds), "1"],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert not done.returncode, done.stderr
    told = json.loads(done.stdout)
    print(f"\n{told}")
    assert told["rounds"] == rounds
    assert told["changes"] > rounds / 5, "hardly anything was written between the kills"
    assert told["slowest"] <= OPENS_WITHIN
