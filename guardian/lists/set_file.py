"""Say how a compiled set lies in its file: header, index, hashes, classes, rows, contents.

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
from guardian.lists.rows import Bits, Row
from guardian.model import ListKind

if TYPE_CHECKING:
    from collections.abc import Sequence

MAGIC = b"GRDNSET\x00"
VERSION = 2
_HEADER = struct.Struct("<8sHBBQIIII4x32s")
HEADER_SIZE = 72
CHECKSUM_AT = 40
MAX_INDEX_BITS = 32
MAX_ROWS = 65_536
MAX_LISTS = 1024
MAX_CONTENTS = 4 * 2**20
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


class Header(NamedTuple):
    """The sizes of a set."""

    shallowest: int
    """The least number of labels of any stored name."""
    names: int
    index_bits: int
    rows: int
    row_width: int
    """Octets of one bit set."""
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
    def contents_at(self) -> int:
        """Octets from the start of the file."""
        return self.rows_at + self.rows * (1 + _FIELDS * self.row_width)

    @property
    def size(self) -> int:
        """Octets of the whole file."""
        return self.contents_at + self.contents

    def pack(self) -> bytes:
        """Give the header's octets."""
        numbers = (self.names, self.index_bits, self.rows, self.row_width, self.contents)
        return _HEADER.pack(MAGIC, VERSION, _ORDER, self.shallowest, *numbers, self.checksum)


def read_header(buffer: memoryview) -> Header:
    """Read and check a set's header against the size of `buffer`.

    Raises ListError where the file is no set, of another version or byte order, or cut off.
    """
    if len(buffer) < HEADER_SIZE:
        raise ListError("the compiled set is empty or cut off; compile it again with `guardian lists compile`")
    magic, version, order, shallowest, names, index_bits, rows, row_width, contents, checksum = _HEADER.unpack_from(
        buffer
    )
    if magic != MAGIC:
        raise ListError("not a compiled set; compile one with `guardian lists compile`")
    if version != VERSION or order != _ORDER:
        raise ListError(f"a compiled set of version {version}, made for another guardian or machine; compile it again")
    header = Header(shallowest, names, index_bits, rows, row_width, contents, checksum)
    sane = header.index_bits <= MAX_INDEX_BITS and header.rows <= MAX_ROWS and header.row_width <= MAX_LISTS // 8
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
    return bytes((row.holes,)) + fields


def unpack_row(data: bytes, width: int) -> Row:
    """Read what `pack_row` wrote."""
    fields = [int.from_bytes(data[start : start + width], "little") for start in range(1, 1 + _FIELDS * width, width)]
    return Row(Bits(*fields[:4]), Bits(*fields[4:]), bool(data[0]))


def pack_contents(lists: Sequence[ListInfo]) -> bytes:
    """Give the table of lists as JSON."""
    return json.dumps({"lists": [info._asdict() for info in lists]}, ensure_ascii=False, sort_keys=True).encode()


def unpack_contents(data: bytes) -> tuple[ListInfo, ...]:
    """Read what `pack_contents` wrote; ListError where it is damaged."""
    try:
        rows = json.loads(data)["lists"]
        return tuple(ListInfo(**(row | {"kind": ListKind(row["kind"])})) for row in rows)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ListError("the compiled set is damaged: its table of lists can't be read; compile it again") from error


def _aligned(offset: int) -> int:
    return (offset + 7) & ~7
