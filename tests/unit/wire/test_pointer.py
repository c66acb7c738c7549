"""The name of an address, out of whatever a device or a router sends back."""

from __future__ import annotations

import dns.message
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.errors import WireError
from guardian.model import AskKey
from guardian.wire import codes
from guardian.wire.names import to_wire
from guardian.wire.pointer import read_pointer
from guardian.wire.upstream import write_question

NAME = "7.1.168.192.in-addr.arpa"
KEY = AskKey(to_wire(NAME), codes.PTR, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
ASKED = write_question(KEY, 0xBEEF, 0)
PHONE = to_wire("anas-phone.local")


def answered(*records: str, identity: int = 0xBEEF, name: str = NAME) -> bytes:
    """Write an answer with these records, each as `OWNER TYPE DATA`."""
    query = dns.message.make_query(name, "PTR", id=identity)
    response = dns.message.make_response(query)
    for record in records:
        owner, kind, data = record.split(" ", 2)
        response.answer.append(dns.rrset.from_text(f"{owner}.", 10, "IN", kind, data))
    return response.to_wire()


@pytest.mark.parametrize(
    "message",
    [
        answered(f"{NAME} PTR Anas-Phone.local."),
        answered(f"{NAME.upper()} PTR anas-phone.local."),
        answered(f"{NAME} PTR anas-phone.local.", name=NAME.upper()),
        answered("other.example A 192.0.2.1", f"{NAME} PTR anas-phone.local."),
        answered(f"{NAME} PTR anas-phone.local.", f"{NAME} PTR second.local."),
    ],
)
def test_the_name_of_the_address_is_read(message: bytes) -> None:
    assert read_pointer(message, ASKED) == PHONE


@pytest.mark.parametrize(
    "message",
    [answered(), answered("8.1.168.192.in-addr.arpa PTR anas-phone.local."), answered(f"{NAME} CNAME other.example.")],
)
def test_an_answer_without_it_tells_no_name(message: bytes) -> None:
    assert read_pointer(message, ASKED) is None


GOOD = answered(f"{NAME} PTR anas-phone.local.")


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(GOOD[:11], id="half a header"),
        pytest.param(GOOD[:-1], id="cut off"),
        pytest.param(answered(f"{NAME} PTR anas-phone.local.", identity=1), id="another ID"),
        pytest.param(answered(name="8.1.168.192.in-addr.arpa"), id="another question"),
        pytest.param(ASKED, id="our own question"),
        pytest.param(GOOD[:4] + b"\0\2" + GOOD[6:], id="two questions"),
        pytest.param(GOOD[: -len(PHONE)] + b"\xc0\xff" + GOOD[-len(PHONE) + 2 :], id="a pointer ahead"),
    ],
)
def test_what_is_no_answer_or_damaged_is_refused(message: bytes) -> None:
    with pytest.raises(WireError):
        read_pointer(message, ASKED)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6), st.integers(0, len(GOOD)))
def test_a_damaged_answer_is_read_or_refused_and_nothing_else(changes: list[tuple[int, int]], size: int) -> None:
    message = bytearray(GOOD)
    for place, octet in changes:
        message[place] = octet
    try:
        name = read_pointer(bytes(message[:size]), ASKED)
    except WireError:
        return
    assert name is None or name.endswith(b"\0")
