"""Say how a compiled set lies in its file: header, index, hashes, classes, rows, side tables, contents.

Law 1: the header names version, byte order, sizes and the checksum of all other octets; every size is checked.
Law 2: a set is compiled on the machine that reads it, so numbers have its byte order; another one is refused.
Law 3: a set with a wrong checksum is never opened for answering.
"""

from __future__ import annotations

import json
import struct
import sys
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import ListError
from guardian.lists.conditions import pack_conditions, unpack_conditions
from guardian.lists.rows import Bits, Row
from guardian.model import ListKind

if TYPE_CHECKING:
    from guardian.model import Condition

MAGIC = b"GRDNSET\x00"
VERSION = 3
_HEADER = struct.Struct("<8sHBBQ8I4x32s")
HEADER_SIZE = 88
CHECKSUM_AT = 56
MAX_INDEX_BITS = 32
MAX_ROWS = 65_536
MAX_LISTS = 1024
MAX_CONTENTS = 4 * 2**20
MAX_SIDE = 1_000_000
"""Entries of one side table."""
_ORDER = 1 if sys.byteorder == "little" else 2
_FIELDS = 8


class ListInfo(NamedTuple):
    """One list of a set, as its reader and the catalogue describe it."""

    id: str
    title: str
    kind: ListKind
    category: str
    """Empty where the kind is not `block`."""
    origin: str
    """Where the list comes from: a file or an address."""
    since: str = ""
    """The day on which the list joined the catalogue, YYYY-MM-DD; empty for the operator's own."""
    rules: int = 0
    refused: int = 0
    conditional: int = 0
    """Rules with conditions that are in the set; `rules` counts what was read."""
    patterns: int = 0
    opening_patterns: int = 0
    """Of those, the ones that open: any name may be open then, in whatever this list closes."""
    left_out: int = 0
    """Rules that were read and are not in the set: too dear to answer by, or their engine is missing."""
    undoes: str = "list"
    """Whose blocks its exceptions undo: those of this `list`, or of all lists of its `category`."""
    yields: bool = False
    """Of protected names: a family's hours may close them, though no list and no band may."""


class Contents(NamedTuple):
    """What a set holds as JSON."""

    lists: tuple[ListInfo, ...]
    conditions: tuple[Condition, ...]


class Header(NamedTuple):
    """The sizes of a set."""

    shallowest: int
    """The least number of labels of any stored name."""
    names: int
    index_bits: int
    rows: int
    row_width: int
    """Octets of one bit set."""
    conditional: int
    """Rules with conditions."""
    patterns: int
    keys: int
    """Keys by which patterns are found."""
    texts: int
    """Octets of all patterns' text."""
    contents: int
    checksum: bytes

    @property
    def index_at(self) -> int:
        """Octets from the start of the file."""
        return HEADER_SIZE

    @property
    def hashes_at(self) -> int:
        """Octets from the start of the file, a multiple of 8."""
        return _aligned(self.index_at + 4 * ((1 << self.index_bits) + 1))

    @property
    def classes_at(self) -> int:
        """Octets from the start of the file."""
        return self.hashes_at + 8 * self.names

    @property
    def rows_at(self) -> int:
        """Octets from the start of the file."""
        return _aligned(self.classes_at + 2 * self.names)

    @property
    def conditional_at(self) -> int:
        """Octets from the start of the file: hashes, then tails, of 8 octets each."""
        return _aligned(self.rows_at + self.rows * (1 + _FIELDS * self.row_width))

    @property
    def patterns_at(self) -> int:
        """Octets from the start of the file: tails of 8 octets, keys and what they lead to, and offsets, of 4 each."""
        return self.conditional_at + 16 * self.conditional

    @property
    def keys_at(self) -> int:
        """Octets from the start of the file."""
        return self.patterns_at + 8 * self.patterns

    @property
    def offsets_at(self) -> int:
        """Octets from the start of the file: where each pattern's text begins, and where the last one ends."""
        return self.keys_at + 8 * self.keys

    @property
    def texts_at(self) -> int:
        """Octets from the start of the file."""
        return self.offsets_at + (4 * (self.patterns + 1) if self.patterns else 0)

    @property
    def contents_at(self) -> int:
        """Octets from the start of the file."""
        return self.texts_at + self.texts

    @property
    def size(self) -> int:
        """Octets of the whole file."""
        return self.contents_at + self.contents

    def pack(self) -> bytes:
        """Give the header's octets."""
        return _HEADER.pack(MAGIC, VERSION, _ORDER, self.shallowest, *self[1:])


def read_header(buffer: memoryview) -> Header:
    """Read and check a set's header against the size of `buffer`.

    Raises ListError where the file is no set, of another version or byte order, or cut off.
    """
    if len(buffer) < HEADER_SIZE:
        raise ListError("the compiled set is empty or cut off; compile it again with `guardian lists compile`")
    magic, version, order, *numbers = _HEADER.unpack_from(buffer)
    if magic != MAGIC:
        raise ListError("not a compiled set; compile one with `guardian lists compile`")
    if version != VERSION or order != _ORDER:
        raise ListError(f"a compiled set of version {version}, made for another guardian or machine; compile it again")
    header = Header(*numbers)
    sane = header.index_bits <= MAX_INDEX_BITS and header.rows <= MAX_ROWS and header.row_width <= MAX_LISTS // 8
    sane = sane and max(header.conditional, header.patterns) <= MAX_SIDE
    # Before any size is counted: 1 << index_bits of a damaged header takes minutes.
    if not sane or header.contents > MAX_CONTENTS:
        raise ListError("the compiled set is damaged: its header names impossible sizes; compile it again")
    if header.size != len(buffer):
        message = f"the compiled set is damaged: {len(buffer)} octets where its header says {header.size}"
        raise ListError(f"{message}; compile it again")
    return header


def verify(buffer: memoryview, *, chunk: int = 2**20) -> None:
    """Check the whole of a set against its checksum; some 15 ms a million names, so never in the loop.

    Raises ListError where it doesn't fit.
    """
    header = read_header(buffer)
    digest = blake2b(buffer[:CHECKSUM_AT], digest_size=32)
    for start in range(HEADER_SIZE, len(buffer), chunk):
        digest.update(buffer[start : start + chunk])
    if digest.digest() != header.checksum:
        raise ListError("the compiled set is damaged: its checksum does not fit; compile it again")


def pack_row(row: Row, width: int) -> bytes:
    """Give a row's octets, each of its eight bit sets `width` long."""
    fields = b"".join(field.to_bytes(width, "little") for bits in (row.itself, row.below) for field in bits)
    return bytes((row.holes | row.conditional << 1,)) + fields


def unpack_row(data: bytes, width: int) -> Row:
    """Read what `pack_row` wrote."""
    fields = [int.from_bytes(data[start : start + width], "little") for start in range(1, 1 + _FIELDS * width, width)]
    return Row(Bits(*fields[:4]), Bits(*fields[4:]), bool(data[0] & 1), bool(data[0] & 2))


def pack_contents(contents: Contents) -> bytes:
    """Give the table of lists and that of conditions as JSON."""
    tables = {
        "lists": [info._asdict() for info in contents.lists],
        "conditions": pack_conditions(contents.conditions),
    }
    return json.dumps(tables, ensure_ascii=False, sort_keys=True).encode()


def unpack_contents(data: bytes) -> Contents:
    """Read what `pack_contents` wrote; ListError where it is damaged."""
    try:
        tables = json.loads(data)
        lists = tuple(ListInfo(**(row | {"kind": ListKind(row["kind"])})) for row in tables["lists"])
        return Contents(lists, unpack_conditions(tables["conditions"]))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ListError("the compiled set is damaged: its table of lists can't be read; compile it again") from error


def _aligned(offset: int) -> int:
    return (offset + 7) & ~7
