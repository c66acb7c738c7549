"""A short run of the fuzzer is an ordinary test, and a fuzzer that can't find a fault proves nothing."""

from __future__ import annotations

import time

import pytest

from guardian.wire.response import read_answer
from tests.fuzz import __main__ as command
from tests.fuzz.messages import QUESTION, sound_answers, sound_queries


def test_a_short_run_finds_nothing() -> None:
    run = command.fuzz(packets=1_500, seed=1)
    assert run.findings == []
    # most of the damage must not be so bad that only the first check ever sees it
    assert run.counts["question accepted"] > 150
    assert run.counts["answer accepted"] > 150


def test_what_is_not_damaged_is_accepted() -> None:
    outcomes = [command.read_and_answer(packet) for packet in sound_queries()]
    # all but EDNS version 1 and forty options
    assert outcomes.count("refused") == 2
    assert outcomes.count("accepted") == len(outcomes) - 2
    assert {command.read_and_pass_on(message) for message in sound_answers()} == {"accepted"}


def test_the_same_seed_makes_the_same_run() -> None:
    assert command.fuzz(packets=50, seed=3).counts == command.fuzz(packets=50, seed=3).counts


def test_an_exception_that_is_not_ours_is_printed_with_its_packet_and_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(packet: bytes) -> str:
        return str(packet[10_000])

    monkeypatch.setattr(command, "read_and_answer", crash)
    assert command.main(["--packets", "100", "--seed", "5"]) == 1
    printed = capsys.readouterr().out
    assert "IndexError" in printed
    assert "seed 5" in printed
    assert f"{command.MOST_FINDINGS} findings" in printed


def test_a_packet_that_is_slow_every_time_fails_the_run() -> None:
    def dawdle(packet: bytes) -> str:
        until = time.process_time() + 2 * command.SLOWEST
        while time.process_time() < until:
            pass
        return f"{len(packet)} octets"

    run = command.Run()
    run.feed("question", b"\xab", dawdle)
    assert ["ab" in finding and "ms" in finding for finding in run.findings] == [True]


def test_a_packet_that_is_slow_once_is_a_busy_machine() -> None:
    times = [2 * command.SLOWEST]

    def stumble(packet: bytes) -> str:
        until = time.process_time() + (times.pop() if times else 0.0)
        while time.process_time() < until:
            pass
        return f"{len(packet)} octets"

    run = command.Run()
    run.feed("question", b"\xab", stumble)
    assert run.findings == []


def test_a_run_stops_when_its_time_is_over() -> None:
    run = command.fuzz(packets=10**9, seed=1, seconds=0.0)
    assert sum(run.counts.values()) == 2


BESIDE = b"\x04bank\x07example\x00\x00\x01\x00\x01" + bytes(4) + b"\x00\x04" + bytes(4)
"""An address of a name that nobody asked for."""


@pytest.mark.parametrize(
    ("cut", "more", "answers"),
    [(1, b"", 2), (1, b"\x63", 2), (16, b"", 1), (0, BESIDE, 3)],
    ids=["cut a record short", "change an address", "leave an address out", "put another name beside it"],
)
def test_an_answer_that_is_passed_on_otherwise_is_noticed(
    monkeypatch: pytest.MonkeyPatch, cut: int, more: bytes, answers: int
) -> None:
    message = sound_answers()[0]
    honest = read_answer(message, QUESTION, longest_ttl=60)
    body = honest.body[: len(honest.body) - cut] + more
    false = honest._replace(body=body, counts=(answers, 0))
    if more == BESIDE:
        message = message[:6] + b"\x00\x03" + bytes(4) + QUESTION + body
    assert command.tampered(message) is None
    monkeypatch.setattr(command, "read_answer", lambda *_, **__: false)
    assert command.tampered(message) is not None
