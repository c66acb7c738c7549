"""Compile rules into one set within bounded memory.

Law 1: a name is hashed, spooled into one of 256 buckets and sorted there; text is kept only for names with parents.
Law 2: each stored name takes in what its stored parents say of the names below them.
Law 3: a name of which no rule is left (`$badfilter` took it back) is not stored.
Law 4: the same lists give the same octets, whatever the order of their rules.

For five million names the arrays take 50 MB and the spool some 150 MB of temporary file.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from guardian.errors import ListError
from guardian.lists.domain_set import hash_of
from guardian.lists.rows import CONDITIONAL, Row, pack_rule, unpack_rules
from guardian.lists.set_file import (
    CHECKSUM_AT,
    HEADER_SIZE,
    MAX_LISTS,
    MAX_ROWS,
    Contents,
    Header,
    ListInfo,
    pack_contents,
    pack_row,
)
from guardian.lists.side_rules import SideRules
from guardian.lists.spool import NameSpool, RuleSpool, Sample
from guardian.model import ListKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from guardian.lists.side_rules import SideTables
    from guardian.model import Rule

NAMES_A_BUCKET = 8
"""How many hashes a look-up searches among, on average."""


class Summary(NamedTuple):
    """What a compilation made."""

    names: int
    rows: int
    size: int
    checksum: str


class Compiler:
    """Compiles one set; use it once: `add` each list, then `write`.

    `rules` and `names` are empty temporary files, open for reading and writing; `max_names` bounds what is stored.
    """

    def __init__(self, rules: BinaryIO, names: BinaryIO, *, max_names: int = 20_000_000) -> None:
        """Begin with no list."""
        self._rules = RuleSpool(rules)
        self._names = NameSpool(names)
        self._side = SideRules()
        self._sample = Sample()
        self._openings: list[bytes] = []
        self._max_names = max_names
        self._lists: list[ListInfo] = []
        self._shallowest = 255
        self._count = 0

    def add(self, info: ListInfo, rules: Iterable[Rule]) -> None:
        """Take in one list; ListError where there are too many lists or names."""
        number = len(self._lists)
        if number == MAX_LISTS:
            raise ListError(f"more than {MAX_LISTS} lists; leave some out of guardian.yaml")
        self._lists.append(info)
        opens = info.kind is not ListKind.BLOCK
        tails: dict[int, bytes] = {}
        put, keep, sample = self._rules.put, self._names.put, self._sample
        for rule in rules:
            if rule.condition is not None or rule.pattern is not None:
                self._add_aside(number, info, rule)
                continue
            name, packed = rule.name, pack_rule(rule)
            tail = tails.get(packed)
            if tail is None:
                tails[packed] = tail = number.to_bytes(2, "big") + bytes((packed,))
            digest = blake2b(name, digest_size=8).digest()
            put(digest + tail)
            if digest < sample.limit:
                sample.add(digest, name)
            depth = _depth(name)
            if not depth:
                raise _too_wide(info, rule)
            if depth < self._shallowest:
                self._shallowest = depth
            if depth > 1:
                keep(name)
                if opens or rule.exception:
                    self._openings.append(name)
            self._count += 1
            if self._count > self._max_names:
                raise ListError(f"more than {self._max_names} rules; leave some lists out of guardian.yaml")

    def _add_aside(self, number: int, info: ListInfo, rule: Rule) -> None:
        if rule.pattern is None:
            depth = _depth(rule.name)
            if not depth:
                raise _too_wide(info, rule)
            self._shallowest = min(self._shallowest, depth)
        self._side.add(number, rule)

    def write(self, output: BinaryIO, *, describe: Callable[[ListInfo], ListInfo] = lambda info: info) -> Summary:
        """Write the set to `output`, empty and seekable; `describe` may complete each list's entry with its counts."""
        openers = sum(1 << number for number, info in enumerate(self._lists) if info.kind is not ListKind.BLOCK)
        self._side.settle(openers)
        self._spool_conditional()
        table = _Table()
        hashes, classes = array("Q"), array("H")
        nothing = table.number(Row())
        for digest, tails in self._rules.groups():
            number = table.of_rules(tails)
            if number != nothing:
                hashes.append(int.from_bytes(digest, "big"))
                classes.append(number)
        index = _Index(hashes)
        for name in self._openings:
            _open(name, index, classes, table, openers)
        for name in self._conditional_openings:
            _open_above(name, index, classes, table)
        for name in self._names:
            _fold(name, index, classes, table, self._shallowest)
        rows, classes = _in_order(classes, table)
        side = self._side.tables(self._sample)
        lists = tuple(describe(self._counted(number, info)) for number, info in enumerate(self._lists))
        return _write(output, _Main(index, classes, rows, self._shallowest if hashes else 1), side, lists)

    def _spool_conditional(self) -> None:
        """Store the names of rules with conditions: where they stand, the slow path is taken."""
        self._conditional_openings = []
        for name, number, opens in self._side.names():
            tail = number.to_bytes(2, "big") + bytes((CONDITIONAL,))
            self._rules.put(blake2b(name, digest_size=8).digest() + tail)
            if _depth(name) > 1:
                self._names.put(name)
            if opens:
                self._conditional_openings.append(name)

    def _counted(self, number: int, info: ListInfo) -> ListInfo:
        side = self._side
        return info._replace(
            conditional=side.conditional[number],
            patterns=side.patterns[number],
            opening_patterns=side.opening_patterns[number],
            left_out=side.left_out[number],
        )


@dataclass(frozen=True, slots=True)
class _Main:
    """The main table."""

    index: _Index
    classes: array[int]
    rows: list[Row]
    shallowest: int


class _Table:
    """The rows met so far and their numbers."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._numbers: dict[Row, int] = {}
        self._of_rules: dict[bytes, int] = {}
        self._of_folds: dict[tuple[int, int], int] = {}

    def number(self, row: Row) -> int:
        known = self._numbers.get(row)
        if known is None:
            known = len(self.rows)
            if known == MAX_ROWS:
                raise ListError(f"the lists overlap in more than {MAX_ROWS} ways; leave some out of guardian.yaml")
            self._numbers[row] = known
            self.rows.append(row)
        return known

    def of_rules(self, tails: bytes) -> int:
        number = self._of_rules.get(tails)
        if number is None:
            self._of_rules[tails] = number = self.number(unpack_rules(tails))
        return number

    def of_fold(self, child: int, parent: int) -> int:
        key = (child, parent)
        number = self._of_folds.get(key)
        if number is None:
            self._of_folds[key] = number = self.number(self.rows[child].folded(self.rows[parent]))
        return number


class _Index:
    """The sorted hashes, and where each of the leading bit patterns begins."""

    def __init__(self, hashes: array[int]) -> None:
        self.hashes = hashes
        self.bits = max(1, (len(hashes) // NAMES_A_BUCKET).bit_length())
        self.starts = array("I", [0]) * ((1 << self.bits) + 1)
        shift = 64 - self.bits
        bucket = 0
        for place, value in enumerate(hashes):
            while bucket <= value >> shift:
                self.starts[bucket] = place
                bucket += 1
        while bucket <= 1 << self.bits:
            self.starts[bucket] = len(hashes)
            bucket += 1

    def find(self, name: bytes) -> int:
        """Give the place of a name, -1 where it is not stored."""
        wanted = hash_of(name)
        bucket = wanted >> (64 - self.bits)
        high = self.starts[bucket + 1]
        place = bisect_left(self.hashes, wanted, self.starts[bucket], high)
        return place if place < high and self.hashes[place] == wanted else -1


def _too_wide(info: ListInfo, rule: Rule) -> ListError:
    return ListError(f"{info.origin}:{rule.line}: a rule for every name there is; take it out of the list")


def _depth(name: bytes) -> int:
    """Count labels, no further than three."""
    second = name[0] + 1
    if second == 1:
        return 0
    if not name[second]:
        return 1
    return 3 if name[second + name[second] + 1] else 2


def _parents(name: bytes) -> Iterator[bytes]:
    while (name := name[name[0] + 1 :]) and name[0]:
        yield name


def _fold(name: bytes, index: _Index, classes: array[int], table: _Table, shallowest: int) -> None:
    """Fold a name's stored parents into its class; unions, so names may come in any order and twice."""
    place = -1
    for parent in _parents(name):
        if shallowest > 1 and not parent[parent[0] + 1]:
            return
        above = index.find(parent)
        if above >= 0:
            if place < 0:
                place = index.find(name)
                if place < 0:
                    return
            classes[place] = table.of_fold(classes[place], classes[above])


def _open(name: bytes, index: _Index, classes: array[int], table: _Table, openers: int) -> None:
    """Mark what stands above a name that is open, if it still is; before folding, when a row speaks for itself."""
    place = index.find(name)
    if place >= 0 and table.rows[classes[place]].opens(openers):
        _open_above(name, index, classes, table)


def _open_above(name: bytes, index: _Index, classes: array[int], table: _Table) -> None:
    for parent in _parents(name):
        place = index.find(parent)
        if place >= 0:
            classes[place] = table.number(table.rows[classes[place]]._replace(holes=True))


def _in_order(classes: array[int], table: _Table) -> tuple[list[Row], array[int]]:
    """Number rows by their first use, the unused left out: names came in an order that the octets must not show."""
    used = list(dict.fromkeys(classes))
    numbers = {old: new for new, old in enumerate(used)}
    return [table.rows[old] for old in used], array("H", map(numbers.__getitem__, classes))


def _write(output: BinaryIO, main: _Main, side: SideTables, lists: tuple[ListInfo, ...]) -> Summary:
    width = max(1, (len(lists) + 7) // 8)
    contents = pack_contents(Contents(lists, tuple(side.conditions)))
    sizes = (len(side.hashes), len(side.patterns), len(side.keys), len(side.text), len(contents))
    header = Header(main.shallowest, len(main.classes), main.index.bits, len(main.rows), width, *sizes, b"")
    digest = blake2b(header.pack()[:CHECKSUM_AT], digest_size=32)
    output.write(bytes(HEADER_SIZE))
    position = HEADER_SIZE

    def put(data: bytes | array[int], at: int) -> None:
        nonlocal position
        octets = memoryview(data).cast("B") if isinstance(data, array) and data else memoryview(bytes(data))
        for piece in (bytes(at - position), octets):
            digest.update(piece)
            output.write(piece)
        position = at + len(octets)

    put(main.index.starts, header.index_at)
    put(main.index.hashes, header.hashes_at)
    put(main.classes, header.classes_at)
    put(b"".join(pack_row(row, width) for row in main.rows), header.rows_at)
    put(side.hashes, header.conditional_at)
    put(side.conditional, header.conditional_at + 8 * header.conditional)
    put(side.patterns, header.patterns_at)
    put(side.keys, header.keys_at)
    put(side.led_to, header.keys_at + 4 * header.keys)
    put(side.offsets, header.offsets_at)
    put(side.text, header.texts_at)
    put(contents, header.contents_at)
    header = header._replace(checksum=digest.digest())
    output.seek(0)
    output.write(header.pack())
    return Summary(header.names, header.rows, header.size, header.checksum.hex())
