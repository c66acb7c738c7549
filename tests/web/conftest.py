"""Give tests of the web a running house."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Return a house whose web runs; nobody can sign in yet."""
    with House(tmp_path / "state") as house:
        yield house
