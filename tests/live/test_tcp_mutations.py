"""A real `guardian dns` under damaged streams: each ends in an answer or a close, and none stays."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from tests.fuzz import live
from tests.live.conftest import publish
from tests.live.streams import connect, descriptors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.conftest import Guardian

MESSAGES = 10_000


def test_damaged_streams_change_nothing_and_leave_nothing(
    tmp_path: Path, compiled: Path, start: Callable[..., Guardian]
) -> None:
    publish(compiled, tmp_path / "state")
    with live.Saboteur(Random(20)) as upstream:
        guardian = start(live.lay_house(tmp_path, upstream.url)).ready()
        run = live.LiveRun()
        live.probe(guardian, run)
        files = descriptors(guardian)
        live.send_streams(guardian, MESSAGES, Random(21), run)
        assert run.findings == []
        assert run.messages == MESSAGES
        live.probe(guardian, run)
        assert run.findings == []
        assert abs(descriptors(guardian) - files) <= 5
        assert "please report" not in guardian.log()
        assert guardian.stop() == 0


def test_a_stream_without_its_answer_is_found(tmp_path: Path, compiled: Path, start: Callable[..., Guardian]) -> None:
    publish(compiled, tmp_path / "state")
    guardian = start(live.lay_house(tmp_path, "udp://127.0.0.1:9")).ready()
    run = live.LiveRun()
    with connect(guardian.port) as stream:
        # what is behind it can't be read any longer
        live._send_stream(stream, [bytes(60_000)], Random(2), run)
    assert len(run.findings) == 1
