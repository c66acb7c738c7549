"""Names, between text and wire, and where one ends in a message."""

from __future__ import annotations

import dns.exception
import dns.name
import dns.wire
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.wire.names import ROOT, label_offsets, read_name, skip_name, to_text, to_wire

HEADER = bytes(12)
# the same examples at each run; `make fuzz` draws new ones
few = settings(max_examples=30, deadline=None, derandomize=True)

# drawn from a few: to make labels up costs more than all the rest
letters = st.sampled_from(("a", "Z", "wWw", "Example", "xn--Ls8h", "_dns", "0", "1-2", "-", "COM", "q" * 31, "Y" * 63))
hostnames = st.lists(letters, min_size=1, max_size=3).map(".".join)
octets = st.sampled_from(
    (b"a", b"A.b", b"\\", b"\x00", b"\"'", b" ;@$()", b"<b>&", b"\xc3\xab", b"\xff" * 63, b"\x1b[2J", b"%s")
)
wires = st.lists(octets, max_size=3).map(
    lambda labels: b"".join(bytes((len(label),)) + label for label in labels) + ROOT
)

telling = st.sampled_from((0, 1, 2, 3, 12, 13, 15, 20, 0x3F, 0x40, 0x80, 0xC0))
messages = st.binary(max_size=60) | st.lists(telling, max_size=40).map(bytes)


@few
@given(hostnames)
def test_a_name_has_the_wire_form_that_dnspython_gives_it(text: str) -> None:
    assert to_wire(text) == dns.name.from_text(text).canonicalize().to_wire()


@few
@given(hostnames)
def test_a_hostname_comes_back_from_the_wire_in_lower_case(text: str) -> None:
    assert to_text(to_wire(text)) == text.lower()


@few
@given(wires)
def test_dnspython_reads_our_text_of_any_octets_as_the_same_name(wire: bytes) -> None:
    name, _ = dns.name.from_wire(wire, 0)
    assert dns.name.from_text(to_text(wire)) == name


@few
@given(wires)
def test_text_holds_nothing_that_a_page_or_a_terminal_would_take_for_more_than_text(wire: bytes) -> None:
    assert set(to_text(wire)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_*/+.\\")


@pytest.mark.parametrize("text", ["", "."])
def test_the_root_is_one_octet_and_a_dot(text: str) -> None:
    assert to_wire(text) == ROOT
    assert to_text(ROOT) == "."


def test_a_final_dot_changes_nothing() -> None:
    assert to_wire("example.com.") == to_wire("example.com") == b"\x07example\x03com\x00"


@pytest.mark.parametrize("text", ["..", "a..b", ".a", "a..", "a" * 64, "a" * 64 + ".com"])
def test_a_label_is_1_to_63_octets(text: str) -> None:
    assert to_wire("a" * 63 + ".com")[0] == 63
    with pytest.raises(WireError, match="empty or longer than 63"):
        to_wire(text)


def test_a_name_is_at_most_255_octets() -> None:
    longest = ".".join(["a" * 63] * 3 + ["a" * 61])
    assert len(to_wire(longest)) == 255
    with pytest.raises(WireError, match="longer than 255"):
        to_wire(longest + "a")


@pytest.mark.parametrize("text", ["shqipëri.al", "\N{FULLWIDTH LATIN SMALL LETTER E}xample.com", "\N{KELVIN SIGN}.com"])
def test_what_is_not_ascii_is_sent_back_to_be_written_as_a_labels(text: str) -> None:
    with pytest.raises(WireError, match="xn--"):
        to_wire(text)


@few
@given(wires)
def test_each_label_begins_where_the_one_before_it_ends(wire: bytes) -> None:
    labels = [wire[offset + 1 : offset + 1 + wire[offset]] for offset in label_offsets(wire)]
    assert (*labels, b"") == dns.name.from_wire(wire, 0)[0].labels


# --- where a name ends ------------------------------------------------------------------------------------------------


def theirs(message: bytes, position: int) -> tuple[int, bytes] | None:
    """Say where dnspython finds the end, and how long the name is; None where it refuses."""
    parser = dns.wire.Parser(message, position)
    try:
        name = parser.get_name()
    except dns.exception.DNSException:
        return None
    return parser.current, name.canonicalize().to_wire() or b""


def ours(message: bytes, position: int) -> tuple[int, bytes] | None:
    try:
        end, size = skip_name(message, position)
    except (IndexError, WireError) as error:
        with pytest.raises(type(error)):
            read_name(message, position)
        return None
    name = read_name(message, position)
    assert len(name) == size
    return end, name


@settings(few, max_examples=120)
@given(messages, st.integers(0, 40))
def test_a_name_is_and_ends_as_dnspython_says_or_both_refuse(data: bytes, skip: int) -> None:
    # a header of pointers into itself: dnspython follows one into it, and finds no name there either
    message = b"\xc0" * 12 + data
    assert ours(message, min(12 + skip, len(message))) == theirs(message, min(12 + skip, len(message)))


def test_a_compressed_name_ends_after_its_first_pointer() -> None:
    message = HEADER + b"\x03com\x00" + b"\x07example\xc0\x0c" + b"\x03www\xc0\x11"
    assert skip_name(message, 12) == (17, 5)
    assert skip_name(message, 17) == (27, 13)
    assert skip_name(message, 27) == (33, 17)
    assert read_name(message, 27) == b"\x03www\x07example\x03com\x00"


def test_a_name_is_read_in_lower_case_whatever_it_points_to() -> None:
    message = HEADER + b"\x03cOm\x00" + b"\x07eXample\xc0\x0c"
    assert read_name(message, 17) == b"\x07example\x03com\x00"


@pytest.mark.parametrize("name", [b"\xc0\x0c", b"\x01a\xc0\x0c"])
def test_where_names_stand_uncompressed_a_pointer_is_refused(name: bytes) -> None:
    message = HEADER + b"\x01b\x00" + name
    assert read_name(message, 12, compressed=False) == b"\x01b\x00"
    assert read_name(message, 15).endswith(b"\x01b\x00")
    with pytest.raises(WireError, match="compressed"):
        read_name(message, 15, compressed=False)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(b"\xc0\x0c", id="to itself"),
        pytest.param(b"\xc0\x20", id="forwards"),
        pytest.param(b"\xff\xff", id="out of the message"),
        pytest.param(b"\x01a\xc0\x0c", id="to its own beginning: a loop"),
        pytest.param(b"\x01a\xc0\x0e", id="to itself, after a label"),
        pytest.param(b"\xc0\x00", id="into the header"),
        pytest.param(b"\xc0\x0b", id="into the last octet of the header"),
        pytest.param(b"\x40", id="a label of a kind that was given up (RFC 6891)"),
        pytest.param(b"\x80", id="a label of a kind that never was"),
    ],
)
def test_a_pointer_leads_back_to_a_name_or_nowhere(name: bytes) -> None:
    for read in (skip_name, read_name):
        with pytest.raises(WireError):
            read(HEADER + name + bytes(2), 12)


def test_a_loop_that_begins_with_a_pointer_back_is_found_out() -> None:
    # 12: a label, then a pointer forward to 16, where a pointer leads back to 12
    message = HEADER + b"\x01a\xc0\x10\xc0\x0c"
    for read in (skip_name, read_name):
        with pytest.raises(WireError):
            read(message, 16)


@pytest.mark.parametrize("cut", range(12, 17))
def test_a_name_that_is_cut_off_has_no_end(cut: int) -> None:
    message = HEADER + b"\x01a\x01b\x00"
    assert skip_name(message, 12) == (17, 5)
    for read in (skip_name, read_name):
        with pytest.raises(IndexError):
            read(message[:cut], 12)


@pytest.mark.parametrize("tail", [b"\x00", b"\xc0\x0c"])
def test_a_name_of_255_octets_has_an_end_and_one_of_256_none(tail: bytes) -> None:
    message = HEADER + ROOT + b"\x01a" * 127 + tail
    assert skip_name(message, 13)[1] == 255
    for read in (skip_name, read_name):
        with pytest.raises(WireError):
            read(HEADER + ROOT + b"\x02aa" + b"\x01a" * 126 + tail, 13)
