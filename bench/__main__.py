"""`python -m bench`: guardian beside unbound, dnsmasq and a C echo, in one interleaved run on one core."""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import encrypted, report, rounds, servers
from bench.house import House, as_numbers, build_house, start_cpu_seconds
from bench.process import Memory, cores, memory
from bench.programs import BenchError, compiled_guardian
from bench.questions import Asking

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTS = 5


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    option = parser.add_argument
    option("--quick", action="store_true", help="20,000 names, 20,000 questions, 3 rounds: for the test suite")
    option("--peers-only", action="store_true", help="without guardian")
    option("--compiled", action="store_true", help="also guardian with its hot modules compiled; needs a C compiler")
    option("--family", action="store_true", help="also guardian with ten children, fifty devices and full schedules")
    option("--mixes", default="A,B", help="A, B or both (default: A,B)")
    option("--windows", default="64", help="questions outstanding, comma separated, such as 1,8,64 (default: 64)")
    option("--rounds", type=int, default=9, help="rounds of each mix, window and server (default: 9)")
    option("--questions", type=int, default=200_000, help="questions a round (default: 200,000)")
    option("--names", type=int, default=1_000_000, help="listed names (default: a million)")
    option("--no-edns", action="store_true", help="questions without the OPT record of 1232 octets")
    option("--spin", action="store_true", help="the load generator never sleeps: no server pays for waking it")
    option("--cold", action="store_true", help="also names never asked before, through a loopback upstream")
    option("--dot", action="store_true", help="as --cold, and also through an upstream that is asked over TLS")
    option("--start", action="store_true", help="also the CPU from start to first answer")
    option("--memory", action="store_true", help="also compile and serve five times the names")
    option("--seed", type=int, default=1, help="of the mixes and the order")
    option("--json", type=Path, metavar="FILE", help="write every figure to FILE")
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.names, chosen.questions, chosen.rounds = 20_000, 20_000, 3
    return chosen


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


class Bench:
    """One run: its arguments, its temporary folder, its two cores, and what it found."""

    def __init__(self, chosen: argparse.Namespace, folder: Path) -> None:
        """Take the arguments and an empty folder."""
        self.chosen = chosen
        self.folder = folder
        self.server_core, self.load_core = cores()
        self.asking = Asking(chosen.names, edns=not chosen.no_edns, seed=chosen.seed)
        self.outcomes: list[rounds.Outcome] = []
        self.memories: dict[str, Memory] = {}
        self.found: dict[str, Any] = {}

    def course(self, *mixes: str, questions: int = 0, listed: int = 0) -> rounds.Course:
        """Return what to run for these mixes."""
        chosen = self.chosen
        asking = Asking(listed or chosen.names, edns=self.asking.edns, seed=chosen.seed)
        windows = tuple(int(word) for word in chosen.windows.split(","))
        return rounds.Course(mixes, windows, chosen.rounds, questions or chosen.questions, asking, chosen.spin)

    def compile(self, listed: int) -> House:
        """Compile so many names with guardian and note what it cost."""
        _progress(f"compiling {listed:,} names")
        house = build_house(self.folder / f"house-{listed}", listed, self.server_core)
        self.found.setdefault("compiling", []).append(as_numbers(house.compiling))
        return house

    def run(self) -> None:
        """Run all that was asked for."""
        house = None if self.chosen.peers_only else self.compile(self.chosen.names)
        with servers.authority(self.folder, self.load_core) as upstream:
            self._mixes(house, upstream.port)
            if self.chosen.cold or self.chosen.dot:
                self._cold(house, upstream.port)
            if house and self.chosen.start:
                spent = start_cpu_seconds(house, self.server_core, upstream.port, STARTS)
                self.found["start_cpu_seconds"] = spent
            if house and self.chosen.memory:
                self._memory(house, upstream.port)
                self._memory(self.compile(5 * self.chosen.names), upstream.port)
        _progress("")

    def _mixes(self, house: House | None, upstream: int) -> None:
        course = self.course(*self.chosen.mixes.split(","))
        compiled = self._compiled() if self.chosen.compiled else None
        with contextlib.ExitStack() as stack:
            running = self._peers(stack, upstream, servers.unbound, servers.dnsmasq)
            running.append(stack.enter_context(servers.echo(self.folder, self.server_core)))
            if house:
                running.append(stack.enter_context(house.serve(self.server_core, upstream)))
            if house and self.chosen.family:
                running.append(stack.enter_context(house.serve_family(self.server_core, upstream)))
            if house and compiled:
                running.append(stack.enter_context(house.serve(self.server_core, upstream, compiled=compiled)))
            rounds.warm(running, course, self.folder, self.load_core)
            self.outcomes += rounds.run(running, course, self.folder, self.load_core, _progress)
            for server in running:
                self.memories[f"{server.name}, {self.chosen.names:,} names"] = memory(server.pid)

    def _compiled(self) -> Path:
        _progress("compiling guardian itself")
        return compiled_guardian(self.folder / "compiled")

    def _peers(
        self,
        stack: contextlib.ExitStack,
        upstream: int,
        *starts: servers.Start,
    ) -> list[servers.Server]:
        running = []
        for start in starts:
            _progress("starting the peers")
            running.append(stack.enter_context(start(self.folder, self.server_core, self.chosen.names, upstream)))
        return running

    def _cold(self, house: House | None, upstream: int) -> None:
        course = self.course("cold", questions=self.chosen.questions // 10)
        with contextlib.ExitStack() as stack:
            running = self._peers(stack, upstream, servers.unbound)
            if house:
                for ports in ("fresh", "pool"):
                    running.append(stack.enter_context(house.serve(self.server_core, upstream, ports=ports)))
                if self.chosen.dot:
                    front = stack.enter_context(encrypted.front(self.folder, self.load_core, upstream))
                    running.append(stack.enter_context(house.serve_encrypted(self.server_core, front)))
            self.outcomes += rounds.run(running, course, self.folder, self.load_core, _progress)

    def _memory(self, house: House, upstream: int) -> None:
        listed = house.compiling.names
        course = self.course("A", listed=listed)
        with house.serve(self.server_core, upstream) as server:
            rounds.warm([server], course, self.folder, self.load_core)
            rounds.run([server], course, self.folder, self.load_core, _progress)
            self.memories[f"{server.name}, {listed:,} names, mix A"] = memory(server.pid)

    def write(self) -> bool:
        """Write the tables (and the JSON file); return whether every server answered right."""
        lines = report.summarise(self.outcomes)
        bad = [one for one in self.outcomes if not one.is_right]
        parts = [self._head(), report.cpu_table(lines), report.target_table(lines), report.memory_table(self.memories)]
        parts.append("\n".join(report.compiling_line(one) for one in self.found.get("compiling", [])))
        if "start_cpu_seconds" in self.found:
            median = statistics.median(self.found["start_cpu_seconds"])
            parts.append(f"start to first answer: {median:.3f} s of CPU (median of {STARTS})")
        parts += [f"WRONG: {one}" for one in bad[:10]]
        sys.stdout.write("\n\n".join(part for part in parts if part) + "\n")
        if self.chosen.json:
            everything = report.as_json(lines, self.outcomes, self.memories) | self.found | {"right": not bad}
            self.chosen.json.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
        return not bad

    def _head(self) -> str:
        on = report.machine()
        chosen = self.chosen
        return (
            f"{on['processor']}, Linux {on['kernel']}, Python {on['python']}; servers on core {self.server_core}, "
            f"load on core {self.load_core}\n{chosen.names:,} names listed; {chosen.questions:,} questions a round, "
            f"{chosen.rounds} rounds; questions with RD{' and OPT 1232' if self.asking.edns else ''}; the load "
            f"{'spins' if chosen.spin else 'sleeps when idle'}"
        )


def main(words: Sequence[str] | None = None) -> int:
    """Run the bench; 0 when every server answered right, 1 when not or when it can't run, 2 for wrong usage."""
    chosen = _arguments(words)
    try:
        with tempfile.TemporaryDirectory(prefix="guardian-bench-") as folder:
            bench = Bench(chosen, Path(folder))
            bench.run()
            return 0 if bench.write() else 1
    except BenchError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
