"""Compile the lists that ship with guardian once for all their tests."""

from __future__ import annotations

import pytest

from guardian.config.settings import Lists
from guardian.lists.domain_set import DomainSet
from guardian.update.compilation import Workshop, compile_in_memory
from tests.unit.blocklists.pages import ROOT


@pytest.fixture(scope="session")
def shipped() -> DomainSet:
    """Return the compiled lists that ship with guardian."""
    return DomainSet(compile_in_memory(Workshop(ROOT / "blocklists", Lists())))
