"""A short soak is an ordinary test, and a judge that finds no seeded fault proves nothing."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from guardian.model import BlockMode, Query, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.answers import Scribe
from guardian.wire.question import read_query
from tests.soak.__main__ import main, soak
from tests.soak.questions import Duty, Question, is_closed, is_failure, is_open, question, questions
from tests.soak.upstream import answer_to
from tests.soak.verdict import LONGEST_WARM_UP, Record, Sample, faults

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 8.0
CHILD = "127.0.0.12"
SCRIBE = Scribe(mode=BlockMode.NXDOMAIN, block_ttl=60, topics=("malware",))


def test_a_short_soak_finds_nothing() -> None:
    record = soak(SECONDS, seed=1)
    assert faults(record) == []
    assert record.exit_code == 0
    # what it is for did happen
    assert record.reloads >= 2
    assert record.silences == 1
    assert max(one.descriptors for one in record.samples) > record.rest[0] > 0


def test_a_run_of_no_length_fails_and_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seconds", "0", "--seed", "7"]) == 1
    printed = capsys.readouterr().out
    assert "seed 7" in printed
    assert "proves nothing" in printed


def sound() -> Record:
    """Give a run of ten minutes without a fault."""
    samples = [Sample(float(second), 27_000 + second % 7, 20) for second in range(600)]
    log = "guardian: answering on 127.0.0.1 port 5353 by 12 names in 3 lists (abc)\n"
    return Record(wanted=1_000, answered=990, samples=samples, rest=(8, 8), exit_code=0, log=log)


def grown(per_second: float, seconds: int) -> list[Sample]:
    return [Sample(float(second), int(27_000 + per_second * second), 20) for second in range(0, seconds, 5)]


def test_a_sound_run_has_no_fault() -> None:
    assert faults(sound()) == []


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda record: setattr(record, "lost", 1), "never answered"),
        (lambda record: setattr(record, "wrong_count", 1), "1 wrong answers"),
        (lambda record: setattr(record, "died", True), "ended by itself"),
        (lambda record: setattr(record, "exit_code", 1), "exit code 1"),
        (lambda record: setattr(record, "answered", 10), "proves nothing"),
        (lambda record: setattr(record, "rest", (8, 9)), "1 descriptors more"),
        (lambda record: setattr(record, "log", record.log + "Traceback (most recent call last):\n"), "Traceback"),
        (lambda record: setattr(record, "samples", []), "no sample"),
        (lambda record: setattr(record, "samples", grown(20, 600)), "RssAnon grew by"),
        # two hours tell a slope that ten minutes would not
        (lambda record: setattr(record, "samples", grown(0.4, 7_200)), "KiB an hour"),
    ],
)
def test_each_fault_is_found(harm: Callable[[Record], None], said: str) -> None:
    record = sound()
    harm(record)
    assert [said in fault for fault in faults(record)] == [True]


def test_what_fills_before_warm_up_ends_is_no_leak() -> None:
    record = sound()
    full = LONGEST_WARM_UP
    record.samples = [Sample(float(at), int(20_000 + 10 * min(at, full)), 20) for at in range(0, 7_200, 5)]
    assert faults(record) == []


def replied(asked: Question, reply: Callable[[Query], Reply]) -> bytes:
    return SCRIBE.write(reply(read_query(asked.packet, asked.device)))


def closed(query: Query) -> Reply:
    return Reply(query, 0, Reason.CATEGORY, None, Verdict(True, Reason.CATEGORY, 0, True))


@pytest.mark.parametrize("edns", [True, False])
def test_an_answer_is_known_by_what_it_holds(edns: bool) -> None:  # noqa: FBT001 - a parameter of the test
    asked = question(CHILD, "warm-1.example", Duty.OPEN, edns=edns)
    other = question(CHILD, "warm-2.example", Duty.OPEN, edns=edns)
    silent = replied(asked, lambda query: Reply(query, codes.SERVFAIL, Reason.UPSTREAM_SILENT))
    open_, shut = answer_to(asked.packet), replied(asked, closed)
    judges = (is_open, is_closed, is_failure)
    assert [judge(asked, open_) for judge in judges] == [True, False, False]
    assert [judge(asked, shut) for judge in judges] == [False, True, False]
    assert [judge(asked, silent) for judge in judges] == [False, False, True]
    for answer in (open_, shut, silent):
        assert not any(judge(other, answer) for judge in judges), "another question's answer"


def test_a_denial_that_does_not_say_why_is_wrong() -> None:
    asked = question(CHILD, "own-1.example", Duty.CLOSED)
    assert not is_closed(asked, replied(asked, lambda query: Reply(query, codes.NXDOMAIN, Reason.DEFAULT)))


def test_another_address_is_wrong() -> None:
    asked = question(CHILD, "warm-1.example", Duty.OPEN)
    assert not is_open(asked._replace(address=b"\xc0\x00\x02\x01"), answer_to(asked.packet))


def test_the_same_seed_asks_the_same() -> None:
    first, second = questions(Random(5)), questions(Random(5))
    drawn = [next(first) for _ in range(500)]
    assert drawn == [next(second) for _ in range(500)]
    assert {one.duty for one in drawn} == set(Duty)
