"""Open the backup that a person names, and say what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.cli.passphrase import known_passphrase
from guardian.errors import TrustError
from guardian.family.backup import read_backup
from guardian.family.restoring import rehearse
from guardian.store.backup import read_sealed
from guardian.trust.sealed import check_head, unseal

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.family.backup import Backup

_WORDS = {
    "children": ("child", "children"),
    "devices": ("device", "devices"),
    "hours": ("schedule", "schedules"),
    "choices": ("choice", "choices"),
    "rules": ("rule", "rules"),
    "budgets": ("budget", "budgets"),
    "holidays": ("holiday", "holidays"),
    "adults": ("adult", "adults"),
}
"""One of each kind, and several."""


def open_backup(file: Path, passphrase_file: Path | None) -> Backup:
    """Open a backup that could be restored at once; TrustError where it could not be."""
    sealed = read_sealed(file)
    try:
        check_head(sealed)
        backup = read_backup(unseal(sealed, known_passphrase(passphrase_file)))
        rehearse(backup)
    except TrustError as error:
        raise TrustError(f"{file}: {error}") from error
    return backup


def counts(backup: Backup) -> dict[str, int]:
    """Give how many of each kind a backup holds."""
    return {kind: len(getattr(backup, kind)) for kind in _WORDS}


def contents(backup: Backup) -> str:
    """Give the same as words: `2 children, 1 device`."""
    some = [f"{count} {_WORDS[kind][count > 1]}" for kind, count in counts(backup).items() if count]
    return ", ".join(some) or "a family that has decided nothing yet"
