"""Names as lists write them, and what becomes of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.hostname import Refusal, is_address, is_undecodable, to_wire

LONGEST_LABEL = b"a" * 63
LONGEST_NAME = b".".join([LONGEST_LABEL, LONGEST_LABEL, LONGEST_LABEL, b"a" * 61])


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        (b"www.example.com", b"\x03www\x07example\x03com\x00"),
        (b"example.com", b"\x07example\x03com\x00"),
        (b"a.b.c.d.example.com", b"\x01a\x01b\x01c\x01d\x07example\x03com\x00"),
        (b"ExAmPlE.COM", b"\x07example\x03com\x00"),
        (b"example.com.", b"\x07example\x03com\x00"),
        (b"under_score.example.org", b"\x0bunder_score\x07example\x03org\x00"),
        (b"-leading.trailing-.example.com", b"\x08-leading\x09trailing-\x07example\x03com\x00"),
        (b"1.2.3.4.in-addr.arpa", b"\x011\x012\x013\x014\x07in-addr\x04arpa\x00"),
        (b"example.xn--p1ai", b"\x07example\x08xn--p1ai\x00"),
        (b"xn---mllerk1va.com", b"\x0exn---mllerk1va\x03com\x00"),
        (b"example.4chan", b"\x07example\x054chan\x00"),
        (LONGEST_LABEL + b".com", b"\x3f" + LONGEST_LABEL + b"\x03com\x00"),
    ],
)
def test_a_good_name_is_taken_in_lower_case_with_its_root(text: bytes, wire: bytes) -> None:
    assert to_wire(text) == wire


def test_the_longest_name_fits_and_one_letter_more_does_not() -> None:
    wire = to_wire(LONGEST_NAME)
    assert isinstance(wire, bytes)
    assert len(wire) == 255
    assert to_wire(LONGEST_NAME + b"a") is Refusal.LONG_NAME


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("ß.de", b"\x07xn--zca\x02de\x00"),
        ("straße.example", b"\x0dxn--strae-oqa\x07example\x00"),
        ("äste.com", b"\x0bxn--ste-pla\x03com\x00"),
        ("ÄSTE.com", b"\x0bxn--ste-pla\x03com\x00"),
        ("münchen.example.de", b"\x0exn--mnchen-3ya\x07example\x02de\x00"),
        ("shqipëri.al", b"\x0fxn--shqipri-vya\x02al\x00"),
        ("💩.la", b"\x08xn--ls8h\x02la\x00"),
        ("example。com", b"\x07example\x03com\x00"),
        ("\N{FULLWIDTH LATIN SMALL LETTER E}xample.com", b"\x07example\x03com\x00"),
    ],
)
def test_names_beyond_ascii_become_the_labels_that_browsers_ask_for(text: str, wire: bytes) -> None:
    assert to_wire(text.encode()) == wire


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", Refusal.EMPTY_LABEL),
        (b".", Refusal.EMPTY_LABEL),
        (b"example..com", Refusal.EMPTY_LABEL),
        (b".example.com", Refusal.EMPTY_LABEL),
        (b"example.com..", Refusal.EMPTY_LABEL),
        (b"com", Refusal.SINGLE_LABEL),
        (b"dhl-commx.", Refusal.SINGLE_LABEL),
        (b"a" * 64 + b".com", Refusal.LONG_LABEL),
        (b"medium.com/generative-ai/", Refusal.WEB_ADDRESS),
        (b"https://example.com", Refusal.WEB_ADDRESS),
        (b"*://*.004l.com/*", Refusal.WEB_ADDRESS),
        (b"539lucky.com:15888", Refusal.PORT),
        (b"a.*.b", Refusal.STAR),
        (b"*x", Refusal.STAR),
        (b"||example.com^", Refusal.BROWSER_RULE),
        (b"@@||example.com^", Refusal.BROWSER_RULE),
        (b"example.com##.banner", Refusal.BROWSER_RULE),
        (b"256.1.1.1", Refusal.NUMBER),
        (b"10.0.0", Refusal.NUMBER),
        (b"exam\xffple.com", Refusal.NOT_UTF8),
        ("exam\u2028ple.com".encode(), Refusal.NOT_IDN),
        (b"user@example.com", Refusal.CHARACTER),
        (b"example.com,", Refusal.CHARACTER),
        ("a\N{FULLWIDTH SOLIDUS}b.com".encode(), Refusal.WEB_ADDRESS),
        ("ä".encode() * 2000 + b".com", Refusal.LONG_NAME),
    ],
)
def test_what_is_no_name_is_refused_for_a_reason_a_person_understands(text: bytes, why: Refusal) -> None:
    assert to_wire(text) is why


@pytest.mark.parametrize(
    "text",
    [b"192.168.1.1", b"0.0.0.0", b"::", b"::1", b"[::]", b"[::1]", b"fe80::1%lo0", b"2001:db8::10", b"::ffff:1.2.3.4"],
)
def test_addresses_are_known_as_such(text: bytes) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        b"1.2.3",
        b"256.1.1.1",
        b"1.2.3.4.5",
        b"example.com",
        b"[::1",
        b":",
        b"a:b",
        b"1.2.3.4:53",
        b"",
        b"[]",
        b"fe80::1%",
    ],
)
def test_what_only_looks_like_an_address_is_none(text: bytes) -> None:
    assert not is_address(text)


def test_a_label_that_claims_to_be_encoded_is_checked() -> None:
    assert not is_undecodable(b"xn--mnchen-3ya.example.de")
    assert not is_undecodable(b"plain.example.de")
    assert is_undecodable(b"xn---mllerk1va.com")
    assert is_undecodable(b"www.XN--99999999.com")
    assert is_undecodable(b"xn--.com")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_wire_name_or_a_refusal(text: bytes) -> None:
    wire = to_wire(text)
    if isinstance(wire, Refusal):
        return
    assert 5 <= len(wire) <= 255
    labels, rest = 0, wire
    while rest[0]:
        assert 1 <= rest[0] <= 63
        labels, rest = labels + 1, rest[rest[0] + 1 :]
    assert rest == b"\0"
    assert labels >= 2
    assert wire == wire.lower()


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_a_name_read_once_reads_the_same_again(text: str) -> None:
    wire = to_wire(text.encode("utf-8", "surrogatepass"))
    if isinstance(wire, Refusal):
        return
    labels = []
    while wire[0]:
        labels.append(wire[1 : wire[0] + 1])
        wire = wire[wire[0] + 1 :]
    again = to_wire(b".".join(labels))
    assert again == to_wire(text.encode("utf-8", "surrogatepass"))
