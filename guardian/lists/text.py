"""Hold the text layer of a list: from an open file to blocks of whole lines, and the report on what was met.

Law 1: a list is hostile input; what it unpacks to, a line's length and what the report keeps are bounded.
Law 2: a file that is no list at all (binary, HTML, a damaged download) is refused whole; a bad line costs only itself.
Law 3: a byte order mark is dropped at the start of the file and nowhere else.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from guardian.errors import ListError
from guardian.model import Format

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

BLOCK: Final = 256 * 1024
"""How many bytes are read, unpacked and handed on at once."""

LONG_LINE: Final = "a line longer than this reader takes"

_RATIO: Final = 200
_RATIO_FROM: Final = 4 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b"
_BOM: Final = b"\xef\xbb\xbf"
_BINARY: Final = bytes(range(9)) + b"\x7f"
_BINARY_BYTE: Final = re.compile(rb"[\x00-\x08\x7f]")
_HTML: Final = re.compile(rb"\s*<(?:!doctype|!--|html|head|body|\?xml)", re.IGNORECASE)
_HEADER: Final = re.compile(rb"\[[^\]:]*\]")
# A comment may be 64 KiB of spaces: no part of these patterns gives back what it took.
_TITLE: Final = re.compile(rb"[!#;\s]*+title\s*+:\s*+(\S.*)", re.IGNORECASE)
_DECLARED: Final = re.compile(
    rb"[!#;\s]*+(?:total\s++)?(?:number\s++of\s++[a-z ]{1,40}+|entries\s*+):\s*+([0-9][0-9,.' ]{0,15})", re.IGNORECASE
)
_MAX_TITLE: Final = 120


@dataclass(slots=True)
class Report:
    """What one reading of one list met; the counts are of lines, or of names where a line holds several."""

    name: str = "list"
    """How messages call the list: a path or a source's name."""
    keep: int = 5
    """How many refusals are kept with their line; all are counted."""
    form: Format = Format.AUTO
    """The form that the list was read in, once that is known."""
    rules: int = 0
    comments: int = 0
    refused: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)
    """The first refused lines: line number, and why."""
    ignored: int = 0
    """Lines that are right in their format and mean nothing here: rules for browsers, other options of a server."""
    addresses: int = 0
    """IP addresses where names are expected: no rule comes of them."""
    local_names: int = 0
    """Names every hosts file has for its own machine (`localhost`); no rule comes of them."""
    undecodable: int = 0
    """Rules kept although a label that starts with `xn--` can't be decoded."""
    title: str = ""
    """The first title that the list gives itself, printable, at most 120 characters."""
    declared: int | None = None
    """How many entries the list says it has: to be compared, not believed."""

    def refuse(self, line: int, why: str) -> None:
        """Count a refused line or name; keep the first few."""
        self.refused += 1
        if len(self.refusals) < self.keep:
            self.refusals.append((line, why))

    def note_comment(self, text: bytes) -> None:
        """Count a comment and take the list's own title and count from it."""
        self.comments += 1
        if not self.title and (match := _TITLE.match(text)):
            title = match[1].decode("utf-8", "replace")
            self.title = "".join(filter(str.isprintable, title)).strip()[:_MAX_TITLE]
        if self.declared is None and (match := _DECLARED.match(text)):
            self.declared = int(re.sub(rb"[^0-9]", b"", match[1]))


def is_comment(text: bytes) -> bool:
    """Say whether a stripped line is a comment or a header such as `[Adblock Plus 2.0]`."""
    return text[:1] in (b"#", b"!", b";") or _HEADER.fullmatch(text) is not None


def read_blocks(source: BinaryIO, *, report: Report, max_bytes: int, max_line: int) -> Iterator[bytes]:
    """Yield a list's text as blocks of whole lines, without the newline that ends a block.

    `source` is plain or gzip, told apart by its first bytes. `max_bytes` bounds what is read and what is unpacked. Of a
    line longer than `max_line` at least one byte more than that is kept, so that its reader sees that it is too long.
    Raises ListError when the text is binary, HTML, larger than `max_bytes`, or damaged gzip; what was yielded before is
    then not to be used.
    """
    pending = bytearray()
    first = True
    for piece in _checked(_unpacked(source, report, max_bytes), report, max_bytes):
        pending += piece
        if len(pending) < BLOCK:
            continue
        cut = pending.rfind(b"\n")
        if cut >= 0:
            yield _opened(bytes(pending[:cut]), report) if first else bytes(pending[:cut])
            first = False
            del pending[: cut + 1]
        if len(pending) > max_line + BLOCK:
            del pending[max_line + 1 :]
    if pending:
        pending = pending.removesuffix(b"\n")
        yield _opened(bytes(pending), report) if first else bytes(pending)


def _opened(block: bytes, report: Report) -> bytes:
    block = block.removeprefix(_BOM)
    if _HTML.match(block):
        message = f"{report.name}:1: this is a web page, not a list (a login page or an error page?); check the address"
        raise ListError(message)
    return block


def _checked(pieces: Iterator[bytes], report: Report, max_bytes: int) -> Iterator[bytes]:
    size = 0
    line = 1
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            message = f"{report.name}:{line}: the list is larger than {max_bytes} bytes; split it or raise the bound"
            raise ListError(message)
        if len(piece.translate(None, _BINARY)) != len(piece) and (found := _BINARY_BYTE.search(piece)):
            line += piece.count(b"\n", 0, found.start())
            what = f"byte 0x{found[0].hex()}: this is a binary file or not UTF-8"
            message = f"{report.name}:{line}: {what}; fetch it again"
            raise ListError(message)
        line += piece.count(b"\n")
        yield piece


def _unpacked(source: BinaryIO, report: Report, max_bytes: int) -> Iterator[bytes]:
    head = source.read(BLOCK)
    while 0 < len(head) < len(_GZIP) and (more := source.read(BLOCK)):
        head += more
    if head.startswith(_GZIP):
        yield from _inflated(source, head, report, max_bytes)
        return
    while head:
        yield head
        head = source.read(BLOCK)


def _inflated(source: BinaryIO, packed: bytes, report: Report, max_bytes: int) -> Iterator[bytes]:
    """Yield the text of every member of a gzip file (RFC 1952)."""
    member = zlib.decompressobj(wbits=31)
    taken, given = len(packed), 0
    while packed:
        try:
            piece = member.decompress(packed, BLOCK)
        except zlib.error as error:
            message = f"{report.name}: damaged gzip file ({error}); fetch it again"
            raise ListError(message) from error
        given += len(piece)
        if given > _RATIO_FROM and given > _RATIO * taken:
            message = f"{report.name}: {taken} bytes unpack to {given} and more: a gzip bomb, not a list; don't use it"
            raise ListError(message)
        yield piece
        packed = member.unused_data.lstrip(b"\0") if member.eof else member.unconsumed_tail
        while not packed and (more := source.read(BLOCK)):
            taken += len(more)
            if taken > max_bytes:
                message = f"{report.name}: the list is larger than {max_bytes} bytes even packed; split it"
                raise ListError(message)
            packed = more.lstrip(b"\0") if member.eof else more  # gzip files may end in zeros
        if packed and member.eof:
            member = zlib.decompressobj(wbits=31)
    if not member.eof:
        message = f"{report.name}: truncated gzip file: it ends in the middle; fetch it again"
        raise ListError(message)
