"""Which upstream is asked when, over a loop and upstreams made of values: no socket, and time is a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from guardian.config.values import Endpoint, PortChoice, read_endpoint
from guardian.errors import UpstreamError
from guardian.model import Answer, AskKey, Reason
from guardian.resolver import forwarder as room
from guardian.resolver.forwarder import ATTEMPT_SECONDS, MAX_ATTEMPTS, Forwarder
from guardian.wire import codes
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from guardian.resolver.exchange import Exchange

HERE, THERE, ZONE = (read_endpoint(f"192.0.2.{number}:53") for number in (1, 2, 3))
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


class PaperUpstream:
    """An upstream that notes what it is asked."""

    asked: list[tuple[Endpoint, Exchange]]
    unreachable: set[Endpoint]
    settled: Callable[[Exchange, Answer | None], None]

    def __init__(self, endpoint: Endpoint, *others: object) -> None:
        """Stand in for UdpUpstream."""
        self.endpoint = endpoint
        type(self).settled = cast("Callable[[Exchange, Answer | None], None]", others[-1])

    def ask(self, exchange: Exchange) -> None:
        """Note it."""
        if self.endpoint in self.unreachable:
            raise UpstreamError("no route")
        self.asked.append((self.endpoint, exchange))

    def close(self) -> None:
        """Nothing is open."""


class Bench:
    """A forwarder over paper."""

    def __init__(self, *groups: tuple[Endpoint, ...], max_open: int = 100, max_waiting: int = 1000) -> None:
        """Open it."""
        PaperUpstream.asked, PaperUpstream.unreachable = [], set()
        self.loop = PaperLoop()
        loop = cast("asyncio.AbstractEventLoop", self.loop)
        self.forwarder = Forwarder(groups, PortChoice.FRESH, loop, max_open=max_open, max_waiting=max_waiting)
        self.told: list[Answer | Reason] = []

    def ask(self, name: str = "a.example", group: int = 0) -> None:
        """Ask, and note what is told."""
        key = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=group)
        self.forwarder.ask(key, self.told.append)

    def asked(self) -> list[Endpoint]:
        """Give who was asked, in order."""
        return [endpoint for endpoint, _ in PaperUpstream.asked]

    def settle(self, answer: Answer | None) -> None:
        """Let the upstream asked last answer, or be unreachable."""
        PaperUpstream.settled(PaperUpstream.asked[-1][1], answer)


@pytest.fixture(autouse=True)
def _paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "UdpUpstream", PaperUpstream)


def test_upstreams_are_asked_in_turn_as_long_as_all_are_silent() -> None:
    bench = Bench((HERE, THERE))
    bench.ask()
    bench.loop.pass_to(MAX_ATTEMPTS * ATTEMPT_SECONDS - 0.1)
    assert bench.asked() == [HERE, THERE, HERE, THERE]
    assert bench.told == []
    bench.loop.pass_to(MAX_ATTEMPTS * ATTEMPT_SECONDS)
    assert bench.told == [Reason.UPSTREAM_SILENT]
    assert bench.loop.timers == []


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
    assert bench.told == [Reason.UPSTREAM_SILENT]
    assert len(bench.asked()) == 2


def test_one_more_than_may_wait_fails_at_once_and_there_is_room_again_afterwards() -> None:
    bench = Bench((HERE,), max_waiting=3)
    for name in ("a.example", "a.example", "b.example", "a.example", "c.example"):
        bench.ask(name)
    assert bench.told == [Reason.UPSTREAM_SILENT] * 2
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
