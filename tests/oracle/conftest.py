"""Give the oracle tests the nameserver that stands behind both servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.live.authority import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Answer every name on loopback."""
    with Authority() as server:
        yield server
