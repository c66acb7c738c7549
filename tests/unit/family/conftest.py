"""Give tests of the family a store, and a day to decide on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from guardian.store.database import open_store

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 24, 15, 30, tzinfo=ZoneInfo("Europe/Tirane"))
"""A Tuesday."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = open_store(tmp_path / "family.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def now() -> datetime:
    return NOW
