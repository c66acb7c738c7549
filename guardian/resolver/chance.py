"""Hold random octets that the kernel drew: a system call for each question would be dear.

Law 1: no octet is given twice.
Law 2: never more than `bulk` octets are held.
"""

from __future__ import annotations

import secrets


class Chance:
    """A supply of random octets, renewed when it is used up."""

    __slots__ = ("_bulk", "_octets", "_used")

    def __init__(self, bulk: int = 4096) -> None:
        """Hold up to `bulk` octets; each taking must be smaller."""
        self._bulk = bulk
        self._used = bulk
        self._octets = b""

    def take(self, size: int) -> int:
        """Give `size` octets as one number."""
        start = self._used
        self._used = end = start + size
        if end > self._bulk:
            self._octets = secrets.token_bytes(self._bulk)
            start, self._used = 0, size
            end = size
        return int.from_bytes(self._octets[start:end], "big")
