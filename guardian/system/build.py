"""Know in which form this guardian runs: as its sources stand, or with its hot modules compiled."""

from __future__ import annotations

from importlib.machinery import ExtensionFileLoader
from importlib.util import find_spec


def form_of(module: str) -> str:
    """Say in which form Python would load a module, without loading it: `compiled` or `pure Python`."""
    spec = find_spec(module)
    return "compiled" if spec is not None and isinstance(spec.loader, ExtensionFileLoader) else "pure Python"
