"""Find a name in a compiled set: one for every child, whatever the number of lists.

Law 1: a set is a sorted array of 64-bit hashes over a buffer that somebody else opened; nothing of it is copied.
Law 2: the first stored name from the left decides, for the compiler folded its parents into its class.
Law 3: rules with conditions and patterns are heard only where they may apply; `find` knows nothing of them.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.conditions import Checks, Conditional
from guardian.lists.patterns import Patterns, PatternTable
from guardian.lists.rows import Bits
from guardian.lists.set_file import read_header, unpack_contents, unpack_row
from guardian.model import Match

if TYPE_CHECKING:
    from guardian.lists.rows import Row
    from guardian.lists.set_file import Header, ListInfo
    from guardian.model import Asker


_BLANK = blake2b(digest_size=8)
"""Copying it costs a third less than making one."""
_new = tuple.__new__
"""What Match() makes, at half its cost."""


def hash_of(name: bytes) -> int:
    """Give the 64 bits by which a name in wire form is stored."""
    return int.from_bytes(blake2b(name, digest_size=8).digest(), "big")


class Heard(NamedTuple):
    """What all rules say of one question, the slow way."""

    stored: Bits
    """Rules that name the name or one above it."""
    shaped: Bits
    """Patterns."""
    opens: bool
    """A rule with a condition could open it for another question: a block must not deny that the name exists."""


class DomainSet:
    """A compiled set over `buffer` (octets, or a mapped file that the kernel shares and evicts)."""

    def __init__(self, buffer: memoryview) -> None:
        """Open without reading it through; ListError where the header is wrong; `set_file.verify` does the rest."""
        self.header = header = read_header(buffer)
        self.checksum = header.checksum.hex()
        self._index = buffer[header.index_at : header.index_at + 4 * ((1 << header.index_bits) + 1)].cast("I")
        self._hashes = buffer[header.hashes_at : header.classes_at].cast("Q")
        self._classes = buffer[header.classes_at : header.classes_at + 2 * header.names].cast("H")
        self._rows = buffer[header.rows_at : header.conditional_at]
        self._shift = 64 - header.index_bits
        self._shallowest = header.shallowest
        contents = unpack_contents(bytes(buffer[header.contents_at :]))
        self.lists: tuple[ListInfo, ...] = contents.lists
        checks = Checks(contents.conditions)
        self.personal = any(one.clients or one.not_clients or one.tags or one.not_tags for one in contents.conditions)
        half = header.conditional_at + 8 * header.conditional
        hashes, tails = buffer[header.conditional_at : half].cast("Q"), buffer[half : header.patterns_at].cast("Q")
        self._conditional = Conditional(hashes, tails, checks)
        self.patterns: Patterns | None = Patterns(_patterns(buffer, header), checks) if header.patterns else None

    def __len__(self) -> int:
        """Count the stored names."""
        return self.header.names

    def find(self, name: bytes, labels: tuple[int, ...]) -> Match | None:
        """Give the first stored name from the left, `name` itself or one above it; `labels` are its label offsets."""
        index, hashes, shift, blank = self._index, self._hashes, self._shift, _BLANK.copy
        for label in range(len(labels) - self._shallowest + 1):
            state = blank()
            state.update(name[labels[label] :])
            wanted = int.from_bytes(state.digest(), "big")
            bucket = wanted >> shift
            high = index[bucket + 1]
            place = bisect_left(hashes, wanted, index[bucket], high)
            if place < high and hashes[place] == wanted:
                return _new(Match, (self._classes[place], label == 0, label))
        return None

    def hear(self, match: Match | None, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker) -> Heard:
        """Give all that is said of one question, conditions and patterns with it; `match` is what `find` gave.

        Raises ListError where a damaged set is met.
        """
        stored, opens = Bits(), False
        if match is not None:
            row = self.row(match.row)
            stored = row.itself if match.exact else row.below
            if row.conditional:
                more, opens = self._conditional.hear(name, labels, qtype, asker)
                stored = stored.union(more)
        patterns = self.patterns
        return Heard(stored, patterns.hear(name, labels, qtype, asker) if patterns else Bits(), opens)

    def row(self, number: int) -> Row:
        """Give one class."""
        size = 1 + 8 * self.header.row_width
        return unpack_row(bytes(self._rows[number * size : (number + 1) * size]), self.header.row_width)

    def rows(self) -> list[Row]:
        """Give every class, in order."""
        return [self.row(number) for number in range(self.header.rows)]


def _patterns(buffer: memoryview, header: Header) -> PatternTable:
    led_to_at = header.keys_at + 4 * header.keys
    return PatternTable(
        buffer[header.patterns_at : header.keys_at].cast("Q"),
        buffer[header.offsets_at : header.texts_at].cast("I"),
        buffer[header.texts_at : header.contents_at],
        buffer[header.keys_at : led_to_at].cast("I"),
        buffer[led_to_at : header.offsets_at].cast("I"),
    )
