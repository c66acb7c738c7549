"""Say where things are kept on this machine.

Law 1: what ships with guardian is read from the package, or from the checkout in an editable install.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from guardian.errors import StoreError

_PACKAGE = Path(__file__).resolve().parent.parent


class State(NamedTuple):
    """The folder in which guardian keeps what it compiles."""

    folder: Path

    @property
    def control(self) -> Path:
        """The socket on which a running guardian can be asked how it is."""
        return self.folder / "control.sock"

    @property
    def family(self) -> Path:
        """The family store: what this family has decided."""
        return self.folder / "family.sqlite3"

    @property
    def sets(self) -> Path:
        """The folder of compiled sets."""
        return self.folder / "sets"

    @property
    def current(self) -> Path:
        """The set that answers."""
        return self.sets / "current.set"

    @property
    def previous(self) -> Path:
        """The set before it."""
        return self.sets / "previous.set"


def blocklists() -> Path:
    """Give the folder of the lists that ship with guardian.

    Raises StoreError where the installation lacks it.
    """
    for folder in (_PACKAGE / "blocklists", _PACKAGE.parent / "blocklists"):
        if (folder / "catalog.yaml").is_file():
            return folder
    raise StoreError(f"{_PACKAGE}: this installation has no blocklists folder; install guardian again")


def checkout_config() -> Path | None:
    """Give the configuration of `make run`, where guardian runs from a checkout; None where it is installed."""
    file = _PACKAGE.parent / "config" / "examples" / "checkout.yaml"
    return file if file.is_file() else None
