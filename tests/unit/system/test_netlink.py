"""What the kernel says over rtnetlink is taken apart within its bounds, and its refusal is no empty table."""

from __future__ import annotations

import errno
import struct
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.system.netlink import address_text, attributes, messages
from tests.unit.system import rtnetlink


def test_a_datagram_holds_several_messages_and_the_last_one_of_a_dump_ends_it() -> None:
    first, second = rtnetlink.message(20, b"abc"), rtnetlink.message(28, b"defgh")
    found, done = messages(first + second)
    assert ([tuple(one) for one in found], done) == ([(20, b"abc"), (28, b"defgh")], False)
    found, done = messages(second + rtnetlink.DONE + first)
    assert ([tuple(one) for one in found], done) == ([(28, b"defgh")], True)


def test_a_kernel_that_refuses_is_not_one_with_nothing_to_say() -> None:
    with pytest.raises(OSError, match="Operation not permitted"):
        messages(rtnetlink.message(20, b"abc") + rtnetlink.refusal(errno.EPERM))
    with pytest.raises(OSError, match="without a reason"):
        messages(rtnetlink.message(rtnetlink.ERROR_KIND, b""))


def test_attributes_stand_behind_each_other_at_four_octets() -> None:
    body = b"head" + rtnetlink.attribute(1, b"a") + rtnetlink.attribute(7, b"bcdef")
    assert attributes(body, 4) == {1: b"a", 7: b"bcdef"}
    assert attributes(body[:-1] + struct.pack("=HH", 0, 9), 4)[1] == b"a"


def test_an_address_is_written_as_a_listener_hears_it() -> None:
    for text in ("192.168.1.2", "fd00::2", "2001:db8:0:0:1::", "fe80::2"):
        assert address_text(ip_address(text).packed) == text


@given(st.binary(max_size=200))
def test_whatever_stands_in_a_datagram_its_reading_ends(data: bytes) -> None:
    found, _ = messages(struct.pack("=IHHII", len(data) + 16, 99, 0, 0, 0) + data)
    assert [tuple(one) for one in found] == [(99, data)]
    assert all(len(value) <= len(data) for value in attributes(data, 0).values())
