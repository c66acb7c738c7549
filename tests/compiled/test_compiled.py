"""The hot modules compile, and what comes of it passes the same core tests as the sources do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CORE = [*(f"tests/unit/{room}" for room in ("wire", "lists", "policy", "engine")), "tests/flow"]
CANNOT = 69
"""How the script ends where this machine has no compiler or no headers."""
RUN = """
import sys, pytest, guardian.engine.engine, guardian.server.udp, guardian.wire.question
code = pytest.main(sys.argv[1:])
for name in ("engine.engine", "lists.domain_set", "server.udp", "wire.question"):
    print("ran", sys.modules["guardian." + name].__file__)
sys.exit(code)
"""
"""Run tests, then say what ran."""


def call(words: list[str], root: Path, environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.fixture(scope="module")
def compiled(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a guardian into a folder of its own; the checkout stays as it is."""
    folder = tmp_path_factory.mktemp("compiled")
    done = call(["packaging/mypyc/compile.py", str(folder)], root)
    if done.returncode == CANNOT and not (os.environ.get("CI") and shutil.which("cc")):
        pytest.skip(done.stdout.splitlines()[0])
    assert done.returncode == 0, done.stdout
    return folder


@pytest.fixture(scope="module")
def environment(compiled: Path, root: Path) -> dict[str, str]:
    """Let Python find the compiled guardian before the checkout's own, and the tests in the checkout."""
    path = os.pathsep.join((str(compiled), str(root)))
    # as pytest is run from within pytest, nothing of the outer run may reach it
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    return inherited | {"PYTHONPATH": path, "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.long
def test_the_core_tests_pass_in_compiled_form(compiled: Path, environment: dict[str, str], root: Path) -> None:
    done = call(["-c", RUN, "-p", "no:cacheprovider", "-q", "--no-header", *CORE], root, environment)
    assert done.returncode == 0, done.stdout[-6000:]
    ran = [line.removeprefix("ran ") for line in done.stdout.splitlines() if line.startswith("ran ")]
    assert len(ran) == 4
    assert all(file.startswith(str(compiled)) and file.endswith(".so") for file in ran), ran


def test_the_version_tells_the_form(environment: dict[str, str], root: Path) -> None:
    told = call(["-m", "guardian.cli", "--version"], root, environment).stdout
    assert told.startswith("guardian ")
    assert told.endswith(" (compiled)\n")


def test_a_folder_that_holds_something_is_left_alone(root: Path, tmp_path: Path) -> None:
    (tmp_path / "homework.txt").touch()
    done = call(["packaging/mypyc/compile.py", str(tmp_path)], root)
    if done.returncode == CANNOT:
        pytest.skip(done.stdout.splitlines()[0])
    assert done.returncode == 2
    assert done.stdout.endswith(f"{tmp_path} is not empty: name a new folder\n")
    assert [file.name for file in tmp_path.iterdir()] == ["homework.txt"]
