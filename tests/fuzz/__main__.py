"""Feed damaged packets to the readers, or to a real guardian, until there are enough of them: `python -m tests.fuzz`.

Law 1: a reader gives a value or its own error; it lets no other exception out, and no packet keeps it long.
Law 2: what is found is printed with the packet, so that it can become a test.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from guardian.errors import WireError
from guardian.model import BlockMode, Query, Reason, Reply, Verdict
from guardian.wire import codes
from guardian.wire.answers import Scribe
from guardian.wire.question import BadQuestionError
from guardian.wire.response import LONGEST_TTL, read_answer
from tests.fuzz.live import DEVICES, Saboteur, lay_house, sabotage
from tests.fuzz.messages import QUESTION, damaged, sound_answers, sound_queries
from tests.fuzz.oracle import disloyalty, our_reading, quarrel
from tests.live.conftest import Guardian, command

if TYPE_CHECKING:
    from collections.abc import Callable

SLOWEST = 0.005
"""Seconds of processor time that one packet may take."""
MOST_FINDINGS = 20
"""Findings after which a run stops: the rest would say the same."""
CLIENT_TTL = 3_600
_SCRIBE = Scribe(mode=BlockMode.NXDOMAIN, block_ttl=60, topics=("gambling",))
_BLOCK = Verdict(blocked=True, reason=Reason.CATEGORY, list_index=0, covers_below=True)
_ASKER = Query(1, QUESTION[:-4], (0, 4, 12), codes.A, codes.IN, QUESTION, codes.RD, 1232, True, True, "192.0.2.1")


@dataclass
class Run:
    """What a run has done and found."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def feed(self, kind: str, packet: bytes, check: Callable[[bytes], str]) -> None:
        """Let `check` say what became of a packet; what it raises is a finding."""
        try:
            began = time.process_time()
            outcome = check(packet)
            taken = time.process_time() - began
            if taken > SLOWEST:  # the machine may have been busy: the packet is slow if it is slow again
                taken = min(_timed(check, packet) for _ in range(5))
        except Exception:  # noqa: BLE001 - any exception is what we look for
            self.findings.append(f"{kind} {packet.hex()}\n{traceback.format_exc()}")
            return
        self.slowest = max(self.slowest, taken)
        if taken > SLOWEST:
            self.findings.append(f"{kind} {packet.hex()}\ntook {taken * 1000:.1f} ms")
        self.counts[f"{kind} {outcome}"] += 1

    def note(self, kind: str, packet: bytes, fault: str | None) -> None:
        """Keep a fault that a comparison found."""
        if fault is not None:
            self.findings.append(f"{kind} {packet.hex()}\n{fault}")


def _timed(check: Callable[[bytes], str], packet: bytes) -> float:
    began = time.process_time()
    check(packet)
    return time.process_time() - began


def read_and_answer(packet: bytes) -> str:
    """Read a client's packet and write what it may get; say what became of it."""
    query = our_reading(packet)
    if isinstance(query, BadQuestionError):
        # no reflector: the answer to rubbish is never longer than the rubbish
        if query.answer is not None and len(query.answer) > len(packet):
            raise AssertionError("the answer is longer than the packet")
        return "refused" if query.answer else "met with silence"
    for reply in (Reply(query, codes.REFUSED, Reason.OUTSIDER), Reply(query, 0, Reason.CATEGORY, None, _BLOCK)):
        message = _SCRIBE.write(reply)
        if len(message) > (codes.OUR_PAYLOAD if query.payload else codes.PLAIN_PAYLOAD):
            raise AssertionError("an answer longer than the client can take")
        if message[12 : 12 + len(query.question)] != query.question:
            raise AssertionError("the question is not echoed")
    return "accepted"


def read_and_pass_on(message: bytes) -> str:
    """Read an upstream's message and write it for a client; say what became of it."""
    try:
        answer = read_answer(message, QUESTION, longest_ttl=CLIENT_TTL)
    except WireError:
        return "refused"
    if not 0 <= answer.ttl <= LONGEST_TTL:
        raise AssertionError("kept for a time that is none")
    passed = _SCRIBE.write(Reply(_ASKER, answer.rcode, Reason.DEFAULT, answer))
    if len(passed) > codes.OUR_PAYLOAD:
        raise AssertionError("an answer longer than the client can take")
    again = read_answer(passed, QUESTION, longest_ttl=CLIENT_TTL)
    if not passed[2] & (codes.TC >> 8) and (again.body, again.counts) != (answer.body, answer.counts):
        raise AssertionError("what we pass on reads otherwise than what we read")
    return "accepted"


def tampered(message: bytes) -> str | None:
    """Say whether what we pass on of an accepted message is not what dnspython finds in it on the way from QUESTION."""
    try:
        answer = read_answer(message, QUESTION, longest_ttl=CLIENT_TTL)
    except WireError:
        return None
    header = message[:6] + answer.counts[0].to_bytes(2, "big") + answer.counts[1].to_bytes(2, "big") + bytes(2)
    # trailing octets never leave; we let them come, for the answer before them is whole
    return disloyalty(message, header + QUESTION + answer.body)


def fuzz(packets: int, seed: int, seconds: float = float("inf")) -> Run:
    """Feed `packets` of each kind, or what `seconds` of wall time allow."""
    random = Random(seed)
    run = Run()
    queries, answers = sound_queries(), sound_answers()
    until = time.monotonic() + seconds
    for _ in range(packets):
        packet, message = damaged(queries, random), damaged(answers, random)
        run.feed("question", packet, read_and_answer)
        run.note("question", packet, quarrel(packet))
        run.feed("answer", message, read_and_pass_on)
        run.note("answer", message, tampered(message))
        if len(run.findings) >= MOST_FINDINGS or time.monotonic() > until:
            break
    return run


def live(packets: int, seed: int, seconds: float) -> int:
    """Send `packets` questions and half as many answers to a real guardian; print what was found."""
    with tempfile.TemporaryDirectory(prefix="guardian-fuzz-") as folder, Saboteur(Random(seed)) as saboteur:
        config = lay_house(Path(folder), saboteur.url)
        made = command("lists", "compile", "--config", config)
        if made.returncode:
            print(made.stderr, end="")
            return 1
        began = time.monotonic()
        with Guardian(config) as guardian:
            run = sabotage(guardian.ready(), saboteur, packets, packets // 2, until=began + seconds)
        taken = time.monotonic() - began
    for finding in run.findings:
        print(finding, end="\n\n")
    print(f"{run.questions:>9,} damaged questions from {len(DEVICES)} devices")
    print(f"{run.answers:>9,} damaged answers; {run.taken:,} questions got what one of them truly says, or a failure")
    print(f"{run.probes:>9,} probes, {run.drops} packets dropped, memory grew by {run.growth} KiB")
    print(f"{taken:>9.1f} s; seed {seed}")
    print(f"{len(run.findings)} findings" if run.findings else "nothing found")
    return 1 if run.findings else 0


def main(arguments: list[str] | None = None) -> int:
    """Run, print what was found, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--packets", type=int, default=100_000, help="packets of each kind (100000)")
    parser.add_argument("--seconds", type=float, default=600.0, help="stop after this time at the latest (600)")
    parser.add_argument("--seed", type=int, default=None, help="repeat the run that printed this seed")
    parser.add_argument("--live", action="store_true", help="send them to a real guardian; half as many are answers")
    options = parser.parse_args(arguments)
    seed = secrets.randbits(32) if options.seed is None else options.seed
    if options.live:
        return live(options.packets, seed, options.seconds)
    run = fuzz(options.packets, seed, options.seconds)
    for finding in run.findings:
        print(finding, end="\n\n")
    for outcome, count in sorted(run.counts.items()):
        print(f"{outcome:26} {count:>9}")
    print(f"slowest packet: {run.slowest * 1000:.2f} ms of processor time; seed {seed}")
    print(f"{len(run.findings)} findings" if run.findings else "nothing found")
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
