"""Keep what was answered, for everyone and for a bounded time, in two generations.

Law 1: an entry leaves when its time is over or when its generation is the older one and a new one begins; nothing is
       evicted one by one, for that costs more than asking again.
Law 2: `max_entries` bounds both generations together.
Law 3: a generation is dropped whole when it is a minute too old to serve; memory is not a history.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(NamedTuple, Generic[V]):
    """A value and the time, in monotonic seconds, until which it may be used."""

    until: float
    value: V


class TwoGenerations(Generic[K, V]):
    """A table that forgets its older half at once."""

    def __init__(self, max_entries: int) -> None:
        """Hold at most `max_entries`, at least two."""
        self._half = max(1, max_entries // 2)
        self.young: dict[K, Kept[V]] = {}
        self._old: dict[K, Kept[V]] = {}

    def __len__(self) -> int:
        """Count what is held, usable or not."""
        return len(self.young) + len(self._old)

    def get(self, key: K, now: float) -> Kept[V] | None:
        """Give what is kept under `key` and still good at `now`."""
        kept = self.young.get(key)
        if kept is None:
            kept = self._old.pop(key, None)
            if kept is None:
                return None
            if kept.until > now:
                self._put(key, kept)
        return kept if kept.until > now else None

    def put(self, key: K, value: V, until: float) -> None:
        """Keep `value` until `until`."""
        self._put(key, Kept(until, value))

    def clear(self) -> None:
        """Forget everything."""
        self.young, self._old = {}, {}

    def _put(self, key: K, kept: Kept[V]) -> None:
        self.young[key] = kept
        if len(self.young) >= self._half:
            self._old, self.young = self.young, {}
