"""From an open file to blocks of whole lines, and what is refused on the way."""

from __future__ import annotations

import contextlib
import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.errors import ListError
from guardian.lists.text import BLOCK, Report, is_comment, read_blocks

MANY_LINES = b"".join(b"%d.example.com\n" % number for number in range(60_000))


class Trickle(io.BytesIO):
    """A file that gives a few bytes at a time, as a pipe may."""

    def read(self, size: int | None = -1) -> bytes:
        """Return at most three bytes."""
        return super().read(3 if size is None or size < 0 else min(size, 3))


def blocks_of(
    data: bytes | io.BytesIO, report: Report | None = None, *, max_bytes: int = 2**24, max_line: int = 1000
) -> list[bytes]:
    source = io.BytesIO(data) if isinstance(data, bytes) else data
    return list(read_blocks(source, report=report or Report(), max_bytes=max_bytes, max_line=max_line))


def text_of(data: bytes | io.BytesIO) -> bytes:
    return b"\n".join(blocks_of(data))


def test_a_large_file_comes_in_blocks_of_whole_lines() -> None:
    blocks = blocks_of(MANY_LINES)
    assert len(blocks) > 2
    assert max(map(len, blocks)) <= 2 * BLOCK
    assert b"\n".join(blocks) + b"\n" == MANY_LINES
    assert all(block.endswith(b".example.com") for block in blocks)


def test_gzip_is_told_by_its_first_bytes_and_read_the_same() -> None:
    assert blocks_of(gzip.compress(MANY_LINES)) == blocks_of(MANY_LINES)


def test_a_file_that_comes_in_drops_is_read_the_same() -> None:
    assert text_of(Trickle(b"a.example\nb.example")) == b"a.example\nb.example"
    assert text_of(Trickle(gzip.compress(b"a.example\nb.example"))) == b"a.example\nb.example"


def test_gzip_of_several_members_and_closing_zeros_is_one_text() -> None:
    packed = gzip.compress(b"a.example\nb.") + gzip.compress(b"") + gzip.compress(b"example\n") + b"\0" * 512
    assert text_of(packed) == b"a.example\nb.example"
    assert text_of(Trickle(packed)) == b"a.example\nb.example"


def test_a_byte_order_mark_goes_at_the_start_of_the_file_only() -> None:
    assert text_of(b"\xef\xbb\xbfa.example\n\xef\xbb\xbfb.example") == b"a.example\n\xef\xbb\xbfb.example"
    assert text_of(gzip.compress(b"\xef\xbb\xbfa.example")) == b"a.example"


def test_nothing_comes_of_an_empty_file() -> None:
    assert blocks_of(b"") == []
    assert blocks_of(gzip.compress(b"")) == []


@pytest.mark.parametrize("byte", [0, 1, 8, 0x7F])
def test_a_binary_file_is_refused_with_the_line_that_shows_it(byte: int) -> None:
    with pytest.raises(ListError, match=rf"^mine\.txt:3: byte 0x{byte:02x}: this is a binary file"):
        blocks_of(b"a.example\nb.example\nc" + bytes([byte]), Report(name="mine.txt"))


def test_a_binary_byte_far_down_still_has_its_line() -> None:
    with pytest.raises(ListError, match=r"^list:60001: byte 0x00"):
        blocks_of(MANY_LINES + b"\0")


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html>\n<p>404",
        b"\n \n<html>",
        b"<HTML lang=en>",
        b"<?xml version='1.0'?>",
        b"\xef\xbb\xbf<!doctype html>",
    ],
)
def test_a_web_page_in_place_of_a_list_is_refused(page: bytes) -> None:
    with pytest.raises(ListError, match=r"^list:1: this is a web page, not a list"):
        blocks_of(page)


def test_a_tag_further_down_is_only_a_bad_line() -> None:
    assert text_of(b"a.example\n<html>") == b"a.example\n<html>"


@pytest.mark.parametrize("kept", [2, 10, 20, -1])
def test_gzip_that_was_cut_off_says_so(kept: int) -> None:
    with pytest.raises(ListError, match="truncated gzip file"):
        blocks_of(gzip.compress(b"a.example\n" * 5)[:kept])


def test_gzip_with_a_flipped_bit_or_a_tail_of_other_bytes_is_damaged() -> None:
    packed = bytearray(gzip.compress(b"a.example\nb.example\n"))
    packed[-5] ^= 1
    with pytest.raises(ListError, match="damaged gzip file"):
        blocks_of(bytes(packed))
    with pytest.raises(ListError, match="damaged gzip file"):
        blocks_of(gzip.compress(b"a.example\n") + b"garbage")


def test_a_gzip_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = gzip.compress(b"\n" * 2**20) * 64
    given: list[int] = []
    with pytest.raises(ListError, match="gzip bomb"):
        given.extend(
            len(block) for block in read_blocks(io.BytesIO(packed), report=Report(), max_bytes=2**30, max_line=1000)
        )
    assert sum(given) < 20 * 2**20


def test_a_list_larger_than_its_bound_is_refused_plain_and_packed() -> None:
    for data in (MANY_LINES, gzip.compress(MANY_LINES), gzip.compress(b"") * 100_000):
        with pytest.raises(ListError, match="larger than 300000 bytes"):
            blocks_of(data, max_bytes=300_000)


def test_a_line_without_end_takes_bounded_memory() -> None:
    blocks = blocks_of(b"a.example\n" + b"x" * 10 * BLOCK + b"\nb.example\n", max_line=1000)
    lines = b"\n".join(blocks).split(b"\n")
    assert [lines[0], lines[-1]] == [b"a.example", b"b.example"]
    assert len(lines) == 3
    assert 1000 < len(lines[1]) <= 3 * BLOCK


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_text_or_a_list_error(data: bytes, whole: bool) -> None:  # noqa: FBT001
    try:
        text = text_of(io.BytesIO(data) if whole else Trickle(data))
    except ListError:
        return
    assert text == data.removeprefix(b"\xef\xbb\xbf").removesuffix(b"\n")


@given(st.binary(max_size=100), st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_any_damage_to_gzip_is_text_or_a_list_error(data: bytes, place: int, patch: bytes) -> None:
    packed = bytearray(gzip.compress(data, mtime=0))
    packed[place : place + len(patch)] = patch
    with contextlib.suppress(ListError):
        text_of(bytes(packed))


def test_the_report_keeps_the_first_refusals_and_counts_all() -> None:
    report = Report(keep=2)
    for line in range(1, 10):
        report.refuse(line, "bad")
    assert report.refused == 9
    assert report.refusals == [(1, "bad"), (2, "bad")]


@pytest.mark.parametrize(
    ("comments", "title", "declared"),
    [
        ([b"# Title: A list", b"! Title: Another"], "A list", None),
        ([b"!title:  \xf0\x9f\x92\x8a Pill"], "\N{PILL} Pill", None),
        ([b"# Title: a\x1b[31mred\xff"], "a[31mred\N{REPLACEMENT CHARACTER}", None),
        ([b"# Title: " + b"x" * 500], "x" * 120, None),
        ([b"# Number of entries: 18254", b"# Entries: 5"], "", 18254),
        ([b"!Entries:       3555"], "", 3555),
        ([b"# Number of unique domains: 55,971"], "", 55971),
        ([b"! Total number of network filters: 456254"], "", 456254),
        ([b"# Entries: many", b"# nothing here", b"#"], "", None),
    ],
)
def test_what_a_list_says_of_itself_is_noted(comments: list[bytes], title: str, declared: int | None) -> None:
    report = Report()
    for comment in comments:
        report.note_comment(comment)
    assert (report.title, report.declared, report.comments) == (title, declared, len(comments))


@pytest.mark.parametrize(
    ("text", "comment"),
    [
        (b"# a", True),
        (b"! a", True),
        (b"; a", True),
        (b"[Adblock Plus 2.0]", True),
        (b"##.banner", True),
        (b"[::1] example.com", False),
        (b"[::1]", False),
        (b"example.com # a", False),
    ],
)
def test_comments_are_known_by_their_first_sign(text: bytes, comment: bool) -> None:  # noqa: FBT001
    assert is_comment(text) is comment
