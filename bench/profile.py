"""`python -m bench.profile`: where the CPU of one question goes, step by step, and what the order of the steps costs.

Law 1: every step runs on the program's own functions, over the questions of the bench's mixes; the least of all rounds
       counts, and the rounds of different steps take turns.
Law 2: the network alone is two sockets in this one process; the order is measured in whole processes, as in the bench.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import random
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench import report, rounds, servers
from bench.house import House, build_house
from bench.process import cores, pinned
from bench.programs import BenchError
from bench.questions import Asking, mix_a, mix_b, warm_up
from guardian.cli.house import open_house
from guardian.cli.main import main as guardian_main
from guardian.config.values import PortChoice
from guardian.daemon.generation import generation_of
from guardian.daemon.parts import Parts
from guardian.daemon.sets import open_set
from guardian.engine.engine import Engine
from guardian.model import Answer, AskKey, Reply
from guardian.resolver.forwarder import Forwarder
from guardian.server.listener import BURST
from guardian.server.udp import MAX_PACKET, UdpListener
from guardian.wire.question import read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from guardian.resolver.exchange import Waiter

CLIENT = "127.0.0.1"
BUFFER = 1 << 20
CONFIG = "guardian-fresh.yaml"
"""What `build_house` writes."""
BURSTS, TURNS = "bursts", "turns"
_SERVE = "import sys; sys.path.insert(0, {root!r}); from bench.profile import serve; sys.exit(serve(*sys.argv[1:]))"
_RECORD_HEADER = 3
"""What stands before each packet in a question file."""
_ADDRESS = Answer(0, False, False, (1, 0), b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x01", 60)

T = TypeVar("T")
Order = Callable[[], None]


class Steps:
    """The steps and what they cost so far, in rounds that take turns."""

    def __init__(self) -> None:
        """Begin with none; the empty step shows what the measuring itself costs."""
        self._runs: dict[str, Callable[[], int]] = {}
        self._least: dict[str, float] = {}

    def add(self, step: str, call: Callable[[T], object], values: Sequence[T]) -> None:
        """Time `call` over `values`."""

        def run() -> int:
            begun = time.thread_time_ns()
            for value in values:
                call(value)
            return time.thread_time_ns() - begun

        self.add_run(step, run, len(values))

    def add_run(self, step: str, run: Callable[[], int], calls: int) -> None:
        """Time by `run` itself, which gives the nanoseconds of so many calls."""
        self._runs[step] = lambda: run() // calls

    def round(self) -> None:
        """Run every step once and keep its best time."""
        for step, run in self._runs.items():
            self._least[step] = min(self._least.get(step, float("inf")), run())

    def microseconds(self, step: str, *, less: str = "measuring") -> float:
        """Give what one call of `step` costs beyond what `less` does."""
        return (self._least[step] - self._least[less]) / 1000

    def whole(self, step: str) -> float:
        """Give what one call costs, nothing taken off."""
        return self._least[step] / 1000


def packets(records: Iterable[bytes], seed: int) -> list[bytes]:
    """Give packets with random IDs from the records of a question file."""
    draw = random.Random(seed)
    return [draw.randbytes(2) + record[_RECORD_HEADER + 2 :] for record in records]


def engine_over(made: House) -> Engine:
    """Open an engine over a compiled set, as `guardian dns` does."""
    house = open_house(str(made.folder / CONFIG))
    parts = Parts(house.settings, house.state, house.categories, house.safe_search, lambda: memoryview(b""))
    return Engine(generation_of(parts, open_set(house.state.current)))


class Wire:
    """Two sockets on loopback: one asks, the other is the server's."""

    def __init__(self) -> None:
        """Open both."""
        self.server, self.client = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self.server, self.client):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            one.setblocking(False)
            one.bind((CLIENT, 0))
        self.client.connect(self.server.getsockname())
        self.back = self.client.getsockname()

    def close(self) -> None:
        """Close both."""
        self.server.close()
        self.client.close()

    def timed(self, asked: Sequence[bytes], order: Order) -> int:
        """Put one burst after the other into the server's socket and time `order` over each, in nanoseconds."""
        spent = 0
        for start in range(0, len(asked) - BURST + 1, BURST):
            for packet in asked[start : start + BURST]:
                self.client.send(packet)
            begun = time.thread_time_ns()
            order()
            spent += time.thread_time_ns() - begun
            for one in (self.client, self.server):
                with contextlib.suppress(BlockingIOError):
                    while True:
                        one.recv(MAX_PACKET)
        return spent

    def receive(self) -> None:
        """Read a burst and do nothing with it."""
        for _ in range(BURST):
            self.server.recvfrom(MAX_PACKET)

    def send(self, replies: Iterator[bytes]) -> None:
        """Send a burst of what is ready."""
        for reply in itertools.islice(replies, BURST):
            self.server.sendto(reply, self.back)


class Upstream(Forwarder):
    """Answers at once, without a network."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Need no endpoints."""
        super().__init__([[]], PortChoice.FRESH, loop)

    def ask(self, key: AskKey, waiter: Waiter, asker: str = "") -> None:
        """Give every name one address."""
        del key, asker
        waiter(_ADDRESS)


class Profile:
    """An engine, the listener in front of it, and the questions of both mixes, asked once already."""

    def __init__(
        self, engine: Engine, listed: int, questions: int, wire: Wire, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Ask every question, those of mix A twice: ready replies are kept from the second asking on."""
        self.engine, self.wire, self.now = engine, wire, loop.time()
        self.listener = UdpListener(wire.server, engine, Upstream(loop), loop, _raise)
        asking = Asking(listed)
        self.known = packets(mix_a(asking, questions, 0), 1)
        self.mixed = packets(mix_b(asking, questions, 0), 2)
        for packet in (*packets(warm_up(asking), 3), *self.known, *self.known, *self.mixed):
            self.listener.receive(packet, CLIENT, CLIENT, wire.back, self.now)
        self.unknown = [packet for packet in self.mixed if engine.replay(packet, CLIENT, self.now) is None]

    def decide(self, packet: bytes) -> bytes:
        """Walk one packet as the listener does."""
        engine, listener = self.engine, self.listener
        ready = engine.replay(packet, CLIENT, self.now)
        ready = ready or listener.receive(packet, CLIENT, CLIENT, self.wire.back, self.now)
        return ready or b""

    def add_steps(self, steps: Steps) -> None:
        """Time what is done to a question, apart from the network."""
        engine, now = self.engine, self.now
        find, write = engine.generation.domains.find, engine.generation.scribe.write
        queries = [read_query(packet, CLIENT) for packet in self.unknown]
        replies = [
            (engine.receive_query(query, now), packet) for query, packet in zip(queries, self.unknown, strict=True)
        ]
        denials = [(reply, packet) for reply, packet in replies if isinstance(reply, Reply)]
        steps.add("measuring", lambda _: None, self.known)
        steps.add("replay, known", lambda packet: engine.replay(packet, CLIENT, now), self.known)
        steps.add("replay, unknown", lambda packet: engine.replay(packet, CLIENT, now), self.unknown)
        steps.add("read", lambda packet: read_query(packet, CLIENT), self.unknown)
        steps.add("find", lambda query: find(query.name, query.labels), queries)
        steps.add("decide", lambda query: engine.receive_query(query, now), queries)
        steps.add("write", lambda pair: write(pair[0]), denials)
        steps.add("keep", lambda pair: engine.finish(pair[0], pair[1], now), denials)

    def add_network(self, steps: Steps) -> None:
        """Time the network alone."""
        wire = self.wire
        replies = itertools.cycle([self.decide(packet) for packet in self.known])
        calls = len(self.known) // BURST * BURST
        steps.add_run("recvfrom", lambda: wire.timed(self.known, wire.receive), calls)
        steps.add_run("sendto", lambda: wire.timed(self.known, lambda: wire.send(replies)), calls)


def _raise(fault: Exception) -> None:
    raise fault


def measure(engine: Engine, listed: int, questions: int, rounds: int) -> tuple[Steps, float]:
    """Time every step; give with them the share of mix B that has to be read."""
    steps, wire, loop = Steps(), Wire(), asyncio.new_event_loop()
    try:
        profile = Profile(engine, listed, questions, wire, loop)
        profile.add_steps(steps)
        profile.add_network(steps)
        for _ in range(rounds):
            steps.round()
    finally:
        wire.close()
        loop.close()
    return steps, len(profile.unknown) / len(profile.mixed)


# --- the order of the steps, in whole processes -----------------------------------------------------------------------


def in_turns(listener: UdpListener) -> None:
    """Read one packet, decide it and send, then the next: the order that guardian does not keep."""
    receive, send, replay = listener._socket.recvfrom, listener._socket.sendto, listener._engine.replay  # noqa: SLF001
    now = listener._clock()  # noqa: SLF001 - this stands in the place of the listener's own method
    with contextlib.suppress(OSError):
        for _ in range(BURST):
            packet, source = receive(MAX_PACKET)
            reply = replay(packet, source[0], now) or listener.receive(packet, source[0], CLIENT, source, now)
            if reply is not None:
                send(reply, source)


def serve(order: str, *words: str) -> int:
    """Run a `guardian` command in one of both orders; this is what the measured processes do."""
    if order == TURNS:
        setattr(UdpListener, "_readable", in_turns)  # noqa: B010 - the one difference
    return guardian_main(words)


def both_orders(folder: Path, house: House, course: rounds.Course) -> dict[tuple[str, str], float]:
    """Give the CPU a question, in microseconds, by (mix, order): medians of interleaved rounds."""
    server_core, load_core = cores()
    code = _SERVE.format(root=str(Path(__file__).resolve().parents[1]))
    with contextlib.ExitStack() as stack:
        upstream = stack.enter_context(servers.authority(folder, load_core))
        running = []
        for order in (BURSTS, TURNS):
            port = servers.free_port()
            words = ["dns", "--config", str(house.folder / CONFIG), "--listen", f"{CLIENT}:{port}"]
            words += ["--upstream", f"udp://{CLIENT}:{upstream.port}"]
            command = [sys.executable, "-c", code, order, *words]
            running.append(
                stack.enter_context(servers.running(order, command, port, server_core, folder / f"{order}.log"))
            )
        rounds.warm(running, course, folder, load_core)
        outcomes = rounds.run(running, course, folder, load_core, lambda _: None)
    if wrong := [one for one in outcomes if not one.is_right]:
        raise BenchError(f"bench: not every answer was right: {wrong[0]}")
    return {
        (mix, order): statistics.median(one.cpu_us for one in outcomes if (one.mix, one.server) == (mix, order))
        for mix in course.mixes
        for order in (BURSTS, TURNS)
    }


def steps_table(steps: Steps, unknown: float) -> str:
    """Write what a question costs step by step; `unknown` is the share of mix B that must be read."""
    take = steps.microseconds
    rows: list[tuple[str, float, float, float]] = [
        ("recvfrom", steps.whole("recvfrom"), 1.0, 1.0),
        ("replay: known byte for byte", take("replay, known"), 1.0, 1 - unknown),
        ("replay: not known", take("replay, unknown"), 0.0, unknown),
        ("read: header, question, OPT", take("read"), 0.0, unknown),
        ("find: the name in the set", take("find"), 0.0, unknown),
        ("decide: limit, policy and stages, without find", take("decide", less="find"), 0.0, unknown),
        ("write: the denial", take("write"), 0.0, unknown),
        ("keep: finish, without write", take("keep", less="write"), 0.0, unknown),
        ("sendto", steps.whole("sendto"), 1.0, 1.0),
    ]
    total = [sum(cost * share for _, cost, *shares in rows for share in (shares[mix],)) for mix in (0, 1)]
    lines = ["| step | µs a call | µs a question, mix A | mix B |", "|---|---:|---:|---:|"]
    lines += [f"| {name} | {cost:.2f} | {cost * a:.2f} | {cost * b:.2f} |" for name, cost, a, b in rows]
    lines.append(f"| together | | {total[0]:.2f} | {total[1]:.2f} |")
    return "\n".join(lines)


def orders_table(found: dict[tuple[str, str], float]) -> str:
    """Write what both orders cost beside each other."""
    lines = ["| whole process, 64 questions outstanding | mix A | mix B |", "|---|---:|---:|"]
    for order, words in ((BURSTS, "read all, decide all, send all"), (TURNS, "read, decide and send in turns")):
        lines.append(f"| {words} | {found['A', order]:.2f} | {found['B', order]:.2f} |")
    ratios = [found[mix, TURNS] / found[mix, BURSTS] for mix in "AB"]
    lines.append(f"| turns, as a multiple of bursts | {ratios[0]:.2f} | {ratios[1]:.2f} |")
    return "\n".join(lines)


def main(words: Sequence[str] | None = None) -> int:
    """Print both tables; 1 when the bench can't run or an answer was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.profile", description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000, help="listed names (default: a million)")
    parser.add_argument("--questions", type=int, default=100_000, help="questions a round (default: 100,000)")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of each step and order (default: 9)")
    chosen = parser.parse_args(words)
    core, _ = cores()
    course = rounds.Course(("A", "B"), (BURST,), chosen.rounds, chosen.questions, Asking(chosen.names))
    try:
        with tempfile.TemporaryDirectory(prefix="guardian-profile-") as name:
            folder = Path(name)
            house = build_house(folder / "house", chosen.names, core)
            with pinned(core):
                steps, unknown = measure(engine_over(house), chosen.names, chosen.questions // 5, chosen.rounds)
            found = both_orders(folder, house, course)
    except BenchError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    on = report.machine()
    sys.stdout.write(
        f"{on['processor']}, Linux {on['kernel']}, Python {on['python']}; {chosen.names:,} names listed\n\n"
        f"{steps_table(steps, unknown)}\n\n{orders_table(found)}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
