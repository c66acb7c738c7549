"""A real `guardian dns` under damaged packets: it answers on, takes nothing wrong, and grows no larger."""

from __future__ import annotations

import socket
from random import Random
from typing import TYPE_CHECKING

import pytest

from guardian.wire.names import to_wire
from tests.fuzz import live
from tests.fuzz.__main__ import main
from tests.live.conftest import publish
from tests.soak.questions import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.live.conftest import Guardian

QUESTIONS = 20_000
ANSWERS = 5_000
NAME = to_wire("round-0-0.example")
PLAIN = live.packet_of(NAME, 7)
ADDRESS = address_of(PLAIN[12:])


@pytest.fixture
def saboteur() -> Iterator[live.Saboteur]:
    """Serve damaged answers on loopback."""
    with live.Saboteur(Random(20)) as server:
        yield server


def test_damaged_packets_change_nothing(
    tmp_path: Path, compiled: Path, saboteur: live.Saboteur, start: Callable[..., Guardian]
) -> None:
    config = live.lay_house(tmp_path, saboteur.url)
    publish(compiled, tmp_path / "state")
    guardian = start(config).ready()
    run = live.sabotage(guardian, saboteur, QUESTIONS, ANSWERS)
    print(
        f"\n{run.questions:,} questions, {run.answers:,} answers, {run.probes} probes, {run.taken:,} taken as read, "
        f"{run.drops} dropped, memory grew by {run.growth} KiB"
    )
    assert run.findings == []
    assert run.questions == QUESTIONS
    assert run.answers >= ANSWERS
    assert run.probes > QUESTIONS // live.PROBE_EVERY
    # damage so bad that none of it ever fits would try nothing but the first check
    assert run.taken > ANSWERS // 20
    assert guardian.stop() == 0


def test_the_command_sends_both_kinds_and_says_how_many(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--live", "--packets", "1000", "--seed", "5"]) == 0
    printed = capsys.readouterr().out
    assert "1,000 damaged questions" in printed
    assert "500 damaged answers" in printed
    assert "seed 5" in printed


def answer(address: bytes, *, identity: int = 7) -> bytes:
    head = live.header(identity.to_bytes(2, "big"), 1)
    return head + PLAIN[12:] + live.record(b"\xc0\x0c", 1, address)


def with_a_bank(one: bytes) -> bytes:
    return one[:6] + b"\x00\x02" + one[8:] + live.record(live.bank_name(1), 1, live.FORGED)


@pytest.mark.parametrize(
    ("told", "sent", "findings"),
    [
        (answer(ADDRESS), [], 0),
        (answer(live.FORGED), [], 1),
        (answer(live.FORGED), [answer(live.FORGED, identity=8)], 1),
        (answer(live.FORGED), [answer(b"\x01\x02\x03\x04")], 1),
        (answer(live.FORGED), [answer(live.FORGED)], 0),
        (answer(live.FORGED), [with_a_bank(answer(ADDRESS))], 1),
        (with_a_bank(answer(ADDRESS)), [with_a_bank(answer(ADDRESS))], 1),
    ],
    ids=[
        "the truth",
        "from nowhere",
        "another ID",
        "another address",
        "it was said",
        "said of a bank",
        "a bank beside",
    ],
)
def test_a_wrong_answer_is_found(told: bytes, sent: list[bytes], findings: int) -> None:
    run = live.LiveRun()
    live._judge(NAME, told, [live.Sent(PLAIN, one) for one in sent], run)
    assert len(run.findings) == findings


def test_a_dropped_packet_is_counted() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker,
    ):
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        deaf.bind(("127.0.0.1", 0))
        port = deaf.getsockname()[1]
        assert live.dropped(port) == 0
        for _ in range(100):
            asker.sendto(bytes(1_000), ("127.0.0.1", port))
        assert live.dropped(port) > 50


def test_a_guardian_that_is_gone_is_found(
    tmp_path: Path, compiled: Path, saboteur: live.Saboteur, start: Callable[..., Guardian]
) -> None:
    config = live.lay_house(tmp_path, saboteur.url)
    publish(compiled, tmp_path / "state")
    guardian = start(config).ready()
    guardian.stop()
    run = live.LiveRun()
    live.probe(guardian, run)
    assert ["no answer to a probe" in finding for finding in run.findings] == [True]
