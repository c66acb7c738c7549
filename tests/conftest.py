"""Give every test its budget, the real lists, and the programs of other people.

Law 1: what a test needs and does not find is a skip that names it; in CI (`CI` is set) a missing program is a failure.
Law 2: the core tests together keep to a budget of processor time, counted from when all are read; a busy machine
       stretches it by half, so that only twice the budget is a failure.
Law 3: under a budget each property is tried on few examples; the run of all tests tries it on as many as it asks for.
Law 4: no example has a deadline of its own: on a busy machine that is a fault of nobody's.
"""

from __future__ import annotations

import gc
import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_FOLDERS = ("/usr/sbin", "/sbin")
"""Where Debian keeps daemons; a user's PATH may lack them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--cpu-budget SECONDS`."""
    parser.addoption("--cpu-budget", type=float, default=0.0, help="CPU seconds; fail at twice as many")


settings.register_profile("guardian", deadline=None)
settings.load_profile("guardian")

FEW = 8
"""Examples of a property that the core run tries."""
BEGAN = pytest.StashKey[float]()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Try few examples under a budget."""
    if not config.getoption("cpu_budget"):
        return
    items[:] = [item for item in items if item.get_closest_marker("thorough") is None]
    for item in items:
        test = getattr(item, "obj", None)
        asked = getattr(test, "_hypothesis_internal_use_settings", None)
        if asked is not None:
            few = min(FEW, asked.max_examples)
            inner: Any = getattr(test, "__func__", test)
            inner._hypothesis_internal_use_settings = settings(asked, max_examples=few)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begin to count once every test is read: reading them is paid once, whatever they do."""
    # what is read by now stays to the end: the collector need not walk it again and again
    gc.collect()
    gc.freeze()
    session.config.stash[BEGAN] = time.process_time()


def _taken(config: pytest.Config) -> float:
    return time.process_time() - config.stash.get(BEGAN, 0.0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that passed but took twice the processor time of its budget."""
    budget: float = session.config.getoption("cpu_budget")
    if budget and _taken(session.config) > 2 * budget and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what the tests took, when they have a budget."""
    budget: float = config.getoption("cpu_budget")
    if not budget:
        return
    taken = _taken(config)
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
        cannot(f"{command} is missing: see tests/debian-packages.txt")

    return find


def cannot(reason: str) -> NoReturn:
    """Skip; in CI, where everything needed is there, that would hide a fault."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
