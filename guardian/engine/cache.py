"""Keep what was answered, for everyone and for a bounded time, in two generations.

Law 1: an entry leaves when it is swept after its time, or with its whole generation when a newer one is full; nothing
       is evicted one by one, for that costs more than asking again.
Law 2: `max_entries` bounds both generations together.
"""

from __future__ import annotations

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class TwoGenerations(Generic[K, V]):
    """A table that forgets its older half at once."""

    def __init__(self, max_entries: int) -> None:
        """Hold at most `max_entries`, at least two."""
        self._half = max(1, max_entries // 2)
        self._young: dict[K, tuple[float, V]] = {}
        self._old: dict[K, tuple[float, V]] = {}

    def __len__(self) -> int:
        """Count what is held, usable or not."""
        return len(self._young) + len(self._old)

    def get(self, key: K, now: float) -> V | None:
        """Give what is kept under `key` and still good at `now`."""
        kept = self.find(key)
        return kept[1] if kept is not None and kept[0] > now else None

    def find(self, key: K) -> tuple[float, V] | None:
        """Give what is kept under `key` behind the time until which it is good; the caller compares the clock."""
        kept = self._young.get(key)
        if kept is None and (kept := self._old.get(key)) is not None:
            self._put(key, kept)
        return kept

    def put(self, key: K, value: V, until: float) -> None:
        """Keep `value` until `until`."""
        self._old.pop(key, None)  # else a sweep of the newer value would bring back the older one
        self._put(key, (until, value))

    def drop(self, key: K) -> None:
        """Keep nothing under `key`."""
        self._young.pop(key, None)
        self._old.pop(key, None)

    def sweep(self, now: float) -> None:
        """Drop what is no longer good at `now`."""
        for table in (self._young, self._old):
            for key in [key for key, (until, _) in table.items() if until <= now]:
                del table[key]

    def clear(self) -> None:
        """Forget everything."""
        self._young, self._old = {}, {}

    def _put(self, key: K, kept: tuple[float, V]) -> None:
        self._young[key] = kept
        if len(self._young) >= self._half:
            self._old, self._young = self._young, {}
