"""Keep more rules than fit in memory, in temporary files, and give them back in order.

Law 1: memory holds one buffer a bucket and, while reading, one bucket; the rest lies in the file handed in.
Law 2: what is sampled of them does not depend on the order in which they came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECORD = 11
_DIGEST = 8
_BUCKETS = 256


class RuleSpool:
    """Records of 11 octets: the hash of a name (8), the list's number (2), what the rule says (1)."""

    def __init__(self, file: BinaryIO, *, buffer: int = 16 * 1024) -> None:
        """Use `file`, empty and open for reading and writing; each of 256 buckets holds `buffer` octets in memory."""
        self._file = file
        self._limit = buffer
        self._buffers = [bytearray() for _ in range(_BUCKETS)]
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(_BUCKETS)]

    def put(self, record: bytes) -> None:
        """Add one record."""
        bucket = self._buffers[record[0]]
        bucket += record
        if len(bucket) >= self._limit:
            self._pieces[record[0]].append((self._file.tell(), len(bucket)))
            self._file.write(bucket)
            bucket.clear()

    def groups(self) -> Iterator[tuple[bytes, bytes]]:
        """Give each hash once, in order, with the sorted distinct rest of its records joined."""
        for number in range(_BUCKETS):
            data = b"".join(self._read(number))
            records = sorted({data[start : start + _RECORD] for start in range(0, len(data), _RECORD)})
            digest, tails = b"", b""
            for record in records:
                if record[:_DIGEST] == digest:
                    tails += record[_DIGEST:]
                    continue
                if digest:
                    yield digest, tails
                digest, tails = record[:_DIGEST], record[_DIGEST:]
            if digest:
                yield digest, tails

    def _read(self, number: int) -> Iterator[bytes]:
        for offset, size in self._pieces[number]:
            self._file.seek(offset)
            yield self._file.read(size)
        yield bytes(self._buffers[number])


class NameSpool:
    """Names in wire form, given back in the order in which they came."""

    def __init__(self, file: BinaryIO, *, buffer: int = 1 << 20) -> None:
        """Use `file`, empty and open for reading and writing; `buffer` octets stay in memory."""
        self._file = file
        self._limit = buffer
        self._buffer = bytearray()

    def put(self, name: bytes) -> None:
        """Add one name of at most 255 octets."""
        self._buffer.append(len(name))
        self._buffer += name
        if len(self._buffer) >= self._limit:
            self._flush()

    def __iter__(self) -> Iterator[bytes]:
        """Give every name."""
        self._flush()
        self._file.seek(0)
        data = b""
        while chunk := self._file.read(self._limit):
            data += chunk
            position, size = 0, len(data)
            while position < size and position + data[position] < size:
                end = position + 1 + data[position]
                yield data[position + 1 : end]
                position = end
            data = data[position:]

    def _flush(self) -> None:
        self._file.write(self._buffer)
        self._buffer.clear()


class Sample:
    """Some of the names, the same ones in whatever order they come: those with the lowest hashes."""

    def __init__(self, *, most: int = 16_384) -> None:
        """Keep at most so many names in memory."""
        self._most = most
        self._names: dict[bytes, bytes] = {}
        self.limit = b"\xff" * _DIGEST
        """Only a name whose hash is below this is wanted."""

    def add(self, digest: bytes, name: bytes) -> None:
        """Add a name that is wanted."""
        self._names[digest] = name
        while len(self._names) > self._most:
            self.limit = (int.from_bytes(self.limit, "big") // 2).to_bytes(_DIGEST, "big")
            self._names = {digest: name for digest, name in self._names.items() if digest < self.limit}

    def __iter__(self) -> Iterator[bytes]:
        """Give them."""
        return iter(self._names.values())
