"""Install programs of others that talk with our web, each at the versions and hashes of its lock, away from our own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = Path(__file__).with_name("programs")
INSTALL_SECONDS = 180


def installed(name: str) -> Path:
    """Give the folder of packages of a lock, kept in the virtual environment for the next time; skip without a net."""
    lock = LOCKS / f"{name}.lock"
    folder = Path(sys.prefix) / "programs" / f"{name}-{sha256(lock.read_bytes()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    building = folder.with_name(f"{folder.name}.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--only-binary", ":all:"]
    done = subprocess.run(
        [*pip, "--require-hashes", "--requirement", lock, "--target", building],
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if done.returncode:
        shutil.rmtree(building, ignore_errors=True)
        reason = done.stderr.strip().splitlines()[-1:]
        pytest.skip(f"{name} can't be installed here: {''.join(reason)[:200]}")
    try:
        building.rename(folder)
    except OSError:
        # another run of the tests was faster
        shutil.rmtree(building)
    return folder


def run(name: str, *words: str | Path, seconds: float, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python on these words in a folder, with a program's packages in place of ours."""
    environment = {**os.environ, "PYTHONPATH": str(installed(name)), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *map(str, words)],
        capture_output=True,
        text=True,
        timeout=seconds,
        cwd=folder,
        env=environment,
        check=False,
    )
