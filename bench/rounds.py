"""Rounds: the same questions to every server in a new random order, with the CPU each server spent on them.

Law 1: a round counts only with its answers judged; one wrong or lost answer too many makes the whole run fail.
Law 2: all servers of a round get the same question file; no two rounds and no two windows do.
"""

from __future__ import annotations

import json
import random
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.process import cpu_ns, pinned, switches
from bench.programs import BenchError, build
from bench.questions import MIXES, Asking, warm_up, write_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from bench.servers import Server

LOAD_SECONDS = 300.0
ENOUGH_ANSWERED = 0.999


@dataclass(frozen=True, slots=True)
class Course:
    """What is run: mixes, windows (questions outstanding), rounds, questions a round, and how the load waits."""

    mixes: tuple[str, ...]
    windows: tuple[int, ...]
    rounds: int
    questions: int
    asking: Asking
    spin: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """One round of one server. CPU is microseconds a question of the whole process and its children."""

    server: str
    mix: str
    window: int
    part: int
    cpu_us: float
    questions_a_second: float
    sleeps_a_question: float
    load_cpu_us: float
    asked: int
    answered: int
    wrong: int
    resent: int
    rcodes: tuple[int, ...]

    @property
    def is_right(self) -> bool:
        """Whether at least 99.9 % were answered, and every answer was the right one."""
        return self.answered >= self.asked * ENOUGH_ANSWERED and self.wrong == 0


def ask(
    server: Server,
    questions: Path,
    window: int,
    core: int,
    *,
    seed: int = 1,
    spin: bool = False,
) -> dict[str, Any]:
    """Send a question file to a server from one core and return what the load generator counted.

    Raises BenchError when it fails or takes longer than LOAD_SECONDS.
    """
    words = [str(build("load")), str(server.port), str(questions), str(window), str(seed)]
    words += ["echo" if server.echoes else "answers", "spin" if spin else "wait"]
    with pinned(core):
        process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = process.communicate(timeout=LOAD_SECONDS)
    except subprocess.TimeoutExpired as late:
        process.kill()
        message = f"bench: {server.name} did not finish {questions.name} within {LOAD_SECONDS:.0f} s"
        raise BenchError(message) from late
    if process.returncode != 0:
        message = f"bench: the load generator failed on {questions.name} (exit code {process.returncode})"
        raise BenchError(message)
    counted: dict[str, Any] = json.loads(output)
    return counted


def warm(servers: Iterable[Server], course: Course, folder: Path, core: int) -> None:
    """Ask every server each allowed name, then a short unmeasured part of each mix.

    Raises BenchError when an allowed name is not answered right: the rounds would only count mistakes.
    """
    names = write_questions(folder / "warm-up.q", warm_up(course.asking))
    parts = [
        write_questions(folder / f"warm-{mix}.q", MIXES[mix](course.asking, course.questions // 10, 10_000))
        for mix in course.mixes
    ]
    for server in servers:
        counted = ask(server, names, 8, core)
        if counted["wrong"] or counted["lost"]:
            message = f"bench: {server.name} does not answer allowed names: {counted}"
            raise BenchError(message)
        for part in parts:
            ask(server, part, course.windows[-1], core)


def run(
    servers: Sequence[Server],
    course: Course,
    folder: Path,
    core: int,
    progress: Callable[[str], None],
) -> list[Outcome]:
    """Run all rounds, interleaved: every round asks each server once, in a random order."""
    outcomes: list[Outcome] = []
    order = random.Random(course.asking.seed)
    for part in range(course.rounds):
        for mix in course.mixes:
            for turn, window in enumerate(course.windows, part * len(course.windows)):
                questions = write_questions(folder / "round.q", MIXES[mix](course.asking, course.questions, turn))
                for server in order.sample(servers, len(servers)):
                    progress(f"round {part + 1} of {course.rounds}, mix {mix}, window {window}, {server.name}")
                    outcomes.append(_one(server, questions, course, (mix, window, part), core))
    return outcomes


def _one(server: Server, questions: Path, course: Course, which: tuple[str, int, int], core: int) -> Outcome:
    mix, window, part = which
    slept, spent = switches(server.pid), cpu_ns(server.pid)
    counted = ask(server, questions, window, core, seed=part + 1, spin=course.spin)
    spent, slept = cpu_ns(server.pid) - spent, switches(server.pid) - slept
    asked = counted["asked"]
    return Outcome(
        server=server.name,
        mix=mix,
        window=window,
        part=part,
        cpu_us=spent / asked / 1e3,
        questions_a_second=asked / counted["seconds"],
        sleeps_a_question=slept / asked,
        load_cpu_us=counted["load_cpu_seconds"] / asked * 1e6,
        asked=asked,
        answered=counted["answered"],
        wrong=counted["wrong"],
        resent=counted["resent"],
        rcodes=tuple(counted["rcodes"]),
    )
