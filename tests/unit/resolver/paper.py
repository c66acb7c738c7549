"""Hold a forwarder over a loop and upstreams made of values: no socket, and time is a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from guardian.config.values import PortChoice, Server, Transport, read_address
from guardian.errors import UpstreamError
from guardian.model import Answer, AskKey, Reason
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Attempt, Exchange
from guardian.resolver.forwarder import Forwarder
from guardian.resolver.health import Health
from guardian.resolver.probe import Probe
from guardian.wire import codes
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.resolver.states import UpstreamState


def server_at(number: int) -> Server:
    """Give one of many servers."""
    return Server(Transport.UDP, read_address(f"192.0.2.{number}"), 53, f"192.0.2.{number}")


HERE, THERE, ZONE = map(server_at, (1, 2, 3))
ANSWER = Answer(codes.NOERROR, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=60)


class Timer:
    """One call that a loop owes."""

    def __init__(self, at: float, call: Callable[[], None]) -> None:
        """Be due at `at`."""
        self.at, self.call = at, call

    def cancel(self) -> None:
        """Be owed no longer."""
        self.at = float("inf")


class PaperLoop:
    """A loop whose time a test moves."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        """Give the time."""
        return self.now

    def call_later(self, delay: float, call: Callable[[], None]) -> Timer:
        """Owe a call."""
        self.timers.append(Timer(self.now + delay, call))
        return self.timers[-1]

    def pass_to(self, now: float) -> None:
        """Let time pass, and make the calls that fall due."""
        while due := [one for one in self.timers if one.at <= now]:
            first = min(due, key=lambda one: one.at)
            self.timers.remove(first)
            self.now = max(self.now, first.at)
            first.call()
        self.now = now


class PaperWatch:
    """Nothing to watch."""

    def __init__(self, _: object) -> None:
        """Stand in for Watch."""

    def close(self) -> None:
        """Nothing is open."""


class PaperUpstream:
    """An upstream that notes what it is asked, and what is still waited for."""

    asked: list[tuple[Server, Attempt]]
    probes: list[tuple[Server, Attempt]]
    open: list[Attempt]
    worn: list[Server]
    unreachable: set[Server]
    settled: Callable[[Attempt, Answer | None], None]

    def __init__(self, server: Server, *others: object) -> None:
        """Stand in for what `open_upstream` gives."""
        self.server, self.health, self.trouble = server, Health(), ""
        type(self).settled = cast("Callable[[Attempt, Answer | None], None]", others[-1])

    def ask(self, exchange: Exchange) -> None:
        """Note it."""
        if self.server in self.unreachable:
            self.trouble = "no way to it"
            raise UpstreamError("no way to it")
        attempt = Attempt(exchange, self, Chance())
        attempt.outlet = self
        exchange.attempts.append(attempt)
        if isinstance(exchange, Probe):
            self.probes.append((self.server, attempt))
        else:
            self.asked.append((self.server, attempt))
        self.open.append(attempt)

    def forget(self, attempt: Attempt) -> None:
        """Wait for it no longer."""
        self.open.remove(attempt)
        attempt.outlet = None

    def wear_out(self) -> None:
        """Note that an attempt ran out."""
        self.worn.append(self.server)

    def close(self) -> None:
        """Nothing is open."""


class Bench:
    """A forwarder over paper."""

    def __init__(self, *groups: tuple[Server, ...], **bounds: int) -> None:
        """Open it."""
        PaperUpstream.asked, PaperUpstream.open, PaperUpstream.worn = [], [], []
        PaperUpstream.unreachable, PaperUpstream.probes = set(), []
        self.loop = PaperLoop()
        self.changes: list[tuple[str, str, int]] = []
        """Which server fell silent or answers again, and how many of its group are left."""
        loop = cast("asyncio.AbstractEventLoop", self.loop)
        self.forwarder = Forwarder(groups, PortChoice.FRESH, loop, on_change=self._note, **bounds)
        self.told: list[Answer | Reason] = []

    def ask(self, name: str = "a.example", group: int = 0, asker: str = "") -> None:
        """Ask, and note what is told."""
        key = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=group)
        self.forwarder.ask(key, self.told.append, asker)

    def asked(self) -> list[Server]:
        """Give who was asked, in order."""
        return [server for server, _ in PaperUpstream.asked]

    def probed(self, server: Server) -> list[float]:
        """Give when guardian asked a server a question of its own."""
        return [round(attempt.sent, 3) for one, attempt in PaperUpstream.probes if one == server]

    def settle(self, answer: Answer | None, which: int = -1) -> None:
        """Let the upstream asked last, or another, answer or fail."""
        self._settle(PaperUpstream.asked[which][1], answer)

    def answer_probe(self, answer: Answer | None = ANSWER) -> None:
        """Let the latest question of guardian's own be answered, or fail."""
        self._settle(PaperUpstream.probes[-1][1], answer)

    def learn(self, seconds: float, times: int = 100) -> None:
        """Ask so many questions, and let whoever is asked answer each after so many seconds."""
        for number in range(times):
            self.ask(f"learn-{number}.example")
            self.loop.pass_to(self.loop.now + seconds)
            self.settle(ANSWER)
        PaperUpstream.asked.clear()
        self.told.clear()

    def _settle(self, attempt: Attempt, answer: Answer | None) -> None:
        assert attempt in PaperUpstream.open, "nobody waits for it"
        PaperUpstream.settled(attempt, answer)

    def _note(self, state: UpstreamState, up: int) -> None:
        self.changes.append((state.server, state.state, up))
