"""In which form guardian runs."""

from __future__ import annotations

import importlib.machinery
import sys
from typing import TYPE_CHECKING

from guardian.system.build import form_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_source_is_pure_python_and_an_extension_beside_it_is_compiled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("sourceonly", "both"):
        (tmp_path / f"{name}.py").touch()
    (tmp_path / f"both{importlib.machinery.EXTENSION_SUFFIXES[0]}").touch()
    assert form_of("sourceonly") == "pure Python"
    assert form_of("both") == "compiled"
    assert not {"sourceonly", "both"} & set(sys.modules)


def test_what_is_not_there_is_not_compiled() -> None:
    assert form_of("guardian.attic") == "pure Python"
