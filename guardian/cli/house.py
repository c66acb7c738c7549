"""Find what every command starts from: the configuration, the folder of state, and the lists that ship with guardian.

Law 1: the configuration is `--config`, else $GUARDIAN_CONFIG, else /etc/guardian/guardian.yaml.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from guardian.config.settings import Settings, read_settings
from guardian.lists.catalog import Categories, read_categories
from guardian.system.files import read_text
from guardian.system.paths import State, blocklists

if TYPE_CHECKING:
    from argparse import ArgumentParser

DEFAULT_CONFIG = "/etc/guardian/guardian.yaml"


@dataclass(frozen=True, slots=True)
class House:
    """One installation."""

    file: str
    """What faults call the configuration."""
    settings: Settings
    state: State
    folder: Path
    """The lists that ship with guardian."""
    categories: Categories


def add_config(parser: ArgumentParser) -> None:
    """Give a command its `--config FILE`."""
    parser.add_argument("--config", metavar="FILE", help=f"the configuration (default: {DEFAULT_CONFIG})")


def open_house(config: str | None) -> House:
    """Read the configuration; ConfigError with every fault, StoreError where there is no such file."""
    file = config or os.environ.get("GUARDIAN_CONFIG") or DEFAULT_CONFIG
    path = Path(file).absolute()
    settings = read_settings(read_text(path), file, str(path.parent))
    return house_of(settings, file)


def house_of(settings: Settings, file: str) -> House:
    """Give the house of settings that are already read."""
    folder = blocklists()
    table = folder / "categories.yaml"
    categories = read_categories(read_text(table), str(table))
    return House(file, settings, State(Path(settings.state)), folder, categories)
