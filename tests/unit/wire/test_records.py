"""Records are walked within bounds, and written again byte for byte; dnspython reads both."""

from __future__ import annotations

import dns.message
import dns.rdatatype
import dns.rrset
import pytest

from guardian.wire import codes
from guardian.wire.records import MAX_NAMES, MAX_RECORDS, Record, copied, walk
from tests.fuzz.messages import sound_answers
from tests.unit.wire.responses import DATA, QUESTION, START, keep, raw, record, records, refused, says, to

SOUND = sound_answers()

# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        pytest.param([record(to(START), codes.A, bytes(4))], id="an owner that points to itself"),
        pytest.param([record(to(START + 2), codes.A, bytes(4))], id="an owner that points forward"),
        pytest.param([record(to(2), codes.A, bytes(4))], id="an owner that points into the header"),
        pytest.param([record(b"\x01a" + to(START), codes.A, bytes(4))], id="an owner that loops"),
        pytest.param([record(to(12), codes.CNAME, to(DATA))], id="an alias that points to itself"),
        pytest.param([record(to(12), codes.CNAME, to(DATA + 2))], id="an alias that points forward"),
        pytest.param([record(to(12), codes.CNAME, b"\x01a" + to(DATA))], id="an alias that loops"),
        pytest.param([record(to(12), codes.CNAME, to(4))], id="an alias that points into the header"),
        pytest.param(
            [record(to(12), 16, b"\x03" + to(DATA + 1) + b"\x00"), record(to(DATA + 1), codes.A, bytes(4))],
            id="an owner that points to a pointer to itself",
        ),
        pytest.param([record(to(12), codes.CNAME, to(12) + b"\x00")], id="an alias longer than its name"),
        pytest.param([record(to(12), codes.CNAME, b"")], id="an alias without a name"),
        pytest.param([record(to(12), codes.CNAME, b"\x05ab")], id="an alias that is cut off"),
        pytest.param([record(to(12), 15, b"\x00")], id="a mail server without a name"),
        pytest.param([record(to(12), 33, bytes(6) + to(DATA + 6))], id="a service that points to itself"),
        pytest.param([record(to(12), codes.SOA, b"\x00\x00" + bytes(19))], id="an SOA without a minimum"),
        pytest.param([record(b"\x40", codes.A, bytes(4))], id="an owner with a label that was given up"),
        pytest.param([record(b"\x3f" + b"a" * 63, codes.A, b"")] * 1, id="an owner without an end"),
        pytest.param([record(b"\x01a" * 120 + to(12), codes.A, b"")], id="an owner of 256 octets and more"),
    ],
)
def test_a_damaged_record_is_refused_even_where_we_would_not_read_it(body: list[bytes]) -> None:
    assert refused(raw(*body))


@pytest.mark.parametrize("message", SOUND, ids=lambda message: f"{len(message)} octets")
def test_a_message_that_is_cut_off_anywhere_is_refused(message: bytes) -> None:
    end = message.index(b"\x00", 12) + 5
    assert not refused(message, message[12:end])
    assert all(refused(message[:size], message[12:end]) for size in range(len(message)))


@pytest.mark.parametrize("counts", [(0xFFFF, 0, 0), (0, 0xFFFF, 0), (0, 0, 0xFFFF), (0xFFFF,) * 3])
def test_a_header_that_promises_more_records_than_follow_is_refused(counts: tuple[int, int, int]) -> None:
    assert refused(raw(counts=counts))


def test_a_message_holds_512_records_at_most() -> None:
    one = record(to(12), codes.A, bytes(4))
    assert keep(raw(*[one] * MAX_RECORDS)).counts == (512, 0)
    assert refused(raw(*[one] * (MAX_RECORDS + 1)))


def test_names_that_all_point_to_a_long_one_are_not_walked_without_end() -> None:
    long = record(b"\x01a" * 120 + b"\x00", 16, b"\x00")
    assert not refused(raw(long, *[record(to(START), codes.A, bytes(4))] * 200))
    assert refused(raw(long, *[record(to(START), codes.CNAME, to(START))] * 200))


def test_the_names_of_a_message_come_to_65536_octets_at_most() -> None:
    # twice 128 octets a record: of its owner, the question's name, and of what it points to
    question = b"\x3f" + b"a" * 63 + b"\x3e" + b"b" * 62 + b"\x00" + QUESTION[-4:]
    for count, fits in ((MAX_NAMES // 256, True), (MAX_NAMES // 256 + 1, False)):
        head = b"\x00\x01\x80\x00\x00\x01" + count.to_bytes(2, "big") + bytes(4)
        message = head + question + record(to(12), 2, to(12)) * count
        assert refused(message, question) is not fits


def test_a_long_alias_counts_at_each_owner_that_points_to_it() -> None:
    long = record(b"\x01b\x00", codes.CNAME, b"\x01a" * 120 + b"\x00")
    owned = record(to(START + 3 + 10), 16, b"\x00")
    assert not refused(raw(long, *[owned] * 270))
    assert refused(raw(long, *[owned] * 272))


@pytest.mark.parametrize("cut", range(1, 5))
def test_the_data_of_the_last_record_must_be_there_to_its_end(cut: int) -> None:
    assert refused(raw(record(to(12), 65_280, bytes(4)))[:-cut])


# --- what is written again --------------------------------------------------------------------------------------------

KINDS = {
    "A": "192.0.2.1",
    "AAAA": "2001:db8::1",
    "NS": "ns.example.com.",
    "CNAME": "cdn.www.example.com.",
    "PTR": "www.example.com.",
    "DNAME": "example.com.",
    "MX": "10 mail.www.example.com.",
    "SRV": "1 2 853 dns.example.com.",
    "SOA": "ns.example.com. hostmaster.www.example.com. 1 2 3 4 5",
    "TXT": '"www" "example" "\\192\\012"',
    "CAA": '0 issue "ca.example.net"',
    "HTTPS": '1 . alpn="h2" ipv4hint="192.0.2.7"',
    "RRSIG": "A 8 2 60 20300101000000 20200101000000 1 example.com. c2lnbmF0dXJl",
    "TYPE65280": "\\# 4 c00cc00c",
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_is_written_again_says_the_same_wherever_it_stands(kind: str) -> None:
    said = records("a.www.example.com", 60, kind, KINDS[kind])
    message = says(records("www.example.com", 5, "MX", "1 mail.www.example.com."), said)
    last = [one for one in walk(message, START) if one.section == 1][-1]
    elsewhere = raw(record(b"\x00", 16, b"\x05hello"), copied(message, last, 7))
    _, again = dns.message.from_wire(elsewhere).answer
    assert (again, again.ttl) == (said, 7)


def test_the_data_of_an_unknown_type_is_not_touched() -> None:
    data = to(12) + bytes(range(256)) + to(12)
    (one,) = walk(raw(record(to(12), 65_280, data)), START)
    again = copied(raw(record(to(12), 65_280, data)), one, 60)
    assert again == QUESTION[:-4].lower() + record(b"", 65_280, data)


def test_each_record_is_found_where_it_stands() -> None:
    one, other = record(to(12), codes.A, bytes(4), 5), record(b"\x01a" + to(12), 16, b"\x01x", 6)
    first, second, third = walk(raw(one, other, one, counts=(1, 1, 1)), START)
    assert first == Record(1, START, codes.A, 5, START + 6, DATA, DATA + 4)
    assert (second.section, second.owner, second.ttl, second.end - second.data) == (2, START + len(one), 6, 2)
    assert (third.section, third.owner) == (3, second.end)
