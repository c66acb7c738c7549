"""Hold the house to what its layers and ruff cannot see: docstrings, sizes, and a core that only computes.

Law 1: a rule that is checked here is also shown to catch a seeded fault; a checker that never fails proves nothing.
"""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "guardian"
CORE = ("errors", "model", "wire", "lists", "policy", "engine")

LONGEST_MODULE = 400
LONGEST_FUNCTION = 40
LONGEST_EVER = 70
"""Lines of a function that is one table or one straight line, and says so by standing in `LONG_FUNCTIONS`."""
MEDIAN_MODULE = 150
LONG_FUNCTIONS: dict[str, str] = {}
"""`guardian/room/file.py:function` to the reason why it is better whole."""

FORBIDDEN_CALLS = frozenset({"open", "print", "input", "breakpoint", "exec", "eval", "compile", "__import__"})
FORBIDDEN_READINGS = frozenset({"now", "utcnow", "today"})
FORBIDDEN_MODULES = frozenset({"asyncio", "time", "random", "socket", "ssl", "os", "pathlib", "io"})
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"})


# --- the walk ---------------------------------------------------------------------------------------------------------


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "__pycache__" not in path.parts)


def core_modules() -> list[Path]:
    inside = [PACKAGE / room for room in CORE] + [PACKAGE / f"{room}.py" for room in CORE]
    return [path for path in modules() if any(path == place or place in path.parents for place in inside)]


def place(path: Path, node: ast.AST | None = None) -> str:
    where = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    return f"{where}:{getattr(node, 'lineno', 1)}"


def faults_of_form(path: Path, text: str) -> Iterator[str]:
    """Tell what is wrong with the size, the docstring and the name of a module."""
    tree = ast.parse(text)
    if text.strip() and not ast.get_docstring(tree):
        yield f"{place(path)}: the module has no docstring; say in one sentence what it holds"
    if (lines := text.count("\n")) > LONGEST_MODULE:
        yield f"{place(path)}: {lines} lines, more than {LONGEST_MODULE}; a file has one noun"
    if path.stem in FORBIDDEN_NAMES:
        yield f"{place(path)}: {path.stem} names no noun of DNS or of the family"
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        lines = body_lines(node)
        allowed = (
            LONGEST_EVER if f"{place(path).rpartition(':')[0]}:{node.name}" in LONG_FUNCTIONS else LONGEST_FUNCTION
        )
        if lines > allowed:
            yield f"{place(path, node)}: {node.name}() has {lines} lines, more than {allowed}"


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from `def` to its end, its docstring apart: to document well costs nothing."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node):
        docstring = node.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def faults_of_purity(path: Path, text: str) -> Iterator[str]:
    """Tell where a module of the core reaches outside: a file, a terminal, a clock, chance."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in FORBIDDEN_CALLS:
                yield f"{place(path, node)}: {name}() in the core; what it needs is handed in"
            case ast.Call(func=ast.Attribute(attr=name)) if name in FORBIDDEN_READINGS:
                yield f"{place(path, node)}: .{name}() in the core; time is an argument"
            case ast.Import(names=names):
                for alias in names:
                    if alias.name.partition(".")[0] in FORBIDDEN_MODULES:
                        yield f"{place(path, node)}: import {alias.name} in the core"
            case ast.ImportFrom(module=str(name)) if name.partition(".")[0] in FORBIDDEN_MODULES:
                yield f"{place(path, node)}: from {name} import … in the core"
            case _:
                pass


# --- the house --------------------------------------------------------------------------------------------------------


def test_every_module_says_what_it_holds_and_fits_a_sitting() -> None:
    faults = [fault for path in modules() for fault in faults_of_form(path, path.read_text())]
    assert not faults, "\n".join(faults)


def test_most_modules_are_short() -> None:
    sizes = [path.read_text().count("\n") for path in modules() if path.name != "__init__.py"]
    assert statistics.median(sizes) < MEDIAN_MODULE


def test_the_core_only_computes() -> None:
    faults = [fault for path in core_modules() for fault in faults_of_purity(path, path.read_text())]
    assert not faults, "\n".join(faults)


def test_every_long_function_still_exists() -> None:
    for entry in LONG_FUNCTIONS:
        file, _, name = entry.rpartition(":")
        assert re.search(rf"def {name}\b", (ROOT / file).read_text()), f"{entry} is gone: take it out of LONG_FUNCTIONS"


def test_every_module_of_the_core_is_walked() -> None:
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in core_modules()}
    assert rooms == set(CORE)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        ("no docstring", "x = 1\n"),
        ("401 lines", '"""Hold."""\n' + "x = 1\n" * LONGEST_MODULE),
        ("has 41 lines", '"""Hold."""\ndef f():\n' + "    x = 1\n" * LONGEST_FUNCTION),
        ("has 42 lines", '"""Hold."""\nasync def f():\n    """Do."""\n' + "    x = 1\n" * (LONGEST_FUNCTION + 1)),
    ],
)
def test_a_seeded_fault_of_form_is_caught(fault: str, text: str) -> None:
    assert [found for found in faults_of_form(Path("seeded.py"), text) if fault in found]


def test_a_file_named_after_nothing_is_caught() -> None:
    assert list(faults_of_form(Path("utils.py"), '"""Hold."""\n'))


@pytest.mark.parametrize(
    "line",
    [
        "text = open('family.txt').read()",
        "print('a name')",
        "input()",
        "when = datetime.now(UTC)",
        "day = datetime.date.today()",
        "import time",
        "import os.path",
        "from asyncio import sleep",
        "def late():\n    import random",
    ],
)
def test_a_seeded_impurity_is_caught(line: str) -> None:
    assert list(faults_of_purity(Path("seeded.py"), line + "\n"))


def test_what_the_core_may_do_is_not_called_a_fault() -> None:
    text = '"""Hold."""\nimport zlib\nfrom datetime import datetime\nopened = source.read(4096)\nnow = 1.0\n'
    assert not list(faults_of_purity(Path("seeded.py"), text))
