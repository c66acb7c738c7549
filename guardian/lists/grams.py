"""Say quickly that no pattern can mean a name: by groups of letters, of which it would have to hold one.

Law 1: a literal is a run of a pattern's letters that holds no dot, so it stands in a wire name as it does in text.
Law 2: of a literal of five or more, two neighbouring groups of four are keys: a name is read at every second octet
       only, and one of the two always stands there. A literal of three or four has a group of three as its key.
Law 3: most names hold no key: that is asked first, at the least cost.
Law 4: a key leads to no more than `MAX_SHARED` patterns, so no list can make a name dear.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from struct import Struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

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


SHORTEST = 5
"""Octets of the shortest name that can hold a key: a label of three letters and the root."""


class Grams:
    """The keys of a set's patterns; its memory grows with the keys, some 90 octets each."""

    def __init__(self, keys: Sequence[int], patterns: Sequence[int]) -> None:
        """Take the keys in order, and beside each the number of the pattern it leads to."""
        self._patterns = patterns
        self._fours: dict[int, int] = {}
        self._threes: dict[tuple[int, ...], int] = {}
        # Backwards: what stays is the first place of each key.
        for place in range(len(keys) - 1, -1, -1):
            key = keys[place]
            if is_three(key):
                self._threes[tuple(key.to_bytes(3, "little"))] = place
            else:
                self._fours[key] = place
        self._no_four = self._fours.keys().isdisjoint
        self._no_three = self._threes.keys().isdisjoint
        self._keys = keys
        self._readers = _readers()

    def candidates(self, name: bytes) -> Collection[int]:
        """Give the patterns of which a name in wire form holds a key."""
        if len(name) < SHORTEST:
            return ()
        first, second = self._readers[len(name)]
        odd, even = first(name, 1), second(name, 3)
        short = self._threes and not self._no_three(zip(name, name[1:], name[2:], strict=False))
        if not short and self._no_four(odd) and self._no_four(even):
            return ()
        held = [self._fours[group] for group in self._fours.keys() & (odd + even)]
        if short:
            held += [self._threes[group] for group in self._threes.keys() & zip(name, name[1:], name[2:], strict=False)]
        return self._led_to(held)

    def _led_to(self, places: list[int]) -> set[int]:
        numbers: set[int] = set()
        for first in places:
            key, place = self._keys[first], first
            while place < len(self._keys) and self._keys[place] == key:
                numbers.add(self._patterns[place])
                place += 1
        return numbers


_WORDS = (
    "account admin adserver adservice affiliate agency amazon analytics android api app apple apps assets auth backend "
    "banner beacon best blog business casino cdn center chat client click cloud cloudfront code connect content "
    "counter cpanel crypto data delivery design development digital direct doc download edge email engine events "
    "exchange express facebook family fashion feed file finance football forum free game gateway global go google "
    "group help home hotel host http https image images img info insta internet ios jobs kids land legal link live "
    "local login mail maps market marketing media message metrics micro microsoft mobile money movie music netflix "
    "network news official online open order partner pay payment photo pixel platform play porn portal post press "
    "private pro product promo proxy public push radio remote report safe sale school search secure security server "
    "service services shop site smart social soft software sport sports stat static stats status storage store stream "
    "studio support system tag team tech telemetry test ticket time tour track tracker tracking trade traffic travel "
    "update upload user video view vip voice vpn watch weather web webmail whatsapp widget wiki windows world xxx "
    " yahoo youtube"
)
"""Words that many names hold; what they share with a pattern tells little."""


def commonness(names: Iterable[bytes]) -> Counter[int]:
    """Count how many of these names, in wire form, hold each key; and of the words that are common everywhere.

    Lists leave `www` out and questions don't, so it counts as if every name had it.
    """
    counts: Counter[int] = Counter()
    size = 0
    for name in names:
        size += 1
        counts.update(_groups(name))
    for word in _WORDS.split():
        counts.update(dict.fromkeys(_groups(word.encode()), 8 + size // 200))
    counts.update(dict.fromkeys(_groups(b"\3www"), 64 + size))
    return counts


def _groups(name: bytes) -> set[int]:
    return {_number(name[at : at + size]) for size in (3, 4) for at in range(len(name) - size + 1)}
