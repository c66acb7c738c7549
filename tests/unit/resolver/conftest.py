"""Give tests a forwarder over paper."""

from __future__ import annotations

import pytest

from guardian.resolver import forwarder as room
from tests.unit.resolver.paper import PaperUpstream, PaperWatch


@pytest.fixture
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let forwarders open upstreams made of values."""
    monkeypatch.setattr(room, "open_upstream", PaperUpstream)
    monkeypatch.setattr(room, "Watch", PaperWatch)
