"""Hold what is tracked to what a stranger may clone: no machine, no index, nothing left over, and locks that agree."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]

# Spelled in two halves, so that this file does not name them itself.
MACHINE_PATHS = re.compile("|".join(["/" + "work/", "/" + "tmp/bash_jobs", "/" + "opt/pypi", "/" + "opt/wheels"]))
INDEX_HOSTS = re.compile("|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "deb" + r"\.debian"]))
LEFTOVERS = re.compile("|".join([r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bXX" + r"X\b", r"\bHA" + r"CK\b"]))


def tracked_text() -> Iterator[tuple[str, str]]:
    """Give every tracked file that is text, as (path, text)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, timeout=60, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if name and path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if b"\0" not in content:
                yield name, content.decode(errors="replace")


def found(pattern: re.Pattern[str], *, under: str = "") -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked_text()
        if name.startswith(under)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_machine() -> None:
    assert not found(MACHINE_PATHS)


def test_no_file_that_builds_names_a_package_index() -> None:
    """Lists of names may hold them: `blocklists/` is data about the world."""
    named = [line for line in found(INDEX_HOSTS) if not line.startswith(("blocklists/", "tests/golden/"))]
    assert not named, "\n".join(named)


def test_nothing_is_left_for_later_in_the_code() -> None:
    assert not found(LEFTOVERS, under="guardian/")


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE))


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", []), ("requirements-dev.lock", ["dev"])])
def test_the_lock_holds_what_pyproject_asks_for(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    locked = pins(lock)
    for requirement in map(Requirement, wanted):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert name in locked, f"{name} is not in {lock}: run make lock"
        assert requirement.specifier.contains(locked[name]), f"{name} {locked[name]} is too old: run make lock"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_line_of_a_lock_is_a_hashed_release(lock: str) -> None:
    text = (ROOT / lock).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            assert re.fullmatch(r"[a-z0-9-]+==\S+( +--hash=sha256:[0-9a-f]{64})+ *", line), line[:80]


def test_both_locks_agree() -> None:
    tools = pins("requirements-dev.lock")
    assert all(tools[name] == version for name, version in pins("requirements.lock").items())
