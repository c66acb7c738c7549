"""Build the wheel, install it alone, and run it from an empty folder: an editable install hides what a wheel forgot."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"
CONFIG = """\
state: ./state
dns: {listen: ["127.0.0.1:1053"]}
upstreams:
  - {url: "udp://127.0.0.1:53"}
"""


class Command(NamedTuple):
    """What a person types, and what they must see; relative files are in the empty folder."""

    words: str
    sees: tuple[str, ...]
    exit: int = 0


# Run in this order in one folder that holds guardian.yaml (CONFIG), list.txt and names.txt, nothing else.
COMMANDS = [
    Command("--version", (f"guardian {VERSION} (pure Python)",)),
    Command("check --config guardian.yaml", ("guardian.yaml: no fault found",)),
    Command("try list.txt --names names.txt --json", ('"verdict": "block"', '"line": 1', "casino.example")),
    Command("lists compile --config guardian.yaml", ("names of", "current.set")),
    Command("lists show --config guardian.yaml", ("gambling", "guardian: protected.yaml")),
    Command(
        "explain gambling.guardian.example --band 6-9 --config guardian.yaml",
        ("block", "NXDOMAIN", "the published set"),
    ),
    Command("explain guardian.home.arpa --band 6-9 --config guardian.yaml", ("guardian itself",)),
    Command("demo", ("alo116.al", "closed", "open")),
    Command("check --config absent.yaml", ("absent.yaml",), exit=78),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment of its own; return its folder of programs.

    What guardian depends on is lent by this environment through a .pth file. A .pth lends no further .pth files, so
    the editable guardian of this environment stays out.
    """
    folder = tmp_path_factory.mktemp("home")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", wheel], timeout=120, check=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin"


@pytest.fixture(scope="module")
def empty_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    (folder / "guardian.yaml").write_text(CONFIG)
    (folder / "list.txt").write_text("casino.example\n")
    (folder / "names.txt").write_text("www.casino.example\nschool.example\n")
    return folder


def run(program: Path, words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GUARDIAN"))}
    return subprocess.run(
        [program, *words],
        cwd=folder,
        env=environment | {"HOME": str(folder), "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_carries_the_data_and_nothing_of_the_workshop(wheel: Path) -> None:
    names = names_in(wheel)
    tops = {name.split("/")[0] for name in names}
    assert tops == {"guardian", f"guardian_dns-{VERSION}.dist-info"}
    for file in ("blocklists/catalog.yaml", "blocklists/categories.yaml", "config_examples/guardian.yaml"):
        assert f"guardian/{file}" in names
    assert f"guardian_dns-{VERSION}.dist-info/licenses/LICENSE" in names


def test_every_data_file_of_the_checkout_is_in_the_wheel(wheel: Path) -> None:
    names = names_in(wheel)
    for folder, inside in (("blocklists", "guardian/blocklists"), ("config", "guardian/config_examples")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{inside}/{path.relative_to(ROOT / folder).as_posix()}" in names


def test_guardian_comes_from_the_wheel(installed: Path, empty_folder: Path) -> None:
    came = run(installed / "python", ["-c", "import guardian; print(guardian.__file__)"], empty_folder)
    assert came.returncode == 0, came.stderr
    assert Path(came.stdout.strip()).is_relative_to(installed.parent)


@pytest.mark.parametrize("command", COMMANDS, ids=[command.words for command in COMMANDS])
def test_the_wheel_alone_answers(installed: Path, empty_folder: Path, command: Command) -> None:
    words = command.words.split()
    done = run(installed / "guardian", words, empty_folder)
    said = done.stdout + done.stderr
    assert done.returncode == command.exit, said
    assert "Traceback" not in said
    for text in command.sees:
        assert text in said
