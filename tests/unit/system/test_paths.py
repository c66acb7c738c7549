"""Where things are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from guardian.errors import StoreError
from guardian.system import paths
from guardian.system.paths import State, blocklists


def test_the_set_and_the_one_before_it_lie_in_one_folder_so_that_a_rename_is_enough() -> None:
    state = State(Path("/var/lib/guardian"))
    assert state.current == Path("/var/lib/guardian/sets/current.set")
    assert state.previous.parent == state.current.parent


def test_the_lists_that_ship_with_guardian_are_found() -> None:
    assert {"catalog.yaml", "categories.yaml", "protected.yaml"} <= {path.name for path in blocklists().iterdir()}


def test_an_installation_without_its_lists_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_PACKAGE", tmp_path / "guardian")
    with pytest.raises(StoreError, match="no blocklists folder; install guardian again"):
        blocklists()
