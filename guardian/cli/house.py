"""Find what every command starts from: the configuration, the folder of state, and the lists that ship with guardian.

Law 1: the configuration is `--config`, else $GUARDIAN_CONFIG, else /etc/guardian/guardian.yaml; in a checkout
       where that file is missing, the one of `make run`: a command means the guardian that `make run` started.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.config.document import read_document, validate
from guardian.config.settings import Settings
from guardian.config.values import FOLDER
from guardian.errors import ConfigError, Fault
from guardian.lists.catalog import Categories, read_categories
from guardian.lists.safe_search import SafeSearch, read_safe_search
from guardian.model import ListKind
from guardian.system.files import read_text
from guardian.system.paths import State, blocklists, checkout_config

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from guardian.config.document import Document

DEFAULT_CONFIG = "/etc/guardian/guardian.yaml"


@dataclass(frozen=True, slots=True)
class House:
    """One installation."""

    document: Document
    """The configuration as it is written, for the places of its faults."""
    settings: Settings
    folder: Path
    """The lists that ship with guardian."""
    categories: Categories
    safe_search: SafeSearch

    @property
    def state(self) -> State:
        """Where guardian keeps what it compiles."""
        return State(Path(self.settings.state))


def add_config(parser: ArgumentParser) -> None:
    """Give a command its `--config FILE`."""
    parser.add_argument(
        "--config", metavar="FILE", help=f"the configuration (default: $GUARDIAN_CONFIG, else {DEFAULT_CONFIG})"
    )


def config_file(config: str | None) -> str:
    """Give the path of the configuration; `config` is what `--config` said."""
    return config or os.environ.get("GUARDIAN_CONFIG") or _usual_config()


def _usual_config() -> str:
    try:
        Path(DEFAULT_CONFIG).stat()
    except (FileNotFoundError, NotADirectoryError):
        return str(checkout_config() or DEFAULT_CONFIG)
    except OSError:
        # it may be there; whoever reads it says why this user can't
        pass
    return DEFAULT_CONFIG


def open_house(config: str | None) -> House:
    """Read the configuration; ConfigError with every fault that the file shows, or where there is no such file."""
    file = config_file(config)
    path = _found(file)
    document = read_document(read_text(path), file)
    settings = validate(Settings, document, {FOLDER: str(path.parent)})
    folder = blocklists()
    house = House(document, settings, folder, shipped_categories(folder), shipped_safe_search(folder))
    faults = list(_unknown_categories(house))
    if faults:
        raise ConfigError(faults)
    return house


def _found(file: str) -> Path:
    try:
        path = Path(file).absolute()
        missing = not path.is_file()
    except OSError as error:
        # above all a folder that this user may not enter
        hint = "name another with --config FILE, or start as a user who may read it"
        raise ConfigError([Fault(file, 0, 0, "", f"can't be read: {error.strerror}", hint)]) from error
    if missing:
        raise ConfigError([Fault(file, 0, 0, "", "there is no such file", "name the configuration with --config FILE")])
    return path


def shipped_categories(folder: Path) -> Categories:
    """Read the table of categories that ships with guardian."""
    table = folder / "categories.yaml"
    return read_categories(read_text(table), str(table))


def shipped_safe_search(folder: Path) -> SafeSearch:
    """Read the table of safe search that ships with guardian."""
    table = folder / "safesearch.yaml"
    return read_safe_search(read_text(table), str(table))


def _unknown_categories(house: House) -> Iterator[Fault]:
    known = house.categories.categories
    for number, source in enumerate(house.settings.lists.sources):
        if source.kind is ListKind.BLOCK and source.category not in known:
            path = ("lists", "sources", number, "category")
            yield house.document.fault(path, f"{source.category!r} is no category", f"known: {', '.join(known)}")
