"""A new set under two thousand questions a second: none is lost, and none waits for it."""

from __future__ import annotations

import random
import select
import shutil
import socket
import time
from typing import TYPE_CHECKING, NamedTuple

import dns.message
import pytest

from tests.live.conftest import command, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.authority import Authority
    from tests.live.conftest import Guardian

RATE = 2000
SECONDS = 4
SWAPS = 8
LATEST = 0.020
"""Seconds that an answer may take while sets are swapped."""
SLACK = 3
"""How many times longer where others use the processors, this client among them."""
NAMES = ("gambling.guardian.example", "www.alo116.al", "warm.example", "malware.guardian.example", "printer.home.lan")


class Times(NamedTuple):
    """How long each question took, in seconds, and how late the client itself was in sending."""

    taken: list[float]
    late: float


def ask_steadily(port: int, at: dict[int, Callable[[], None]]) -> Times:
    """Send RATE questions a second for SECONDS; run `at[n]` after n of them."""
    packets = [dns.message.make_query(name, "A", use_edns=0, id=0).to_wire()[2:] for name in NAMES]
    total, sent, late = RATE * SECONDS, 0, 0.0
    begun: dict[int, float] = {}
    taken: list[float] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        asker.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 2**20)
        asker.connect(("127.0.0.1", port))
        asker.setblocking(False)
        start = time.monotonic()
        while len(taken) < total:
            now = time.monotonic()
            assert now < start + SECONDS + 10, f"{total - len(taken)} of {total} questions were lost"
            due = min(total, int((now - start) * RATE))
            late = max(late, (due - sent) / RATE)
            while sent < due:
                begun[sent] = time.monotonic()
                asker.send(sent.to_bytes(2, "big") + packets[sent % len(packets)])
                sent += 1
                if sent in at:
                    at[sent]()
            select.select([asker], [], [], 1 / RATE if sent < total else 1.0)
            try:
                while True:
                    answer = asker.recv(4096)
                    taken.append(time.monotonic() - begun.pop(int.from_bytes(answer[:2], "big")))
            except BlockingIOError:
                continue
    return Times(sorted(taken), late)


CATEGORIES = ("gambling", "adult", "social", "games")
LISTS = 24
CLASSES = 4000
"""As many classes as a million and a half real names need: judging them is what a reload takes its time for."""


@pytest.fixture(scope="module")
def many_classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile a set in which each name is on other lists than the next one."""
    folder = tmp_path_factory.mktemp("classes")
    chance = random.Random(1)
    rows = []
    for number in range(LISTS):
        names = (f"n{name}.example\n" for name in range(CLASSES) if chance.random() < 0.5)
        (folder / f"l{number}.txt").write_text("".join(names), encoding="ascii")
        category = CATEGORIES[number % len(CATEGORIES)]
        rows.append(f"{{name: l{number}, category: {category}, path: l{number}.txt}}")
    extra = f"lists: {{sources: [{', '.join(rows)}]}}"
    done = command("lists", "compile", "--config", write_config(folder, "udp://127.0.0.1:9", extra=extra))
    assert done.returncode == 0, done.stderr
    return folder / "state" / "sets" / "current.set"


def test_sets_are_swapped_under_load_and_no_question_is_lost_or_late(
    tmp_path: Path, authority: Authority, many_classes: Path, start: Callable[..., Guardian]
) -> None:
    publish(many_classes, tmp_path / "state")
    config = write_config(tmp_path, authority.url, extra="records: [{name: printer.home.lan, address: 192.168.1.9}]")
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('"127.0.0.1:0"]', '"127.0.0.1:0"], rate_limit: 0', 1), encoding="utf-8")
    guardian = start(config).ready()
    new = tmp_path / "new.set"
    shutil.copyfile(many_classes, new)

    def swap() -> None:
        publish(new, tmp_path / "state")
        guardian.reload()

    total = RATE * SECONDS
    times = ask_steadily(guardian.port, {total * number // (SWAPS + 1): swap for number in range(1, SWAPS + 1)})
    guardian.wait_for("answering on", times=2)
    shown = ", ".join(f"{part:.3%}: {times.taken[int(part * (total - 1))] * 1000:.2f} ms" for part in (0.5, 0.99, 1.0))
    print(f"{total} questions, {SWAPS} swaps: {shown}; the client itself was {times.late * 1000:.2f} ms late at most")
    assert len(times.taken) == total
    assert times.taken[-1] < LATEST * SLACK, shown
    assert "Traceback" not in guardian.log()
