"""Open the compiled set: the published one, or the last good one before it.

Law 1: the last good set goes on answering, whatever happens to the file; a missing one is never a silent "filter off".
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from guardian.errors import ListError, StoreError
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import verify
from guardian.system.files import map_file

if TYPE_CHECKING:
    from pathlib import Path

    from guardian.daemon.parts import Parts

LOG = logging.getLogger("guardian")


def open_set(path: Path) -> DomainSet:
    """Map a compiled set and verify it; ListError or StoreError where it can't be used."""
    buffer = map_file(path)
    try:
        verify(buffer)
        return DomainSet(buffer)
    except ListError as error:
        raise ListError(f"{path}: {error}") from error


def last_good_set(parts: Parts) -> DomainSet:
    """Open the published set, else the one before it, else the lists that ship with guardian."""
    for path, word in ((parts.state.current, "published set"), (parts.state.previous, "set before it")):
        try:
            return open_set(path)
        except (ListError, StoreError) as error:
            LOG.warning("the %s can't be used: %s", word, error)
    LOG.warning("answering by the lists that ship with guardian alone; run `guardian lists compile` to use your own")
    return DomainSet(parts.embedded())
