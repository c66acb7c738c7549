"""Find out whether the folder of state can be written by who asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.cli.house import House
    from guardian.errors import Fault


def unwritable_state(house: House) -> Iterator[Fault]:
    """Warn where lists could not be compiled, and a running guardian not be asked; makes nothing."""
    folder = house.state.folder
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return
    what = f"{nearest} can't be written by this user" if nearest.is_dir() else f"{nearest} is no folder"
    message = f"{what}: no list can be compiled, and status, pause and resume are not to be had"
    yield house.document.fault(("state",), message, "start as the user who owns it, or write another folder")
