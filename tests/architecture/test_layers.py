"""Hold the rooms to their order: import-linter keeps its contracts, and each contract catches what it is for."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SEEDED: list[tuple[str, dict[str, str]]] = [
    ("layers", {"policy/x.py": "from guardian import resolver"}),
    ("layers", {"engine/x.py": "from guardian import resolver"}),
    ("layers", {"server/x.py": "from guardian import update"}),
    ("layers", {"model.py": "from guardian import wire"}),
    ("layers", {"parlour/__init__.py": ""}),
    ("layers", {"attic.py": ""}),
    ("core", {"engine/x.py": "import time"}),
    ("core", {"wire/x.py": "def late():\n    from pathlib import Path"}),
    ("core", {"policy/x.py": "from guardian.system import x", "system/x.py": "import socket"}),
    ("core", {"lists/x.py": "import os.path"}),
    ("inflate", {"wire/x.py": "import zlib"}),
    ("dnslib", {"engine/x.py": "from dnslib import DNSRecord"}),
    ("yaml", {"lists/x.py": "import yaml"}),
    ("idna", {"wire/x.py": "import idna"}),
    ("re2", {"policy/x.py": "import re2"}),
    ("suffixes", {"update/x.py": "from publicsuffixlist import PublicSuffixList"}),
    ("pydantic", {"policy/x.py": "from pydantic import BaseModel"}),
    ("cryptography", {"update/x.py": "from cryptography.fernet import Fernet"}),
    ("aiohttp", {"cli/x.py": "from aiohttp import web"}),
    ("systemd", {"daemon/x.py": "from systemd import journal"}),
    ("oracle", {"wire/x.py": "import dns.message"}),
    ("resident", {"daemon/x.py": "from guardian import update"}),
    ("cycles", {"wire/a.py": "from guardian.wire import b", "wire/b.py": "from guardian.wire import a"}),
]
"""A contract, and the files that break it."""


def lint_imports(folder: Path) -> str:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


def contracts() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in settings["contracts"]}


@pytest.fixture
def bare_house(tmp_path: Path) -> Path:
    """Build every room of guardian, empty, under the real contracts."""
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    package = tmp_path / "guardian"
    for room in (
        "",
        "wire",
        "config",
        "system",
        "lists",
        "policy",
        "engine",
        "resolver",
        "server",
        "update",
        "daemon",
        "cli",
    ):
        (package / room).mkdir()
        (package / room / "__init__.py").write_text("")
    for room in ("errors", "model"):
        (package / f"{room}.py").write_text("")
    return tmp_path


def test_every_contract_is_kept() -> None:
    said = lint_imports(ROOT)
    assert f"Contracts: {len(contracts())} kept, 0 broken." in said, said


def test_a_bare_house_keeps_every_contract(bare_house: Path) -> None:
    said = lint_imports(bare_house)
    assert f"Contracts: {len(contracts())} kept, 0 broken." in said, said


@pytest.mark.parametrize(("contract", "files"), SEEDED)
def test_a_seeded_import_is_caught(bare_house: Path, contract: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        target = bare_house / "guardian" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text + "\n")
    said = lint_imports(bare_house)
    assert f"{contracts()[contract]} BROKEN" in said, said


def test_every_contract_has_a_seeded_fault() -> None:
    assert {contract for contract, _ in SEEDED} == set(contracts())
