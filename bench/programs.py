"""Programs the bench needs: three small ones in C, built on the spot, and those of the machine."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_BUILT = _HERE / ".build"
_FLAGS = ("-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror")
_COMPILE_SECONDS = 600


class BenchError(Exception):
    """The bench can't go on; the message says what is missing or went wrong, and what to do."""


def build(name: str) -> Path:
    """Return the program built from bench/NAME.c, compiling it first when it is older than its source.

    Raises BenchError when there is no C compiler or the source does not compile.
    """
    source, program = _HERE / f"{name}.c", _BUILT / name
    if program.exists() and program.stat().st_mtime >= source.stat().st_mtime:
        return program
    compiler = shutil.which("cc")
    if compiler is None:
        message = "bench: no C compiler: install gcc (Debian: apt install gcc libc6-dev)"
        raise BenchError(message)
    _BUILT.mkdir(exist_ok=True)
    command = [compiler, *_FLAGS, "-o", str(program), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        message = f"bench: {source.name} does not compile:\n{done.stderr}"
        raise BenchError(message)
    return program


def find(name: str) -> Path | None:
    """Return a program of this machine, also where Debian keeps daemons, or None."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    return Path(found) if found else None


def compiled_guardian(folder: Path) -> Path:
    """Compile a guardian into a new folder and return the folder.

    Raises BenchError when this machine can't compile, or the compilers fail.
    """
    script = _HERE.parent / "packaging" / "mypyc" / "compile.py"
    command = [sys.executable, str(script), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_COMPILE_SECONDS)
    if done.returncode != 0:
        message = f"bench: {done.stderr.strip()}"
        raise BenchError(message)
    return folder


def guardian() -> Path | None:
    """Return the `guardian` command beside this Python, or None before `make setup` made it."""
    command = Path(sys.executable).parent / "guardian"
    return command if command.exists() else None
