"""The table of who is connected: who goes when there is no room, and who goes for taking too long."""

from __future__ import annotations

import itertools
import ssl
from functools import partial
from typing import TYPE_CHECKING

from guardian.server.connections import HANDSHAKES, TURNS
from guardian.server.tls import TlsConnection
from guardian.wire.framing import framed

if TYPE_CHECKING:
    from tests.unit.server.conftest import House, Loop

# the house of these tests has room for 8, and for 4 of one address


def test_a_full_address_loses_its_oldest_idle_connection(house: House) -> None:
    other = house.connect("10.0.0.2")[1]
    links = [house.connect("10.0.0.1")[1] for _ in range(4)]
    house.tell(links[0], framed(b"hello"))
    house.connect("10.0.0.1")
    assert [link.closed for link in links] == [False, True, False, False]
    assert not other.closed
    assert len(house.table) == 5


def test_a_connection_with_a_question_in_work_is_spared_while_another_is_idle(house: House) -> None:
    links = [house.connect("10.0.0.1")[1] for _ in range(4)]
    house.tell(links[0], framed(b"later"))
    for link in links[1:]:
        house.tell(link, framed(b"hello"))
    house.connect("10.0.0.1")
    assert [link.closed for link in links] == [False, True, False, False]


def test_where_all_are_busy_the_oldest_goes_and_a_new_client_gets_in(house: House) -> None:
    links = [house.connect("10.0.0.1")[1] for _ in range(4)]
    for link in links:
        house.tell(link, framed(b"later"))
    _, newest = house.connect("10.0.0.1")
    house.tell(newest, framed(b"hello"))
    assert newest.writes == [framed(b"HELLO")]
    assert [link.closed for link in links] == [True, False, False, False]


def test_a_full_table_loses_the_oldest_idle_connection_of_all(house: House) -> None:
    links = [house.connect(f"10.0.0.{number}")[1] for number in range(8)]
    house.tell(links[0], framed(b"hello"))
    for number in range(100):
        assert not house.connect(f"10.0.1.{number}")[1].closed
        assert len(house.table) == 8
    assert all(link.closed for link in links)


def test_the_only_connection_of_an_address_may_make_room_for_its_next(house: House) -> None:
    first = house.connect("10.0.0.1")[1]
    for number in range(7):
        house.connect(f"10.0.0.{number + 2}")
    second = house.connect("10.0.0.1")[1]
    assert (first.closed, second.closed) == (True, False)
    house.tell(second, b"")
    assert len(house.table) == 7


def test_silence_of_ten_seconds_ends_a_connection_and_the_timer_with_the_last(house: House, loop: Loop) -> None:
    links = [house.connect()[1]]
    loop.pass_by(9.5)
    assert [link.closed for link in links] == [False]
    loop.pass_by(1)
    assert [link.closed for link in links] == [True]
    loop.pass_by(10)
    assert loop.timers == []
    house.connect()
    assert len(loop.timers) == 1


def test_in_a_crowd_silence_of_two_seconds_is_enough(house: House, loop: Loop) -> None:
    links = [house.connect(f"10.0.0.{number}")[1] for number in range(5)]
    loop.pass_by(1.5)
    assert not any(link.closed for link in links)
    loop.pass_by(1)
    assert all(link.closed for link in links)


def test_one_closed_while_it_waits_for_its_share_is_left_alone(house: House, loop: Loop) -> None:
    connection, link = house.connect()
    house.share = 0
    house.tell(link, framed(b"a"))
    connection.close()
    house.share = 100
    loop.pass_by(0.06)
    assert house.taken == []


def test_a_wake_hands_in_so_many_questions_of_all_streams_and_then_others_have_their_turn(
    house: House, loop: Loop
) -> None:
    links = [house.connect(f"10.0.0.{number}")[1] for number in range(3)]
    for number, link in enumerate(links):
        link.coming.append(framed(b"%d" % number) * 100)
        loop.readers[link.number]()
    assert house.taken == [b"0"] * TURNS
    assert loop.readers.keys().isdisjoint(link.number for link in links)
    loop.pass_by(0)
    assert len(house.taken) == 300
    runs = [(int(who), len(list(run))) for who, run in itertools.groupby(house.taken)]
    assert runs == [(0, 100), (1, 28), (2, 64), (1, 64), (2, 36), (1, 8)]
    assert all(link.number in loop.readers for link in links)


def test_a_wake_has_few_steps_of_handshakes_and_the_next_one_has_as_many(house: House, loop: Loop) -> None:
    for _ in range(2):
        assert [house.may_shake_hands() for _ in range(HANDSHAKES + 2)] == [True] * HANDSHAKES + [False] * 2
        loop.pass_by(0)
    assert not loop.timers or loop.timers[0][0] > loop.at


def test_a_handshake_without_a_step_left_lies_unread_until_the_next_wake(house: House, loop: Loop) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _, link = house.connect(make=partial(TlsConnection, context=context))
    while house.may_shake_hands():
        pass
    link.coming.append(b"no TLS at all")
    loop.readers[link.number]()
    assert (list(link.coming), link.closed) == ([b"no TLS at all"], False)
    loop.pass_by(0)
    loop.readers[link.number]()
    assert (list(link.coming), link.closed) == ([], True)
