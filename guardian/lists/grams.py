"""Say quickly that no pattern can mean a name: by groups of letters, of which it would have to hold one.

Law 1: a literal is a run of a pattern's letters that holds no dot, so it stands in a wire name as it does in text.
Law 2: of a literal of five or more, two neighbouring groups of four are keys: a name is read at every second octet
       only, and one of the two always stands there. A literal of three or four has a group of three as its key.
Law 3: a key leads to no more than `MAX_SHARED` patterns, so no list can make a name dear.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MAX_SHARED = 64
MAX_THREES = 4096
"""How many groups of three a set may have: each costs some 150 octets of memory."""
_FOUR = 4
_THREES = 1 << 24


def keys_of(literal: bytes, at: int) -> tuple[int, ...]:
    """Give the keys of a literal when the group that begins at `at` is taken."""
    if len(literal) > _FOUR:
        return (_number(literal[at : at + 4]), _number(literal[at + 1 : at + 5]))
    return (_number(literal[at : at + 3]),)


def places_of(literal: bytes) -> range:
    """Say where in a literal groups may be taken."""
    return range(len(literal) - (4 if len(literal) > _FOUR else 2))


def is_three(key: int) -> bool:
    """Say whether a key is a group of three."""
    return key < _THREES


def _number(group: bytes) -> int:
    return int.from_bytes(group, "little")


@cache
def _readers() -> tuple[tuple[Callable[..., tuple[int, ...]], Callable[..., tuple[int, ...]]], ...]:
    """Give for each length of a name what reads its groups of four at the octets 1, 5 and on, and at 3, 7 and on."""
    return tuple(
        (Struct(f"<{max(0, size - 2) // 4}I").unpack_from, Struct(f"<{max(0, size - 4) // 4}I").unpack_from)
        for size in range(256)
    )


class Grams:
    """The keys of a set's patterns; its memory grows with the keys, some 90 octets each."""

    def __init__(self, keys: Sequence[int], patterns: Sequence[int]) -> None:
        """Take the keys in order, and beside each the number of the pattern it leads to."""
        self._keys, self._patterns = keys, patterns
        self._fours = frozenset(key for key in keys if not is_three(key))
        self._threes = frozenset(tuple(key.to_bytes(3, "little")) for key in keys if is_three(key))
        self._readers = _readers()

    def may_match(self, name: bytes) -> bool:
        """Say whether a name in wire form holds any key."""
        apart = self._fours.isdisjoint
        odd, even = self._readers[len(name)]
        if not (apart(odd(name, 1)) and apart(even(name, 3))):
            return True
        return bool(self._threes) and not self._threes.isdisjoint(zip(name, name[1:], name[2:], strict=False))

    def candidates(self, name: bytes) -> set[int]:
        """Give the patterns whose keys the name holds."""
        return set(self._led_to(self._held(name)))

    def _held(self, name: bytes) -> Iterator[int]:
        odd, even = self._readers[len(name)]
        for group in (*odd(name, 1), *even(name, 3)):
            if group in self._fours:
                yield group
        for three in zip(name, name[1:], name[2:], strict=False):
            if three in self._threes:
                yield _number(bytes(three))

    def _led_to(self, held: Iterable[int]) -> Iterator[int]:
        for key in set(held):
            place = bisect_left(self._keys, key)
            while place < len(self._keys) and self._keys[place] == key:
                yield self._patterns[place]
                place += 1
