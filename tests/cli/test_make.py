"""What `make run` does on whose behalf; `sudo`, `id` and guardian itself are stand-ins that say how they are called."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def stand_in(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    stand_in(tmp_path / "bin" / "sudo", 'echo "sudo $*"')
    stand_in(tmp_path / "bin" / "id", "echo ${USER_ID:-0}")
    stand_in(tmp_path / ".venv" / "bin" / "guardian", 'echo "guardian $*"')
    for name in ("requirements-dev.lock", "pyproject.toml", ".venv/.ready"):
        (tmp_path / name).touch()
    return tmp_path


def make(checkout: Path, *words: str, **environment: str) -> list[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("SUDO_", "MAKE", "GUARDIAN_"))}
    path = f"{checkout / 'bin'}{os.pathsep}{inherited['PATH']}"
    done = subprocess.run(
        ["make", "--no-print-directory", *words],
        cwd=checkout,
        env=inherited | {"PATH": path} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=20,
        check=False,
    )
    return done.stdout.splitlines()


def test_behind_sudo_everything_is_built_as_the_person_who_typed_it(checkout: Path) -> None:
    (checkout / ".venv" / ".ready").unlink()
    built, served = make(checkout, "run", "LAN=1", SUDO_UID="1000")
    assert (built.split()[:4], built.split()[-1]) == (["sudo", "-H", "-u", "#1000"], "setup")
    assert served == "guardian run --lan --config config/examples/checkout.yaml"


def test_root_itself_builds_for_itself(checkout: Path) -> None:
    assert make(checkout, "run", "LAN=1")[-1] == "guardian run --lan --config config/examples/checkout.yaml"


def test_without_root_nothing_is_built_for_the_house(checkout: Path) -> None:
    (checkout / ".venv" / ".ready").unlink()
    said = make(checkout, "run", "LAN=1", USER_ID="1000")
    assert said[0] == "Port 53 belongs to root: sudo make run LAN=1"
    assert not [line for line in said if line.startswith(("sudo", "guardian", "Setting up"))]


def test_on_loopback_no_root_is_needed(checkout: Path) -> None:
    assert make(checkout, "run", USER_ID="1000") == ["guardian run --config config/examples/checkout.yaml"]


def test_ones_own_file_is_named_by_a_word_or_by_the_environment(checkout: Path) -> None:
    assert make(checkout, "run", "CONFIG=own.yaml") == ["guardian run --config own.yaml"]
    assert make(checkout, "run", "LAN=1", "CONFIG=own.yaml")[-1] == "guardian run --lan --config own.yaml"
    assert make(checkout, "run", GUARDIAN_CONFIG="mine.yaml") == ["guardian run --config mine.yaml"]
    assert make(checkout, "run", "CONFIG=own.yaml", GUARDIAN_CONFIG="mine.yaml") == ["guardian run --config own.yaml"]
    assert any("CONFIG=guardian.yaml" in line for line in make(checkout, "help"))


@pytest.fixture
def compiled(checkout: Path) -> list[Path]:
    """Stand in for what `make compiled` leaves, beside a source that is older."""
    room = checkout / "guardian" / "engine"
    room.mkdir(parents=True)
    (room / "engine.py").touch()
    os.utime(room / "engine.py", (0, 0))
    files = [
        room / "engine.cpython-311-x86_64-linux-gnu.so",
        checkout / "guardian__mypyc.cpython-311-x86_64-linux-gnu.so",
    ]
    for file in files:
        file.touch()
    return files


def test_pure_removes_what_was_compiled_and_no_source(checkout: Path, compiled: list[Path]) -> None:
    assert make(checkout, "pure") == []
    assert not [file for file in compiled if file.exists()]
    assert (checkout / "guardian" / "engine" / "engine.py").exists()


def test_what_was_compiled_runs_while_no_source_is_newer(checkout: Path, compiled: list[Path]) -> None:
    assert make(checkout, "run") == ["guardian run --config config/examples/checkout.yaml"]
    assert all(file.exists() for file in compiled)


def test_a_changed_source_runs_instead_of_what_was_compiled_before(checkout: Path, compiled: list[Path]) -> None:
    for file in compiled:
        os.utime(file, (1, 1))
    os.utime(checkout / "guardian" / "engine" / "engine.py", (2, 2))
    said = make(checkout, "run")
    assert said[0].startswith("A source is newer than what was compiled")
    assert said[-1] == "guardian run --config config/examples/checkout.yaml"
    assert not [file for file in compiled if file.exists()]


def test_without_a_compiler_the_sources_serve(checkout: Path) -> None:
    stand_in(checkout / ".venv" / "bin" / "python", f'exec {sys.executable} "$@"')
    shutil.copytree(ROOT / "packaging", checkout / "packaging", ignore=shutil.ignore_patterns("__pycache__"))
    done = make(checkout, "compiled", CC="no-such-compiler")
    assert done == [
        "Nothing is compiled: no C compiler (no-such-compiler): apt install gcc libc6-dev",
        "Pure Python serves as well, only not as fast.",
    ]
