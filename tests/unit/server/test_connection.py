"""One client's stream, octet by octet: what is read, what is left unread, what goes out, and when it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.server.connection import MAX_IN_WORK, MAX_UNSENT, Connection
from guardian.wire.framing import framed

if TYPE_CHECKING:
    from tests.unit.server.conftest import House, Link, Loop


def reads(house: House, link: Link) -> bool:
    return link.number in house.loop.readers


def test_replies_to_pipelined_questions_are_one_write_each_behind_its_length(house: House) -> None:
    _, link = house.connect()
    house.tell(link, framed(b"one") + framed(b"two"))
    assert link.writes == [framed(b"ONE") + framed(b"TWO")]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_message_in_pieces_is_one_question(house: House, size: int) -> None:
    _, link = house.connect()
    data = framed(b"first question") + framed(b"second")
    house.tell(link, *(data[at : at + size] for at in range(0, len(data), size)))
    assert house.taken == [b"first question", b"second"]
    assert b"".join(link.writes) == framed(b"FIRST QUESTION") + framed(b"SECOND")


def test_a_reply_goes_out_when_it_comes_whatever_was_asked_before(house: House) -> None:
    connection, link = house.connect()
    house.tell(link, framed(b"later") + framed(b"soon"))
    assert link.writes == [framed(b"SOON")]
    house.answer(connection, b"at last")
    assert link.writes[1:] == [framed(b"at last")]


def test_with_enough_in_work_it_lies_unread_until_one_is_answered(house: House) -> None:
    connection, link = house.connect()
    house.tell(link, *(framed(b"later %d" % number) for number in range(MAX_IN_WORK + 5)))
    assert len(house.taken) == MAX_IN_WORK
    assert not reads(house, link)
    house.answer(connection, b"one")
    assert reads(house, link)
    house.tell(link)
    assert len(house.taken) == MAX_IN_WORK + 1
    assert not reads(house, link)


def test_what_was_read_with_too_many_in_one_piece_waits_in_order(house: House) -> None:
    connection, link = house.connect()
    house.tell(link, b"".join(framed(b"later %d" % number) for number in range(MAX_IN_WORK + 2)))
    assert len(house.taken) == MAX_IN_WORK
    for _ in range(3):
        house.answer(connection, b"one")
    assert house.taken[MAX_IN_WORK:] == [b"later 64", b"later 65"]
    assert reads(house, link)


def test_a_question_that_got_no_reply_makes_room_all_the_same(house: House) -> None:
    connection, link = house.connect()
    house.tell(link, framed(b"later"))
    house.answer(connection, b"")
    assert link.writes == []
    assert connection.idle


def test_who_leaves_replies_lying_is_not_read_and_is_read_again_after_taking_them(house: House) -> None:
    _, link = house.connect()
    link.room, house.reply_size = 0, 60_000
    house.tell(link, b"".join(framed(b"%d" % number) for number in range(5)))
    assert house.taken == [b"0", b"1", b"2"]
    assert not reads(house, link)
    link.room = 1 << 30
    house.loop.writers[link.number]()
    assert house.taken == [b"0", b"1", b"2", b"3", b"4"]
    assert sum(map(len, link.writes)) == 5 * 60_002
    assert reads(house, link)
    assert house.loop.writers == {}


def test_what_goes_out_in_part_is_ended_before_anything_else(house: House) -> None:
    connection, link = house.connect()
    link.room = 3
    house.tell(link, framed(b"later") + framed(b"abcdef"))
    house.answer(connection, b"second")
    assert b"".join(link.writes) == framed(b"ABCDEF")[:3]
    link.room = 100
    house.loop.writers[link.number]()
    assert b"".join(link.writes) == framed(b"ABCDEF") + framed(b"second")


def test_a_length_beyond_any_question_closes_it(house: House) -> None:
    _, link = house.connect()
    house.tell(link, framed(b"sound"))
    house.tell(link, b"\xff\xff")
    assert link.closed
    assert house.taken == [b"sound"]
    assert len(house.table) == 0


def test_who_sends_no_more_still_gets_its_replies_and_is_then_closed(house: House) -> None:
    connection, link = house.connect()
    house.tell(link, framed(b"later") + b"\x00\x05cut", b"")
    assert not link.closed
    assert not reads(house, link)
    house.answer(connection, b"reply")
    assert link.writes == [framed(b"reply")]
    assert link.closed


def test_who_sends_no_more_and_waits_for_nothing_is_closed_at_once(house: House) -> None:
    _, link = house.connect()
    house.tell(link, b"")
    assert link.closed
    assert house.loop.readers == {}


@pytest.mark.parametrize("where", ["reading", "writing"])
def test_a_connection_that_breaks_is_closed_once(house: House, where: str) -> None:
    connection, link = house.connect()
    house.tell(link, framed(b"later"))
    if where == "reading":
        house.tell(link, ConnectionResetError())
    link.broken = True
    house.answer(connection, b"reply")
    assert link.closed
    connection.close()
    assert (house.loop.readers, house.loop.writers, len(house.table)) == ({}, {}, 0)


def test_a_message_that_has_begun_must_be_whole_in_three_seconds(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    house.tell(link, b"\x00")
    loop.at += 2.9
    house.tell(link, b"\x04w")
    assert not connection.overdue(loop.at, 10)
    loop.at += 0.1
    assert connection.overdue(loop.at, 10)
    house.tell(link, b"hol")
    assert not connection.overdue(loop.at, 10)


def test_a_message_that_lies_unread_has_its_time_afterwards(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    house.tell(link, framed(b"later") * MAX_IN_WORK + b"\x00\x05h")
    loop.at += 60
    assert not connection.overdue(loop.at, 10)
    house.answer(connection, b"one")
    loop.at += 2.9
    assert not connection.overdue(loop.at, 10)
    loop.at += 0.1
    assert connection.overdue(loop.at, 10)


def test_who_takes_none_of_its_replies_for_three_seconds_is_overdue(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    link.room = 1
    house.tell(link, framed(b"reply"))
    loop.at += 2.9
    link.room = 1
    house.loop.writers[link.number]()
    loop.at += 2.9
    assert not connection.overdue(loop.at, 10)
    loop.at += 0.1
    assert connection.overdue(loop.at, 10)


def test_silence_counts_from_the_last_message_and_not_while_an_upstream_is_asked(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    loop.at += 9
    house.tell(link, framed(b"later"))
    loop.at += 9
    assert not connection.overdue(loop.at, 10)
    house.answer(connection, b"reply")
    assert not connection.overdue(loop.at, 10)
    loop.at += 1
    assert connection.overdue(loop.at, 10)


def test_who_asks_more_than_its_share_waits_and_loses_nothing(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    house.share = 2
    house.tell(link, framed(b"a") + framed(b"b") + framed(b"c") + framed(b"d"))
    assert house.taken == [b"a", b"b"]
    assert not reads(house, link)
    assert not connection.overdue(loop.at + 60, 10)
    house.share = 1
    loop.pass_by(0.06)
    assert house.taken == [b"a", b"b", b"c"]
    house.share = 100
    loop.pass_by(0.06)
    assert house.taken == [b"a", b"b", b"c", b"d"]
    assert reads(house, link)


def test_all_replies_together_are_bounded_and_who_leaves_least_stays(house: House) -> None:
    modest, link = house.connect("10.0.0.9")
    link.room = 0
    house.tell(link, framed(b"small"))
    hoarders = [house.connect(f"10.0.0.{number}") for number in range(4)]
    house.reply_size = 60_000
    for _, one in hoarders:
        one.room = 0
        house.tell(one, framed(b"x") * 3)
    assert [one.closed for _, one in hoarders] == [False, False, True, True]
    house.reply_size = 0
    house.tell(link, framed(b"another"))
    assert not modest.closed


def test_who_is_closed_by_what_comes_before_its_message_is_heard_no_more(house: House) -> None:
    class Talkative(Connection):
        def _opened(self, data: bytes) -> bytes:
            self._put(bytes(400_001))
            return data

    _, link = house.connect(make=Talkative)
    house.tell(link, framed(b"hello"))
    assert link.closed
    assert not house.taken
    assert len(house.table) == 0


def test_a_reply_of_the_greatest_length_goes_out_whole(house: House) -> None:
    _, link = house.connect()
    house.reply_size = 65_535
    house.tell(link, framed(b"x"))
    assert len(b"".join(link.writes)) == 65_537
    assert MAX_UNSENT > 65_537
