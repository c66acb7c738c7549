"""Get the passphrase of a backup: typed at a terminal where nobody can read it, or out of a file.

Law 1: it is never an argument: others on this machine could read it there. Nor is it ever in a core dump.
"""

from __future__ import annotations

import getpass
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.errors import DecisionError
from guardian.system.files import read_text
from guardian.system.memory import forbid_dumps

if TYPE_CHECKING:
    from argparse import ArgumentParser

SHORTEST, LONGEST = 12, 1024
"""Characters of a new one. Who has the file can try as many as they like, at a tenth of a second each."""
_ADVICE = "four words that have nothing to do with each other are a good one"


def add_passphrase(parser: ArgumentParser) -> None:
    """Give a command its `--passphrase-file FILE`."""
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="read the passphrase from a file of one line"
    )


def new_passphrase(file: Path | None) -> str:
    """Get a new passphrase, typed twice; DecisionError where it is too short, or the two differ."""
    passphrase = _get(file, f"passphrase for this backup, at least {SHORTEST} characters: ")
    if len(passphrase) < SHORTEST:
        raise DecisionError(f"the passphrase has fewer than {SHORTEST} characters; {_ADVICE}")
    if file is None and _typed("the same once more: ") != passphrase:
        raise DecisionError("the two passphrases differ; nothing was written")
    return passphrase


def known_passphrase(file: Path | None) -> str:
    """Get the passphrase of a backup that is there."""
    return _get(file, "passphrase of this backup: ")


def _get(file: Path | None, question: str) -> str:
    forbid_dumps()
    return _typed(question) if file is None else _read(file)


def _read(file: Path) -> str:
    try:
        text = read_text(file, max_bytes=LONGEST).decode()
    except UnicodeDecodeError:
        raise DecisionError(f"{file}: this is no text in UTF-8; write the passphrase as one line") from None
    passphrase = text.removesuffix("\n").removesuffix("\r")
    if "\n" in passphrase or not passphrase:
        raise DecisionError(f"{file}: write the passphrase as one line, and nothing else")
    return passphrase


def _typed(question: str) -> str:
    if not sys.stdin.isatty():
        raise DecisionError("there is no terminal to type the passphrase at; give --passphrase-file FILE")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(question)
    except (getpass.GetPassWarning, EOFError):
        raise DecisionError("this terminal shows what is typed; give --passphrase-file FILE") from None
