"""Compile the hot modules of a copy of guardian, and put what came of it where it is wanted.

Law 1: the checkout is only read, but for the compiled files that `--in-place` puts beside their sources.
Law 2: what is missing on this machine is said plainly, with exit code 69; pure Python serves as well.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDERS = ("guardian", "blocklists", "config")
"""What runs, and the data that it finds beside itself."""
LONGEST_BUILD = 600.0
"""Seconds; a fast machine takes 25."""
EX_UNAVAILABLE = 69
"""sysexits: something that this needs is not there."""


def missing() -> str:
    """Say what this machine lacks to compile, or nothing."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"no C compiler ({compiler}): apt install gcc libc6-dev"
    headers = {sysconfig.get_path(kind) for kind in ("include", "platinclude")}
    if not any(Path(folder, "Python.h").is_file() for folder in headers):
        return f"no headers of Python {sysconfig.get_python_version()} ({min(headers)}): apt install python3-dev"
    tools = [tool for tool in ("setuptools", "mypyc") if find_spec(tool) is None]
    return f"no {' and no '.join(tools)} beside this Python: make setup" if tools else ""


def copy_sources(source: Path, target: Path) -> None:
    """Copy what guardian is made of into an empty folder, without anything compiled before."""
    for name in FOLDERS:
        shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__", "*.so"))


def build(folder: Path) -> str:
    """Compile inside `folder`; give what the compilers said if they failed, else nothing."""
    shutil.copy(HERE / "setup.py", folder)
    done = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", "--inplace"],
        cwd=folder,
        # from elsewhere, neither another guardian nor settings of the tools may come in
        env={key: value for key, value in os.environ.items() if key not in {"PYTHONPATH", "MYPYPATH"}},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=LONGEST_BUILD,
        check=False,
    )
    return done.stdout[-4000:] or f"exit code {done.returncode}" if done.returncode else ""


def place(source: Path, target: Path) -> int:
    """Put the compiled files of one folder into another, each in one step; give how many."""
    files = [*source.glob("*.so"), *source.glob("guardian/**/*.so")]
    for file in files:
        wanted = target / file.relative_to(source)
        # a running guardian has the old file mapped: it must not be written over
        arrived = wanted.with_name(f"{wanted.name}.new")
        shutil.copy(file, arrived)
        arrived.replace(wanted)
    return len(files)


def main(words: Sequence[str] | None = None) -> int:
    """Compile; 0 when it is done, 1 when it failed, 2 for wrong usage, 69 when this machine can't compile."""
    parser = argparse.ArgumentParser(description=__doc__)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("target", nargs="?", type=Path, help="an empty or new folder for a whole, compiled guardian")
    where.add_argument("--in-place", action="store_true", help="into this checkout, beside the sources")
    chosen = parser.parse_args(words)
    if lacking := missing():
        sys.stderr.write(f"Nothing is compiled: {lacking}\nPure Python serves as well, only not as fast.\n")
        return EX_UNAVAILABLE
    target = ROOT if chosen.in_place else chosen.target.absolute()
    if not chosen.in_place and target.exists() and any(target.iterdir()):
        parser.error(f"{target} is not empty: name a new folder")
    with tempfile.TemporaryDirectory(prefix="guardian-compiled-") as scratch:
        copy_sources(ROOT, Path(scratch))
        if failed := build(Path(scratch)):
            sys.stderr.write(f"{failed}\nThe hot modules do not compile; nothing was changed.\n")
            return 1
        if not chosen.in_place:
            target.mkdir(parents=True, exist_ok=True)
            copy_sources(Path(scratch), target)  # what was compiled, whoever edits meanwhile
        count = place(Path(scratch), target)
    sys.stdout.write(f"{count} compiled files are in {target}; guardian --version tells which form runs.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
