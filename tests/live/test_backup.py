"""A backup is made and restored while guardian answers, typed at a terminal, and cut off by a loss of power."""

from __future__ import annotations

import contextlib
import os
import pty
import random
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from guardian.family.backup import Backup, saved, write_backup
from guardian.store.backup import previous_of
from guardian.store.database import open_store, read_store
from guardian.system.paths import State
from guardian.trust.sealed import seal
from tests.live.conftest import PROGRAM, SECONDS, Guardian, ask, clean_environment, command
from tests.unit.family.backups import BACKUP, HOUSE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLET = "127.0.0.31"
SOCIAL, SITE = "tiktok.com", "games.example"
FAMILY = """
    INSERT INTO child (id, name, band, label) VALUES (1, 'Era', '6-9', 'abcdefghijklmnop');
    INSERT INTO device (id, name, network, arrived) VALUES (1, 'tablet', '127.0.0.31', '2026-11');
    INSERT INTO device_child VALUES (1, 1);
    INSERT INTO rule (child, name, action) VALUES (1, 'games.example', 'block');
"""
WORDS = "katër fjalë të gjata"


def decide(state: Path, statements: str) -> Path:
    path = State(state).family
    with contextlib.closing(open_store(path)) as store:
        store.executescript(statements)
    return path


def family(path: Path) -> Backup:
    with contextlib.closing(read_store(path)) as store:
        return saved(store)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    (tmp_path / "words").write_text(WORDS)
    return tmp_path / "words"


# --- while guardian answers -------------------------------------------------------------------------------------------


def test_a_restored_family_is_in_force_at_once(
    house: Path, start: Callable[..., Guardian], words: Path, tmp_path: Path
) -> None:
    decide(tmp_path / "state", FAMILY)
    server = start(house).ready()

    def opened() -> list[bool]:
        return [bool(ask(server.port, name, device=TABLET).answer) for name in (SOCIAL, SITE)]

    assert opened() == [False, False]
    done = command("backup", tmp_path / "ours", "--passphrase-file", words, "--config", house)
    assert done.returncode == 0, done.stderr
    decide(tmp_path / "state", "UPDATE child SET band = '16-17'; DELETE FROM rule")
    assert command("restore", "--previous", "--config", house).returncode == 1
    done = command("restore", tmp_path / "ours", "--passphrase-file", words, "--config", house)
    assert "in force now" in done.stdout, done.stderr
    assert opened() == [False, False]
    done = command("restore", "--previous", "--config", house)
    assert "in force now" in done.stdout, done.stderr
    assert opened() == [True, True]


def test_what_answers_questions_never_loads_what_seals() -> None:
    code = "import sys, guardian.cli.dns_command; sys.exit(any('cryptography' in one for one in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0


# --- at a terminal ----------------------------------------------------------------------------------------------------


def typed(*words: str | Path, lines: list[str]) -> tuple[int, str]:
    """Run a command at a terminal and answer each question with a line; its code, and all that was shown."""
    ours, theirs = pty.openpty()
    shown = b""
    process = subprocess.Popen(
        [*PROGRAM, *map(str, words)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=clean_environment(),
        start_new_session=True,
    )
    os.close(theirs)
    end = time.monotonic() + SECONDS
    try:
        for line in lines:
            seen = len(shown)
            while b": " not in shown[seen:]:
                shown += _more(ours, end)
            os.write(ours, f"{line}\n".encode())
        with contextlib.suppress(OSError):  # how a terminal says that nobody writes to it any more
            while True:
                shown += _more(ours, end)
        return process.wait(SECONDS), shown.decode()
    finally:
        process.kill()
        process.wait(SECONDS)
        os.close(ours)


def _more(terminal: int, end: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], max(0.0, end - time.monotonic()))
    assert ready, "nothing more was shown"
    return os.read(terminal, 4096)


def test_a_passphrase_is_typed_twice_and_never_shown(house: Path, tmp_path: Path) -> None:
    path = decide(tmp_path / "state", FAMILY)
    before = family(path)
    code, shown = typed("backup", tmp_path / "ours", "--config", house, lines=[WORDS, WORDS])
    assert code == 0, shown
    assert "at least 12 characters" in shown
    decide(tmp_path / "state", "DELETE FROM child")
    code, shown_again = typed("restore", tmp_path / "ours", "--config", house, lines=[WORDS])
    assert code == 0, shown_again
    assert "fjal" not in shown + shown_again
    assert family(path) == before


@pytest.mark.parametrize(("lines", "why"), [([WORDS, WORDS[:-1]], "differ"), (["short"], "fewer than 12 characters")])
def test_a_slip_of_the_fingers_writes_nothing(house: Path, tmp_path: Path, lines: list[str], why: str) -> None:
    decide(tmp_path / "state", FAMILY)
    code, shown = typed("backup", tmp_path / "ours", "--config", house, lines=lines)
    assert code == 1
    assert why in shown
    assert not (tmp_path / "ours").exists()


# --- when power goes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", [3, pytest.param(30, marks=pytest.mark.long)])
def test_a_restore_that_is_cut_off_is_whole_or_has_not_been(
    house: Path, words: Path, tmp_path: Path, times: int
) -> None:
    path = decide(tmp_path / "state", HOUSE)
    (tmp_path / "ours").write_bytes(seal(write_backup(BACKUP), WORDS))
    restore = ("restore", str(tmp_path / "ours"), "--passphrase-file", str(words), "--config", str(house))
    began = time.monotonic()
    assert command(*restore).returncode == 0
    lasts = time.monotonic() - began
    chance = random.Random(times)
    for _ in range(times):
        decide(tmp_path / "state", "UPDATE child SET name = 'Ana' WHERE id = 3; DELETE FROM hours")
        before = family(path)
        process = subprocess.Popen([*PROGRAM, *restore], stdout=subprocess.DEVNULL, env=clean_environment())
        try:
            process.wait(lasts * chance.uniform(0.5, 1.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(SECONDS)
        assert family(path) in (before, BACKUP)
        assert family(previous_of(path)) in (before, BACKUP)
