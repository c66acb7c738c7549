"""What an upstream says beside the point: another class, another zone's denial, a bit that anybody could have set."""

from __future__ import annotations

import struct
from ipaddress import ip_address
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.wire import codes, response
from guardian.wire.response import OtherQuestionError, read_answer

if TYPE_CHECKING:
    from guardian.model import Answer

DAY = 86_400
SOA = "ns.invalid. nobody.invalid. 1 3600 600 86400 60"


def answered(*answer: str, denied_by: str = "", name: str = "www.example.com.") -> dns.message.Message:
    """Write an answer to `name` A, of records as zone files have them, and the owner of a SOA."""
    message = dns.message.make_response(dns.message.make_query(name, "A"))
    for line in answer:
        owner, rclass, rtype, data = line.split(maxsplit=3)
        message.answer.append(dns.rrset.from_text(owner, 300, rclass, rtype, data))
    if denied_by:
        message.authority.append(dns.rrset.from_text(denied_by, 300, "IN", "SOA", SOA))
    return message


def question(message: dns.message.Message) -> bytes:
    name = message.question[0].name.to_wire()
    assert name is not None
    return name + codes.A.to_bytes(2, "big") + codes.IN.to_bytes(2, "big")


def kept(message: dns.message.Message, *, trusted: bool = False) -> Answer:
    return read_answer(message.to_wire(), question(message), longest_ttl=DAY, trusted=trusted)


def test_a_record_of_another_class_is_not_passed_on() -> None:
    strange = answered("www.example.com. CH A example.com. 1234", "www.example.com. IN A 192.0.2.1")
    assert kept(strange).counts == (1, 0)
    assert kept(strange).body.endswith(b"\xc0\x00\x02\x01")


def test_an_alias_of_another_class_leads_nowhere() -> None:
    strange = answered("www.example.com. CH CNAME bank.example.", "bank.example. IN A 192.0.2.66")
    assert kept(strange).counts == (0, 0)
    assert kept(strange).targets == ()


def test_a_denial_of_another_class_is_none() -> None:
    strange = answered()
    strange.authority.append(dns.rrset.from_text("example.com.", 300, "CH", "SOA", SOA))
    assert (kept(strange).ttl, kept(strange).counts) == (0, (0, 0))


@pytest.mark.parametrize(
    ("owner", "seconds"),
    [
        ("www.example.com.", 60),
        ("example.com.", 60),
        (".", 60),
        ("ample.com.", 0),
        ("bank.example.", 0),
        ("a.www.example.com.", 0),
    ],
)
def test_only_a_zone_that_holds_the_name_can_deny_it(owner: str, seconds: int) -> None:
    denial = kept(answered(denied_by=owner))
    assert (denial.ttl, denial.counts) == (seconds, (0, 1 if seconds else 0))


def test_what_is_denied_is_the_end_of_the_chain() -> None:
    alias = "www.example.com. IN CNAME host.example.net."
    assert kept(answered(alias, denied_by="example.net.")).ttl == 60
    beside = kept(answered(alias, denied_by="example.com."))
    assert (beside.ttl, beside.counts) == (0, (1, 0))


def test_the_signature_of_a_denial_goes_with_it() -> None:
    signed = answered(denied_by="bank.example.")
    signature = "SOA 8 2 300 20300101000000 20200101000000 1 bank.example. AAAA"
    signed.authority.append(dns.rrset.from_text("bank.example.", 300, "IN", "RRSIG", signature))
    assert kept(signed).counts == (0, 0)


def test_an_answer_is_called_authentic_only_where_the_way_is_trusted() -> None:
    message = answered("www.example.com. IN A 192.0.2.1")
    assert not kept(message, trusted=True).authentic
    message.flags |= dns.flags.AD
    assert kept(message, trusted=True).authentic
    assert not kept(message).authentic


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.sampled_from(("A", "AAAA")),
    st.lists(st.sampled_from((0, 30, 60, 61, 300, DAY, DAY + 1, 2**31 - 1, 2**31)), min_size=1, max_size=3),
    st.booleans(),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=2),
    st.integers(0, 3),
)
def test_the_short_way_through_addresses_says_what_the_long_way_says(
    kind: str,
    ttls: list[int],
    edns: bool,  # noqa: FBT001
    damage: list[tuple[int, int]],
    cut: int,
) -> None:
    query = dns.message.make_query("www.example.com.", kind, use_edns=0 if edns else False)
    wire = bytearray(dns.message.make_response(query, our_payload=1232).to_wire())
    place, asked = wire.index(b"\x03www"), b"\x03www\x07example\x03com\0" + codes_of(kind)
    tail = bytes(wire[place + len(asked) :])
    wire[6:8] = len(ttls).to_bytes(2, "big")
    addresses = [("192.0.2.1", "2001:db8::1"), ("10.0.0.1", "fd00::1"), ("198.51.100.1", "::ffff:10.0.0.1")]
    pairs = zip(ttls, addresses, strict=False)
    packed = [(ttl, ip_address(both[kind == "AAAA"]).packed) for ttl, both in pairs]
    records = [b"\xc0\x0c" + codes_of(kind) + struct.pack("!IH", ttl, len(data)) + data for ttl, data in packed]
    wire[place + len(asked) :] = b"".join(records) + tail
    for at, octet in damage:
        wire[12 + len(asked) + at % (len(wire) - 12 - len(asked))] = octet
    message = bytes(wire[: len(wire) - cut])

    def read() -> Answer | str:
        try:
            return read_answer(message, asked, longest_ttl=60)
        except WireError as error:
            return str(error)

    short = read()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(response, "_PLAIN", {})
        assert read() == short


def codes_of(kind: str) -> bytes:
    return (codes.A if kind == "A" else codes.AAAA).to_bytes(2, "big") + codes.IN.to_bytes(2, "big")


def test_what_answers_something_else_is_told_from_what_is_damaged() -> None:
    message = answered("www.example.com. IN CNAME a.example.", "www.example.com. IN CNAME b.example.")
    with pytest.raises(WireError, match="two aliases") as damaged:
        kept(message)
    assert not isinstance(damaged.value, OtherQuestionError)
    wire = message.to_wire()
    with pytest.raises(WireError, match="cut off") as cut:
        read_answer(wire[:-1], question(message), longest_ttl=DAY)
    assert not isinstance(cut.value, OtherQuestionError)
    with pytest.raises(OtherQuestionError):
        read_answer(wire, question(answered(name="www.example.net.")), longest_ttl=DAY)
    message.flags &= ~dns.flags.QR
    with pytest.raises(OtherQuestionError):
        kept(message)
