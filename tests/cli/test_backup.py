"""A family's decisions survive a lost SD card, and no file from elsewhere does them harm."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardian.cli import passphrase
from guardian.cli.backup_file import open_backup
from guardian.errors import TrustError
from guardian.family.backup import saved, write_backup
from guardian.family.log import Did, read_log
from guardian.store.database import open_store, read_store
from guardian.trust import sealed
from guardian.trust.sealed import MAGIC, MAX_SEALED, seal
from tests.unit.family.backups import BACKUP, HOSTILE, HOUSE

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.family.backup import Backup
    from tests.cli.conftest import Done

    Guardian = Callable[..., Done]

WORDS = "katër fjalë të gjata"
STORE = Path("state/family.sqlite3")
LATER = "guardian does not run; this holds from its next start"
PREVIOUS = Path("state/family.previous.sqlite3")
HOLDS = "2 children, 2 devices, 2 schedules, 2 choices, 1 rule, 1 budget, 1 holiday, 2 adults"


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a guess cost little, and this process be looked into: both are tested where they are decided."""
    monkeypatch.setattr(passphrase, "forbid_dumps", lambda: None)
    monkeypatch.setattr(sealed, "_COST", 10)
    monkeypatch.setattr(sealed, "_LEAST_COST", 10)


@pytest.fixture
def guardian(guardian: Guardian) -> Guardian:
    """Return the runner, in a folder that holds a passphrase too."""
    Path("words").write_text(f"{WORDS}\n", encoding="utf-8")
    return guardian


@pytest.fixture
def house(guardian: Guardian) -> Guardian:
    """Return the runner, in a house whose family has decided something."""
    decide(HOUSE)
    return guardian


def decide(statements: str) -> None:
    with contextlib.closing(open_store(STORE)) as store:
        store.executescript(statements)


def family(path: Path = STORE) -> Backup:
    with contextlib.closing(read_store(path)) as store:
        return saved(store)


def state() -> dict[str, str]:
    """Give a digest of every file that holds a family."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in STORE.parent.iterdir()
        if not path.name.endswith(("-shm", "-wal"))
    }


# --- there and back ---------------------------------------------------------------------------------------------------


def test_a_new_card_has_the_family_of_the_old_one(house: Guardian) -> None:
    done = house("backup", "ours", "--passphrase-file", "words")
    assert (done.code, done.out.splitlines()[0]) == (0, f"ours holds {HOLDS}")
    for path in STORE.parent.iterdir():
        path.unlink()
    done = house("restore", "ours", "--passphrase-file", "words")
    assert (done.code, done.out.splitlines()[0]) == (0, f"restored: {HOLDS}")
    assert LATER in done.out
    assert "a backup holds no passwords: `guardian setup-code` lets a parent choose one" in done.out
    assert family() == BACKUP


def test_what_was_there_before_a_restore_comes_back(house: Guardian) -> None:
    house("backup", "ours", "--passphrase-file", "words")
    decide("UPDATE child SET name = 'Ana' WHERE id = 3; DELETE FROM rule;")
    before = family()
    done = house("restore", "ours", "--passphrase-file", "words")
    assert "to have back what was there before: guardian restore --previous" in done.out
    assert "setup-code" not in done.out
    assert family() == BACKUP
    assert house("restore", "--previous").code == 0
    assert family() == before
    assert house("restore", "--previous").code == 0
    assert family() == BACKUP


def test_the_log_says_that_a_backup_was_restored_and_not_of_whom(house: Guardian) -> None:
    house("backup", "ours", "--passphrase-file", "words")
    house("restore", "ours", "--passphrase-file", "words")
    with contextlib.closing(read_store(STORE)) as store:
        assert read_log(store)[0][1:] == ("command line", Did.BACKUP_RESTORED, "", None)


def test_the_previous_family_holds_no_password_session_or_request(house: Guardian) -> None:
    house("backup", "ours", "--passphrase-file", "words")
    house("restore", "ours", "--passphrase-file", "words")
    kept = PREVIOUS.read_bytes()
    for word in ("scrypt-digest", "factor-secret", "session-digest", "asked.example", "wish-words", "logged-person"):
        assert word.encode() not in kept
    assert b"chess.example" in kept


def test_a_backup_is_checked_without_a_house(guardian: Guardian) -> None:
    Path("ours").write_bytes(seal(write_backup(BACKUP), WORDS))
    Path("guardian.yaml").unlink()
    done = guardian("backup", "--check", "ours", "--passphrase-file", "words")
    assert (done.code, done.out) == (0, f"ours is whole and can be restored: {HOLDS}\n")
    assert not STORE.parent.exists()


def test_programs_read_the_counts(house: Guardian) -> None:
    counts = {
        "children": 2,
        "devices": 2,
        "hours": 2,
        "choices": 2,
        "rules": 1,
        "budgets": 1,
        "holidays": 1,
        "adults": 2,
    }
    assert house("backup", "ours", "--passphrase-file", "words", "--json").json == {"file": "ours", **counts}
    restored = house("restore", "ours", "--passphrase-file", "words", "--json").json
    assert restored == {**counts, "damaged": None, "in_force": False, "note": LATER}


def test_one_of_a_kind_is_said_as_one(guardian: Guardian) -> None:
    decide("INSERT INTO child (id, name, band, label) VALUES (1, 'Ana', '6-9', 'abcdefghijklmnop')")
    assert guardian("backup", "ours", "--passphrase-file", "words").out.startswith("ours holds 1 child\n")


def test_a_damaged_store_is_kept_aside(house: Guardian) -> None:
    house("backup", "ours", "--passphrase-file", "words")
    STORE.write_bytes(b"a card that wears out" * 1000)
    done = house("restore", "ours", "--passphrase-file", "words")
    assert done.code == 0
    assert "the store that was there was damaged and is kept as" in done.out
    assert family() == BACKUP
    assert Path("state/family.damaged.sqlite3").read_bytes().startswith(b"a card that wears out")
    assert not PREVIOUS.exists()


def test_what_could_not_be_restored_is_told_when_it_is_backed_up(house: Guardian) -> None:
    decide("UPDATE hours SET subject = 'no subject' WHERE id = 9")
    done = house("backup", "ours", "--passphrase-file", "words")
    assert done.code == 1
    assert "hours[1] can't be restored" in done.err
    assert not Path("ours").exists()


def test_a_damaged_store_is_wiped_like_any_other(house: Guardian) -> None:
    house("backup", "state/ours", "--passphrase-file", "words")
    STORE.write_bytes(b"a card that wears out" * 1000)
    done = house("children", "list")
    assert (done.code, "`guardian restore` brings a backup" in done.err) == (1, True)
    assert house("wipe", "--yes").code == 0
    assert [path.name for path in STORE.parent.iterdir()] == [STORE.name]
    assert not any(family()[:8])


# --- passphrases ------------------------------------------------------------------------------------------------------


def test_another_passphrase_opens_nothing_and_changes_nothing(house: Guardian) -> None:
    house("backup", "ours", "--passphrase-file", "words")
    Path("others").write_text("four other long words")
    before = state()
    for words in (("restore", "ours"), ("backup", "--check", "ours")):
        done = house(*words, "--passphrase-file", "others")
        assert (done.code, done.out) == (1, "")
        assert done.err == "guardian: ours: the passphrase is not the one of this backup, or the file is damaged\n"
    assert state() == before


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"elevenchars", "fewer than 12 characters"),
        (b"", "as one line"),
        (b"\n", "as one line"),
        (b"two lines of\nit make no one", "as one line"),
        (b"\xff" * 20, "no text in UTF-8"),
        (b"a" * 1025, "larger than 1024 bytes"),
    ],
)
def test_what_is_no_passphrase_is_refused_before_anything_is_written(house: Guardian, text: bytes, why: str) -> None:
    Path("words").write_bytes(text)
    done = house("backup", "ours", "--passphrase-file", "words")
    assert done.code == 1
    assert why in done.err
    assert not Path("ours").exists()


def test_without_a_terminal_the_way_by_a_file_is_told(house: Guardian) -> None:
    done = house("backup", "ours")
    assert done.code == 1
    assert done.err == "guardian: there is no terminal to type the passphrase at; give --passphrase-file FILE\n"


# --- what is refused --------------------------------------------------------------------------------------------------


def test_without_a_family_there_is_nothing_to_back_up_or_bring_back(guardian: Guardian) -> None:
    done = guardian("backup", "ours", "--passphrase-file", "words")
    assert done.code == 1
    assert "this family has decided nothing yet, so there is nothing to back up" in done.err
    done = guardian("restore", "--previous")
    assert done.code == 1
    assert "nothing was restored here" in done.err
    assert not STORE.parent.exists()


def test_one_of_a_file_and_the_previous_family_is_restored(house: Guardian) -> None:
    assert house("restore").code == 2
    assert house("restore", "ours", "--previous").code == 2


FILES = {
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(100),
    "a store": b"SQLite format 3\0" + bytes(4096),
    "a head alone": MAGIC,
    "a head without a cost": MAGIC + bytes(200),
    "a cost of a terabyte": MAGIC + bytes([1, 40, 8, 1]) + bytes(200),
    "a cost of 255": MAGIC + bytes([1, 255, 255, 255]) + bytes(200),
    "noise": MAGIC + hashlib.shake_256(b"noise").digest(5000),
    "larger than any": MAGIC + bytes(MAX_SEALED),
}


def refused(guardian: Guardian, content: bytes) -> None:
    """Try to restore a file, and find all as it was and one line about it."""
    Path("theirs").write_bytes(content)
    before = state()
    done = guardian("restore", "theirs", "--passphrase-file", "words")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("guardian: theirs: ")
    assert done.err.count("\n") == 1
    assert state() == before
    assert not PREVIOUS.exists()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_backup_is_refused_and_the_family_is_as_it_was(house: Guardian, text: bytes) -> None:
    refused(house, seal(text, WORDS))


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_a_file_that_is_no_backup_is_refused(house: Guardian, content: bytes) -> None:
    refused(house, content)


def test_a_file_that_claims_a_gigabyte_is_not_read(house: Guardian) -> None:
    with Path("theirs").open("wb") as file:
        file.write(MAGIC)
        file.truncate(2**30)
    done = house("restore", "theirs", "--passphrase-file", "words")
    assert done.code == 1
    assert "larger than" in done.err


def refused_before_the_family_is_opened(content: bytes) -> None:
    Path("theirs").write_bytes(content)
    with pytest.raises(TrustError, match=r"^theirs: "):
        open_backup(Path("theirs"), Path("words"))


@pytest.mark.usefixtures("guardian")
def test_a_backup_cut_off_at_every_hundredth_is_refused() -> None:
    whole = seal(write_backup(BACKUP), WORDS)
    for part in range(100):
        refused_before_the_family_is_opened(whole[: len(whole) * part // 100])


@pytest.mark.usefixtures("guardian")
def test_a_backup_with_one_bit_flipped_is_refused() -> None:
    whole = seal(write_backup(BACKUP), WORDS)
    for bit in range(0, len(whole) * 8, 37):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        refused_before_the_family_is_opened(bytes(changed))


def test_a_backup_takes_the_place_of_no_other_file(house: Guardian) -> None:
    Path("letter").write_text("dear grandmother")
    done = house("backup", "letter", "--passphrase-file", "words")
    assert done.code == 1
    assert "is no backup of guardian; name another one" in done.err
    assert Path("letter").read_text() == "dear grandmother"
