"""A real `guardian dns` asked over TCP: pipelining, order, pieces, ends, and what a client may not do."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from tests.live.authority import ADDRESS, Authority, Behaviour
from tests.live.conftest import BANDS, Guardian, write_config
from tests.live.streams import answer, ask_over_tcp, connect, exactly, is_over, question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GAMBLING = "gambling.guardian.example"


@pytest.fixture
def guardian(house: Path, start: Callable[..., Guardian]) -> Guardian:
    return start(house).ready()


def test_a_device_is_told_over_tcp_what_it_is_told_over_udp(guardian: Guardian) -> None:
    closed = ask_over_tcp(guardian.port, GAMBLING, device=BANDS["6-9"])
    assert closed.rcode() == dns.rcode.NXDOMAIN
    assert [option.to_text() for option in closed.options] == ["EDE 17 (Filtered): gambling"]
    assert ADDRESS in str(ask_over_tcp(guardian.port, "school.example", device=BANDS["6-9"]).answer)
    assert "127.0.0.1" in str(ask_over_tcp(guardian.port, "guardian.home.arpa").answer)


def test_a_thousand_pipelined_questions_each_get_their_answer(guardian: Guardian) -> None:
    kinds = ("open-{}.example", f"b{{}}.{GAMBLING}", "warm.example", "{}.alo116.al")
    names = [kinds[number % 4].format(number) for number in range(1000)]
    with connect(guardian.port) as stream:
        stream.sendall(b"".join(question(name, number) for number, name in enumerate(names)))
        said = [answer(stream) for _ in names]
    assert {one.id for one in said} == set(range(1000))
    for one in said:
        assert one.question[0].name.to_text(omit_final_dot=True) == names[one.id]
        assert (one.rcode() == dns.rcode.NXDOMAIN) == names[one.id].endswith(GAMBLING)


def test_a_question_that_waits_holds_up_none_behind_it(guardian: Guardian, authority: Authority) -> None:
    authority.behaviours["slow.example"] = Behaviour(held=True)
    with connect(guardian.port) as stream:
        stream.sendall(question("slow.example", 1) + question("quick.example", 2) + question(GAMBLING, 3))
        assert {answer(stream).id, answer(stream).id} == {2, 3}
        authority.release()
        assert answer(stream).id == 1


def test_a_question_in_pieces_of_one_octet_is_a_question(guardian: Guardian) -> None:
    with connect(guardian.port) as stream:
        for octet in question("school.example", 7):
            stream.sendall(bytes((octet,)))
        assert ADDRESS in str(answer(stream).answer)


def test_who_has_sent_all_still_gets_its_answers(guardian: Guardian, authority: Authority) -> None:
    authority.behaviours["slow.example"] = Behaviour(held=True)
    with connect(guardian.port) as stream:
        stream.sendall(question("slow.example", 1) + question(GAMBLING, 2))
        stream.shutdown(socket.SHUT_WR)
        assert answer(stream).id == 2
        authority.wait_until(bool)
        authority.release()
        assert answer(stream).id == 1
        assert is_over(stream)


def test_an_answer_may_be_longer_than_any_packet(tmp_path: Path, house: Path, start: Callable[..., Guardian]) -> None:
    with Authority() as many:
        many.otherwise = Behaviour(records=200)
        guardian = start(write_config(tmp_path, many.url)).ready()
        assert house.exists()
        assert len(ask_over_tcp(guardian.port, "many.example").answer[0]) == 200


@pytest.mark.parametrize(
    ("message", "rcode"),
    [
        (bytes.fromhex("0007 2800 0001 0000 0000 0000") + b"\x01a\0\0\x06\0\x01", dns.rcode.NOTIMP),
        (bytes.fromhex("0007 0100 0002 0000 0000 0000") + b"\x01a\0\0\x01\0\x01" * 2, dns.rcode.FORMERR),
        (bytes.fromhex("0007 0100 0001 0000 0000 0000") + b"\xc0\x0c\0\x01\0\x01", dns.rcode.FORMERR),
    ],
)
def test_a_wrong_message_is_answered_and_the_next_one_too(
    guardian: Guardian, message: bytes, rcode: dns.rcode.Rcode
) -> None:
    with connect(guardian.port) as stream:
        stream.sendall(struct.pack("!H", len(message)) + message + question("school.example", 8))
        header = exactly(stream, 2 + 12)
        assert (header[2:4], header[5] & 0xF) == (b"\0\x07", rcode)
        assert answer(stream).id == 8


def test_what_deserves_silence_gets_it_and_the_next_one_its_answer(guardian: Guardian) -> None:
    response = bytes.fromhex("0007 8180 0001 0000 0000 0000") + b"\x01a\0\0\x01\0\x01"
    with connect(guardian.port) as stream:
        stream.sendall(b"\0\0\0\x01x" + struct.pack("!H", len(response)) + response + question(GAMBLING, 9))
        assert answer(stream).id == 9


def test_a_length_beyond_any_question_ends_the_connection(guardian: Guardian) -> None:
    with connect(guardian.port) as stream:
        stream.sendall(b"\xff\xff" + bytes(100))
        assert is_over(stream)
    assert "Traceback" not in guardian.log()


def test_a_stranger_is_not_talked_to(tmp_path: Path, house: Path, start: Callable[..., Guardian]) -> None:
    text = house.read_text()
    stranger = text.replace(
        'dns: {listen: ["127.0.0.1:0"]}', 'dns: {listen: ["127.0.0.1:0"], allow_from: [10.0.0.0/8]}'
    )
    path = tmp_path / "strict.yaml"
    path.write_text(stranger)
    guardian = start(path).ready()
    with connect(guardian.port, "127.0.0.99") as stream:
        assert is_over(stream)
    assert ask_over_tcp(guardian.port, GAMBLING, device=BANDS["6-9"]).rcode() == dns.rcode.NXDOMAIN


def test_a_client_that_reads_nothing_is_read_no_further_and_let_go(
    tmp_path: Path, house: Path, start: Callable[..., Guardian]
) -> None:
    path = tmp_path / "unlimited.yaml"
    path.write_text(house.read_text().replace("dns: {", "dns: {rate_limit: 0, "))
    guardian = start(path).ready()
    block = b"".join(question(GAMBLING, number) for number in range(1000))
    with connect(guardian.port) as stream:
        # it sends until guardian reads no more, and then is let go
        with pytest.raises(ConnectionError):  # noqa: PT012 - which call it hits is chance
            while True:
                stream.sendall(block)
        assert ask_over_tcp(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN


def test_it_ends_when_told_to_while_streams_are_open(guardian: Guardian, authority: Authority) -> None:
    authority.otherwise = Behaviour(held=True)
    with connect(guardian.port) as stream, connect(guardian.port) as silent:
        stream.sendall(question("waits.example", 1))
        authority.wait_until(bool)
        assert guardian.stop() == 0
        assert answer(stream).rcode() == dns.rcode.SERVFAIL
        assert is_over(stream)
        assert is_over(silent)
    assert "Traceback" not in guardian.log()
