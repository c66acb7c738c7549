"""Give every test its budget, the real lists, and the programs of other people.

Law 1: what a test needs and does not find is a skip that names it; in CI (`CI` is set) a missing program is a failure.
Law 2: the core tests together keep to a budget of processor time; a busy machine stretches it by half, so that only
       twice the budget is a failure.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")
"""Where Debian keeps daemons; a user's PATH may lack them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--cpu-budget SECONDS`."""
    parser.addoption("--cpu-budget", type=float, default=0.0, help="CPU seconds; fail at twice as many")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that passed but took twice the processor time of its budget."""
    budget: float = session.config.getoption("cpu_budget")
    if budget and time.process_time() > 2 * budget and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the tests took, when they have a budget."""
    budget: float = config.getoption("cpu_budget")
    if not budget:
        return
    taken = time.process_time()
    line = f"{taken:.1f} s of processor time, of {budget:.1f} s that the core tests should take"
    if taken > budget:
        terminalreporter.write_line(f"TOO SLOW: {line}; the slowest are listed above", red=True)
    else:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the top of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real lists: `GUARDIAN_CORPUS`, else `../shared/corpus` beside the checkout."""
    folder = Path(os.environ.get("GUARDIAN_CORPUS") or ROOT.parent / "shared" / "corpus")
    if not folder.is_dir():
        pytest.skip(f"no real lists at {folder} (set GUARDIAN_CORPUS)")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Return a finder of other people's programs, such as `dig`: its path, or a skip that names it."""

    def find(command: str) -> str:
        path = shutil.which(command, path=os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS]))
        if path is not None:
            return path
        reason = f"{command} is missing: see tests/debian-packages.txt"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)

    return find
