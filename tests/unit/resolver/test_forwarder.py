"""Which upstream is asked when, over a loop and upstreams made of values: no socket, and time is a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from guardian.config.values import PortChoice, Server, Transport, read_address
from guardian.errors import UpstreamError
from guardian.model import Answer, AskKey, Reason
from guardian.resolver import forwarder as room
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Attempt, Exchange
from guardian.resolver.forwarder import MAX_ROUNDS, QUESTION_SECONDS, ROUND_SECONDS, Forwarder
from guardian.wire import codes
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


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
    open: list[Attempt]
    worn: list[Server]
    unreachable: set[Server]
    settled: Callable[[Attempt, Answer | None], None]

    def __init__(self, server: Server, *others: object) -> None:
        """Stand in for UdpUpstream."""
        self.server = server
        type(self).settled = cast("Callable[[Attempt, Answer | None], None]", others[-1])

    def ask(self, exchange: Exchange) -> None:
        """Note it."""
        if self.server in self.unreachable:
            raise UpstreamError("no route")
        attempt = Attempt(exchange, self, Chance())
        attempt.outlet = self
        exchange.attempts.append(attempt)
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
        PaperUpstream.unreachable = set()
        self.loop = PaperLoop()
        loop = cast("asyncio.AbstractEventLoop", self.loop)
        self.forwarder = Forwarder(groups, PortChoice.FRESH, loop, **bounds)
        self.told: list[Answer | Reason] = []

    def ask(self, name: str = "a.example", group: int = 0, asker: str = "") -> None:
        """Ask, and note what is told."""
        key = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=group)
        self.forwarder.ask(key, self.told.append, asker)

    def asked(self) -> list[Server]:
        """Give who was asked, in order."""
        return [server for server, _ in PaperUpstream.asked]

    def settle(self, answer: Answer | None, which: int = -1) -> None:
        """Let the upstream asked last, or another, answer or fail."""
        attempt = PaperUpstream.asked[which][1]
        assert attempt in PaperUpstream.open, "nobody waits for it"
        PaperUpstream.settled(attempt, answer)


@pytest.fixture(autouse=True)
def _paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "UdpUpstream", PaperUpstream)
    monkeypatch.setattr(room, "Watch", PaperWatch)


def test_upstreams_are_asked_in_turn_as_long_as_all_are_silent() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(QUESTION_SECONDS - 0.1)
    assert bench.asked() == [HERE, THERE, HERE, THERE, HERE]
    assert bench.told == []
    bench.loop.pass_to(QUESTION_SECONDS)
    assert bench.told == [Reason.UPSTREAM_SILENT]
    assert bench.loop.timers == []
    assert PaperUpstream.open == []
    assert PaperUpstream.worn == bench.asked()


@pytest.mark.parametrize("silent", [1, 2, 4])
def test_an_answer_counts_however_late_within_the_time_of_the_question(silent: int) -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(silent * ROUND_SECONDS + 0.5)
    assert len(bench.asked()) == silent + 1
    bench.settle(ANSWER, which=0)
    assert bench.told == [ANSWER]
    assert PaperUpstream.open == []
    bench.loop.pass_to(20)
    assert len(bench.asked()) == silent + 1


@pytest.mark.parametrize("size", [1, 2, 4, 8, 128])
def test_a_question_ends_in_five_seconds_however_many_upstreams_are_silent(size: int) -> None:
    bench = Bench(tuple(server_at(number) for number in range(1, size + 1)))
    bench.ask()
    bench.loop.pass_to(QUESTION_SECONDS)
    assert QUESTION_SECONDS == 5
    assert bench.told == [Reason.UPSTREAM_SILENT]
    assert len(set(bench.asked())) >= min(size, 4)


def test_no_more_earlier_attempts_are_kept_than_the_bound_says() -> None:
    bench = Bench((HERE, THERE), max_kept=3)
    for number in range(4):
        bench.ask(f"{number}.example")
    bench.loop.pass_to(3 * ROUND_SECONDS + 0.5)
    assert len(PaperUpstream.open) == 4 + 3
    assert len(bench.asked()) == 4 * 4
    bench.loop.pass_to(20)
    assert PaperUpstream.open == []
    # and there is room for as many again
    bench.ask("again.example")
    bench.loop.pass_to(20 + 2.5 * ROUND_SECONDS)
    assert len(PaperUpstream.open) == 3


def test_a_forward_zone_is_asked_of_its_own_upstream_alone() -> None:
    bench = Bench((HERE,), (ZONE,))
    bench.ask("nas.home.lan", group=1)
    bench.loop.pass_to(10)
    assert set(bench.asked()) == {ZONE}


def test_a_servfail_is_taken_to_the_next_and_told_when_all_have_failed() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.settle(ANSWER._replace(rcode=codes.SERVFAIL))
    assert bench.told == []
    bench.settle(ANSWER._replace(rcode=codes.REFUSED))
    assert bench.asked() == [HERE, THERE]
    assert bench.told == [Reason.UPSTREAM_FAULTY]


def test_an_upstream_that_failed_is_not_asked_again_while_the_others_are_waited_for() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(ROUND_SECONDS)
    bench.settle(None)
    bench.loop.pass_to(QUESTION_SECONDS - 0.1)
    assert bench.asked() == [HERE, THERE, HERE, HERE, HERE]
    assert bench.told == []
    bench.settle(ANSWER, which=0)
    assert bench.told == [ANSWER]


def test_a_late_failure_of_the_only_upstream_is_told_at_once() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.loop.pass_to(1.5 * ROUND_SECONDS)
    bench.settle(ANSWER._replace(rcode=codes.SERVFAIL), which=0)
    assert bench.told == [Reason.UPSTREAM_FAULTY]
    assert PaperUpstream.open == []


def test_where_some_are_silent_and_some_fail_the_failure_is_told() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.settle(None)
    bench.loop.pass_to(QUESTION_SECONDS)
    assert bench.told == [Reason.UPSTREAM_FAULTY]


def test_failures_alone_take_no_more_than_the_rounds_of_a_question() -> None:
    bench = Bench(tuple(server_at(number) for number in range(1, 20)))
    bench.ask()
    while not bench.told:
        bench.settle(None)
    assert bench.told == [Reason.UPSTREAM_FAULTY]
    assert len(bench.asked()) == MAX_ROUNDS


def test_an_unreachable_upstream_costs_no_time() -> None:
    bench = Bench((HERE, THERE))
    PaperUpstream.unreachable = {HERE}
    bench.ask()
    assert bench.asked() == [THERE]
    bench.settle(ANSWER)
    assert bench.told == [ANSWER]


def test_where_none_can_be_reached_the_failure_is_told_at_once() -> None:
    bench = Bench((HERE, THERE))
    PaperUpstream.unreachable = {HERE, THERE}
    bench.ask()
    assert bench.told == [Reason.UPSTREAM_SILENT]
    bench.ask()
    assert bench.told == [Reason.UPSTREAM_SILENT] * 2


def test_identical_questions_join_until_they_are_answered_and_are_asked_anew_afterwards() -> None:
    bench = Bench((HERE,))
    for _ in range(3):
        bench.ask()
    assert bench.asked() == [HERE]
    bench.settle(ANSWER)
    assert bench.told == [ANSWER] * 3
    bench.ask()
    assert bench.asked() == [HERE, HERE]


def test_one_question_more_than_may_be_open_fails_at_once() -> None:
    bench = Bench((HERE,), max_open=2)
    for name in ("a.example", "b.example", "c.example"):
        bench.ask(name)
    # SLOW is not held against the name: nobody asked for it
    assert bench.told == [Reason.UPSTREAM_SLOW]
    assert len(bench.asked()) == 2


def test_one_device_alone_can_not_fill_what_may_be_open() -> None:
    bench = Bench((HERE,), max_open=5, max_per_asker=3)
    for number in range(5):
        bench.ask(f"{number}.example", asker="192.168.1.20")
    bench.ask("0.example", asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW] * 3
    bench.ask("other.example", asker="192.168.1.21")
    bench.ask("0.example", asker="192.168.1.21")
    bench.ask("guardian.example")
    assert len(bench.told) == 3
    assert len(bench.asked()) == 5


def test_a_device_may_ask_again_once_it_is_answered() -> None:
    bench = Bench((HERE,), max_per_asker=2)
    for name in ("a.example", "a.example", "b.example"):
        bench.ask(name, asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW]
    bench.settle(ANSWER)
    bench.ask("b.example", asker="192.168.1.20")
    bench.ask("c.example", asker="192.168.1.20")
    bench.ask("d.example", asker="192.168.1.20")
    assert bench.told == [Reason.UPSTREAM_SLOW, ANSWER, ANSWER, Reason.UPSTREAM_SLOW]


def test_what_ran_out_takes_up_no_room_of_a_device() -> None:
    bench = Bench((HERE,), max_per_asker=1)
    for _ in range(3):
        bench.ask(asker="192.168.1.20")
        bench.loop.pass_to(bench.loop.now + QUESTION_SECONDS)
    assert bench.told == [Reason.UPSTREAM_SILENT] * 3


def test_one_more_than_may_wait_fails_at_once_and_there_is_room_again_afterwards() -> None:
    bench = Bench((HERE,), max_waiting=3)
    for name in ("a.example", "a.example", "b.example", "a.example", "c.example"):
        bench.ask(name)
    assert bench.told == [Reason.UPSTREAM_SLOW] * 2
    bench.settle(ANSWER)
    bench.ask("c.example")
    assert len(bench.told) == 3
    assert len(bench.asked()) == 3


def test_one_timer_serves_all_attempts_however_many_run_out() -> None:
    bench = Bench((HERE,))
    for number in range(50):
        bench.loop.pass_to(number / 100)
        bench.ask(f"silent-{number}.example")
    for tick in range(50, 600):
        bench.loop.pass_to(tick / 100)
        assert len(bench.loop.timers) <= 1
    assert bench.told == [Reason.UPSTREAM_SILENT] * 50


def test_an_answered_attempt_does_not_run_out() -> None:
    bench = Bench((HERE,))
    bench.ask()
    bench.settle(ANSWER)
    bench.loop.pass_to(10)
    assert bench.told == [ANSWER]
    assert bench.asked() == [HERE]


def test_closing_tells_all_who_wait_and_owes_no_call() -> None:
    bench = Bench((HERE,))
    for _ in range(3):
        bench.ask()
    bench.forwarder.close()
    assert bench.told == [Reason.UPSTREAM_SILENT] * 3
    bench.loop.pass_to(10)
    assert bench.asked() == [HERE]
