"""A client's packet becomes a question, or an error that knows what to answer; dnspython agrees on which."""

from __future__ import annotations

import struct
from random import Random

import dns.flags
import dns.message
import dns.name
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.model import Query
from guardian.wire import codes
from guardian.wire.question import MAX_OPTIONS, NOBODY, BadQuestionError, read_query
from tests.fuzz.messages import damaged, sound_queries
from tests.fuzz.oracle import WE_REFUSE, lay_out, opaque, our_reading, our_values, quarrel, their_reading, their_values

CLIENT = "192.0.2.1"
# the same examples at each run; `make fuzz` draws new ones
few = settings(max_examples=40, deadline=None, derandomize=True)

NAME = b"\x03wWw\x07Example\x03com\x00"
QUESTION = NAME + b"\x00\x1c\x00\x01"
SOUND = sound_queries()


def packet(*records: bytes, flags: int = codes.RD, counts: tuple[int, int, int, int] | None = None) -> bytes:
    """Build a question with these additional records."""
    return struct.pack("!6H", 0xABCD, flags, *(counts or (1, 0, 0, len(records)))) + QUESTION + b"".join(records)


def record(owner: bytes, rtype: int, rclass: int = 1, ttl: int = 0, data: bytes = b"") -> bytes:
    return owner + struct.pack("!HHIH", rtype, rclass, ttl, len(data)) + data


def opt(data: bytes = b"", *, owner: bytes = b"\x00", payload: int = 1232, ttl: int = 0) -> bytes:
    return record(owner, codes.OPT, payload, ttl, data)


def option(code: int, data: bytes = b"") -> bytes:
    return struct.pack("!HH", code, len(data)) + data


def read(data: bytes) -> Query:
    return read_query(data, CLIENT)


def refused(data: bytes) -> bytes | None:
    """Give what a packet is answered that is no question of ours."""
    with pytest.raises(BadQuestionError) as caught:
        read(data)
    return caught.value.answer


FORMERR = b"\xab\xcd\x81\x81" + bytes(8)
"""What answers a damaged packet that asked for recursion: its ID, and a header that says so."""


# --- what is read -----------------------------------------------------------------------------------------------------


def test_a_question_is_read_to_its_last_field() -> None:
    assert read(packet()) == Query(
        id=0xABCD,
        name=b"\x03www\x07example\x03com\x00",
        labels=(0, 4, 12),
        qtype=codes.AAAA,
        qclass=codes.IN,
        question=QUESTION,
        flags=codes.RD,
        payload=0,
        dnssec_ok=False,
        repeats=True,
        client=CLIENT,
    )


def test_the_root_has_no_labels() -> None:
    query = read(struct.pack("!6H", 1, 0, 1, 0, 0, 0) + b"\x00\x00\x02\x00\x01")
    assert (query.name, query.labels, query.qtype) == (b"\x00", (), codes.NS)


@pytest.mark.parametrize(("offered", "taken"), [(0, 512), (511, 512), (512, 512), (1232, 1232), (65_535, 65_535)])
@pytest.mark.parametrize("options", [b"", option(12, bytes(5))])
def test_a_client_with_opt_takes_512_octets_at_least(offered: int, taken: int, options: bytes) -> None:
    assert read(packet(opt(options, payload=offered))).payload == taken


@pytest.mark.parametrize("options", [b"", option(12, bytes(5))])
@pytest.mark.parametrize(("ttl", "dnssec_ok"), [(0, False), (0x8000, True), (0x7FFF, False), (0xFFFF, True)])
def test_do_is_the_top_bit_of_opts_flags(ttl: int, dnssec_ok: bool, options: bytes) -> None:  # noqa: FBT001
    assert read(packet(opt(options, ttl=ttl))).dnssec_ok is dnssec_ok


@pytest.mark.parametrize("flags", [0, codes.RD, codes.AD, codes.CD, codes.RD | codes.AD | codes.CD])
def test_of_the_flags_those_stay_that_the_answer_depends_on(flags: int) -> None:
    noise = codes.AA | codes.TC | codes.RA | 0x40 | 0xF
    assert read(packet(flags=flags | noise)).flags == flags


@pytest.mark.parametrize(
    ("records", "repeats"),
    [
        ((), True),
        ((opt(),), True),
        ((opt(option(10, bytes(8))),), False),
        ((opt(), record(b"\x01k\x00", 250, 255)), False),
        ((record(b"\x01a\x00", codes.A, data=bytes(4)),), False),
    ],
    ids=["plain", "bare OPT", "cookie", "signature", "another record"],
)
def test_a_packet_repeats_when_nothing_in_it_but_its_id_changes(records: tuple[bytes, ...], repeats: bool) -> None:  # noqa: FBT001
    assert read(packet(*records)).repeats is repeats


def test_a_transfer_says_in_its_authority_section_what_it_has() -> None:
    soa = record(b"\xc0\x0c", codes.SOA, data=bytes(22))
    query = read(packet(soa, opt(), counts=(1, 0, 1, 1)))
    assert (query.payload, query.repeats) == (1232, False)


def test_unknown_options_are_ignored() -> None:
    assert read(packet(opt(option(65_001, b"what?") + option(3)))).payload == 1232


PHONE = bytes.fromhex("02aabb00000a")


@pytest.mark.parametrize(
    ("options", "stated"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(option(12, bytes(5)), "", id="padding"),
        pytest.param(option(65_001, PHONE), "02:aa:bb:00:00:0a", id="a device"),
        pytest.param(option(10, bytes(8)) + option(65_001, PHONE), "02:aa:bb:00:00:0a", id="behind a cookie"),
        pytest.param(option(65_001, PHONE) * 2, NOBODY, id="twice"),
        pytest.param(option(65_001) + option(65_001, PHONE), NOBODY, id="empty, then a device"),
        pytest.param(option(65_001, PHONE[:-1]), NOBODY, id="five octets"),
        pytest.param(option(65_001, PHONE + b"\x00\x01"), NOBODY, id="eight octets"),
        pytest.param(option(65_073, b"02:aa:bb:00:00:0a"), "", id="as text, which is another option"),
    ],
)
def test_a_device_is_stated_by_one_plain_hardware_address(options: bytes, stated: str) -> None:
    assert read(packet(opt(options))).stated == stated


def test_opt_is_found_behind_other_records_too() -> None:
    assert read(packet(record(b"\xc0\x0c", codes.A, data=bytes(4)), opt(ttl=0x8000))).dnssec_ok is True


# --- what is not, and what it is told ---------------------------------------------------------------------------------


def test_less_than_a_header_gets_silence() -> None:
    assert [refused(packet()[:size]) for size in range(12)] == [None] * 12


@pytest.mark.parametrize("data", [packet(flags=codes.QR), packet(flags=codes.QR | 0x2800)])
def test_a_response_gets_silence(data: bytes) -> None:
    assert refused(data) is None


def test_another_opcode_is_not_implemented() -> None:
    for opcode in range(1, 16):
        answer = dns.message.from_wire(refused(packet(flags=opcode << 11 | codes.RD)) or b"")
        assert (answer.id, answer.opcode(), answer.rcode()) == (0xABCD, opcode, codes.NOTIMP)
        assert answer.flags & dns.flags.QR


LONG = b"\x3f" + b"a" * 63
MANY = b"".join(option(65_001) for _ in range(MAX_OPTIONS + 1))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(packet(counts=(0, 0, 0, 0)), id="no question"),
        pytest.param(packet(QUESTION, counts=(2, 0, 0, 0)), id="two questions"),
        pytest.param(packet(record(NAME, 1, data=bytes(4)), counts=(1, 1, 0, 0)), id="an answer"),
        pytest.param(packet(counts=(1, 0xFFFF, 0xFFFF, 0xFFFF)), id="counts that lie"),
        pytest.param(packet(*[record(b"\x00", 6)] * 2, counts=(1, 0, 2, 0)), id="two records in the authority"),
        pytest.param(packet(*[record(b"\x00", 1)] * 5), id="five additional records"),
        pytest.param(packet(b"\x00", counts=(1, 0, 0, 0)), id="an octet too many"),
        pytest.param(packet(opt(), b"\x00", counts=(1, 0, 0, 1)), id="an octet too many behind OPT"),
        pytest.param(packet()[:12] + LONG * 4 + b"\x00\x00\x01\x00\x01", id="a name of 257 octets"),
        pytest.param(packet()[:12] + b"\x02aa" + b"\x01a" * 126 + b"\x00\x00\x01\x00\x01", id="a name of 256 octets"),
        pytest.param(packet()[:12] + b"\x40" + bytes(64) + b"\x00\x00\x01\x00\x01", id="a label of 64 octets"),
        pytest.param(packet()[:12] + b"\xc0\x0c\x00\x01\x00\x01", id="a name that points to itself"),
        pytest.param(packet(opt(), opt()), id="two OPT"),
        pytest.param(packet(opt(owner=b"\x01a\x00")), id="OPT below the root"),
        pytest.param(packet(opt(owner=b"\xc0\x1c")), id="OPT at a pointer to the root"),
        pytest.param(packet(opt(), counts=(1, 0, 1, 0)), id="OPT in the authority section"),
        pytest.param(packet(opt(b"\x00")), id="an option without a length"),
        pytest.param(packet(opt(option(10)[:3] + b"\x01")), id="an option longer than OPT"),
        pytest.param(packet(opt(MANY)), id="too many options"),
        pytest.param(packet(opt(b"\x00" * 40_000)), id="ten thousand options"),
        pytest.param(packet(record(b"\xc0\x21", 1)), id="a record that points to itself"),
        pytest.param(packet(record(b"\xc0\x40", 1)), id="a record that points forward"),
        pytest.param(packet(record(b"\xc0\x02", 1)), id="a record that points into the header"),
    ],
)
def test_what_breaks_the_protocol_is_told_so_in_twelve_octets(data: bytes) -> None:
    assert refused(data) == FORMERR


def test_the_last_of_the_options_that_we_walk_is_still_taken() -> None:
    assert read(packet(opt(MANY[:-4]))).payload == 1232


def test_a_name_of_255_octets_is_still_a_name() -> None:
    assert len(read(packet()[:12] + b"\x01a" * 127 + b"\x00\x00\x01\x00\x01").name) == 255


@pytest.mark.parametrize("version", [1, 255])
@pytest.mark.parametrize("options", [b"", option(65_001, b"new")])
def test_another_version_of_edns_is_told_which_one_is_spoken(version: int, options: bytes) -> None:
    answer = dns.message.from_wire(refused(packet(opt(options, ttl=version << 16))) or b"")
    assert (answer.id, answer.rcode(), answer.edns) == (0xABCD, codes.BADVERS, 0)


@pytest.mark.parametrize("flags", [0, codes.RD, codes.CD, codes.AA])
def test_an_error_echoes_recursion_desired_and_no_other_flag(flags: int) -> None:
    answer = refused(packet(flags=flags, counts=(0, 0, 0, 0)))
    assert answer == struct.pack("!HH", 0xABCD, codes.QR | codes.RA | codes.FORMERR | flags & codes.RD) + bytes(8)


@pytest.mark.parametrize("whole", SOUND, ids=lambda whole: f"{len(whole)} octets")
def test_a_question_that_is_cut_off_anywhere_is_none(whole: bytes) -> None:
    for size in range(12, min(len(whole), 200)):
        answer = refused(whole[:size])
        assert answer is not None
        assert len(answer) <= size


# --- dnspython agrees -------------------------------------------------------------------------------------------------

labels = st.sampled_from((b"a", b"wWw", b"\x00", b"a.b", b"\xff\xc0", b"x" * 63))
names = st.lists(labels, max_size=3).map(lambda found: dns.name.Name((*found, b"")))
queries = st.builds(
    dns.message.make_query,
    names,
    st.integers(1, 65_535).filter(lambda kind: kind not in {codes.OPT, 250}),
    st.sampled_from((1, 3, 255)),
    use_edns=st.sampled_from((-1, 0)),
    want_dnssec=st.booleans(),
    ednsflags=st.just(0),
    payload=st.integers(0, 65_535),
    flags=st.sampled_from((0, codes.RD, codes.CD, codes.AD | codes.RD)),
    id=st.integers(0, 65_535),
    pad=st.sampled_from((0, 128)),
)


@few
@given(queries)
def test_both_read_the_same_in_a_question_that_dnspython_made(made: dns.message.QueryMessage) -> None:
    data = made.to_wire()
    theirs = their_reading(data)
    assert theirs is not None
    assert our_values(read(data)) == their_values(theirs)


@settings(few, max_examples=120)
@given(st.integers(0, 2**32))
def test_both_accept_or_both_refuse_a_damaged_question(seed: int) -> None:
    data = damaged(SOUND, Random(seed))
    assert quarrel(data) is None, data.hex()


@few
@given(
    st.binary(max_size=80), st.sampled_from((b"", packet()[:12], packet(counts=(1, 0, 0, 1))[:12], packet(opt())[:-4]))
)
def test_both_accept_or_both_refuse_random_octets(data: bytes, head: bytes) -> None:
    assert quarrel(head + data) is None


ONLY_WE_REFUSE = {
    "a response": packet(flags=codes.QR),
    "NOTIMP": packet(flags=4 << 11),
    "one question": packet(QUESTION, counts=(2, 0, 0, 0)),
    "a question brings": packet(record(NAME, 1, data=bytes(4)), counts=(1, 1, 0, 0)),
    "a question's authority": packet(*[record(NAME, 1, data=bytes(4))] * 2, counts=(1, 0, 2, 0)),
    "OPT and what signs": packet(*[record(NAME, 1, data=bytes(4))] * 5),
    "BADVERS": packet(opt(ttl=1 << 16)),
    "no question needs": packet(opt(MANY)),
    "no name stands before": struct.pack("!6H", 0, 0, 1, 0, 0, 0) + b"\xc0\x00\x00\x01\x00\x01",
    "no name stands in": packet(record(b"\xc0\x06", 1, data=bytes(4)), flags=0),
    "OPT's owner": packet(opt(owner=b"\xc0\x1c")),
}


@pytest.mark.parametrize("reason", WE_REFUSE)
def test_each_listed_reason_to_refuse_what_dnspython_accepts_is_real(reason: str) -> None:
    (data,) = [data for start, data in ONLY_WE_REFUSE.items() if reason.startswith(start)]
    assert isinstance(our_reading(data), BadQuestionError)
    assert their_reading(opaque(data)) is not None
    assert WE_REFUSE[reason](lay_out(data))


@pytest.mark.parametrize(
    "data",
    [
        packet(opt(option(8, b"\x00\x09\x20\x00"))),
        packet(opt(option(10, b"short"))),
        packet(record(NAME, codes.A, data=b"\x01")),
        packet(record(b"\x01k\x00", 250, 255, data=b"no signature"), opt()),
    ],
    ids=["a subnet of no family", "a cookie too short", "half an address", "a signature that is none"],
)
def test_what_stands_inside_records_and_options_is_not_read(data: bytes) -> None:
    assert their_reading(data) is None
    assert read(data).name == NAME.lower()
    assert quarrel(data) is None


def test_a_reader_that_takes_a_damaged_packet_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = read(packet())
    monkeypatch.setattr("tests.fuzz.oracle.read_query", lambda *_: sound)
    assert quarrel(packet(b"\x00", counts=(1, 0, 0, 0))) == "we accept, dnspython refuses"
    assert quarrel(packet(opt())) is not None
    assert quarrel(packet()) is None
