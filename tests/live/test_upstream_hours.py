"""A real `guardian dns` while its upstreams are dead, slow, flapping or useless: what its devices notice of it."""

from __future__ import annotations

import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import pytest

from tests.live.authority import Authority, Behaviour
from tests.live.conftest import Guardian, write_config

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KNOWN = [f"known-{number}.example" for number in range(20)]
PATIENCE = 1.8
"""Seconds that a device waits at most for an older answer (RFC 8767 section 5)."""
AT_ONCE = 0.05
SETTLED = 2.0
"""Seconds after which older answers come at once."""
BUSY = 3.0
"""Times slower that this machine may be while other tests run."""
PACE = 0.025
"""Seconds from one question to the next."""
SILENT, USELESS = Behaviour(silent=True, ttl=1), Behaviour(rcode=dns.rcode.SERVFAIL)
SHORT = Behaviour(ttl=1)


@dataclass
class Heard:
    """What became of one question."""

    name: str
    asked: float
    seconds: float = float("inf")
    answer: dns.message.Message | None = None

    @property
    def served(self) -> bool:
        return self.answer is not None and bool(self.answer.answer)


@dataclass
class Device:
    """A device that asks at an even pace and waits for nothing."""

    guardian: Guardian
    heard: list[Heard] = field(default_factory=list)
    _open: dict[int, Heard] = field(default_factory=dict)
    _last: int = 0

    def ask(self, names: Callable[[int], str], seconds: float, every: Callable[[float], None] = lambda _: None) -> None:
        """Ask for so many seconds; `every` is called with the seconds gone before each question."""
        self.heard.clear()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one, selectors.DefaultSelector() as selector:
            one.setblocking(False)
            selector.register(one, selectors.EVENT_READ)
            began = time.monotonic()
            number = 0
            while (gone := time.monotonic() - began) < seconds + PATIENCE and (gone < seconds or self._open):
                if gone < seconds and number * PACE <= gone:
                    every(gone)
                    self._send(one, names(number), gone)
                    number += 1
                wait = number * PACE - gone if gone < seconds else PACE
                if selector.select(max(wait, 0)):
                    self._receive(one, began)
        self._open.clear()

    def _send(self, one: socket.socket, name: str, gone: float) -> None:
        self._last += 1
        query = dns.message.make_query(name, "A", use_edns=0, id=self._last % 65_536)
        heard = self._open[query.id] = Heard(name, gone)
        self.heard.append(heard)
        one.sendto(query.to_wire(), ("127.0.0.1", self.guardian.port))

    def _receive(self, one: socket.socket, began: float) -> None:
        answer = dns.message.from_wire(one.recv(4096))
        heard = self._open.pop(answer.id, None)
        if heard is not None:
            heard.seconds = time.monotonic() - began - heard.asked
            heard.answer = answer


def slowest(heard: list[Heard], share: float = 0.99) -> float:
    return sorted(one.seconds for one in heard)[int(len(heard) * share)]


def known(number: int) -> str:
    return KNOWN[number % len(KNOWN)]


def fresh(number: int) -> str:
    return f"fresh-{number}-{time.monotonic_ns()}.example"


def mixed(number: int) -> str:
    return known(number // 2) if number % 2 else fresh(number)


@pytest.fixture
def second() -> Iterator[Authority]:
    """Serve beside `authority`, and more slowly: that one is asked as long as it is well."""
    with Authority() as server:
        server.otherwise = Behaviour(delay=0.02, ttl=1)
        yield server


@pytest.fixture
def alone(house: Path, authority: Authority, start: Callable[..., Guardian]) -> Device:
    """Return a device of a house with one upstream that knows KNOWN, and their time is over."""
    authority.otherwise = SHORT
    return settled(start(house).ready())


@pytest.fixture
def pair(house: Path, authority: Authority, second: Authority, start: Callable[..., Guardian]) -> Device:
    """Return a device of a house with two upstreams."""
    authority.otherwise = SHORT
    text = write_config(house.parent, authority.url).read_text(encoding="utf-8")
    house.write_text(text.replace("upstreams:\n", f'upstreams:\n  - {{url: "{second.url}"}}\n'), encoding="utf-8")
    return settled(start(house).ready())


def settled(guardian: Guardian) -> Device:
    """Let guardian learn KNOWN, and their time pass."""
    device = Device(guardian)
    device.ask(known, 1.2)
    assert all(one.served for one in device.heard)
    return device


def worsening(authority: Authority, how: str) -> Callable[[float], None]:
    """Say what makes an upstream bad, given the seconds that its bad hour lasts already."""

    def change(gone: float) -> None:
        flap = SILENT if int(2 * gone) % 2 else SHORT
        bad = {"dead": SILENT, "slow": Behaviour(delay=2.0, ttl=1), "useless": USELESS, "flapping": flap}
        authority.otherwise = bad[how]

    return change


BAD = ["dead", "slow", "flapping", "useless"]


@pytest.mark.parametrize("how", [pytest.param(one, marks=pytest.mark.long) for one in BAD[1:]] + ["dead"])
def test_names_in_memory_are_answered_whatever_the_only_upstream_does(
    alone: Device, authority: Authority, how: str
) -> None:
    alone.ask(known, 6, worsening(authority, how))
    assert len(alone.heard) > 4 / PACE
    lost, worst = [one.name for one in alone.heard if not one.served], slowest(alone.heard)
    after = slowest([one for one in alone.heard if one.asked > SETTLED])
    print(f"\n{how}, alone: {len(lost)} of {len(alone.heard)} lost, p99 {worst:.3f} s, after {SETTLED} s {after:.3f} s")
    assert lost == []
    assert worst <= PATIENCE
    if how in {"dead", "useless"}:
        assert after <= AT_ONCE * BUSY


@pytest.mark.long
def test_a_dead_upstream_is_left_alone_said_once_and_heard_when_it_is_back(alone: Device, authority: Authority) -> None:
    asked: dict[bool, int] = {}

    def note(gone: float) -> None:
        authority.otherwise = SILENT
        asked[gone < SETTLED + 0.5] = len(authority.asked)

    alone.ask(mixed, 10, note)
    after = [one for one in alone.heard if one.asked > SETTLED + 0.5]
    assert slowest(after, 1 - 1 / len(after)) <= AT_ONCE * BUSY
    assert all(one.served for one in after if one.name in KNOWN)
    assert all(one.answer and one.answer.rcode() == dns.rcode.SERVFAIL for one in after if one.name not in KNOWN)
    assert asked[False] - asked[True] <= 2 * 7.5
    assert set(authority.names()[asked[True] :]) <= {""}
    authority.otherwise = SHORT
    alone.ask(fresh, 5.5)
    assert next(one.asked for one in alone.heard if one.served) <= 5
    assert alone.heard[-1].served
    log = alone.guardian.log()
    assert (log.count("no upstream works"), log.count("answers again")) == (1, 1)
    assert "example" not in log.partition("no upstream works")[2]


@pytest.mark.parametrize("how", [pytest.param(one, marks=pytest.mark.long) for one in BAD[1:]] + ["dead"])
def test_with_a_second_upstream_no_question_is_lost_and_none_waits_for_more_than_a_second(
    pair: Device, authority: Authority, how: str
) -> None:
    assert len(authority.asked) > 10
    pair.ask(mixed, 6, worsening(authority, how))
    assert len(pair.heard) > 4 / PACE
    assert [one.name for one in pair.heard if not one.served] == []
    # what a stale answer waits for is its own patience
    unknown = slowest([one for one in pair.heard if one.name not in KNOWN])
    print(f"\n{how}, one of two: 0 of {len(pair.heard)} lost, p99 {unknown:.3f} s")
    assert unknown <= 1.0
    assert slowest([one for one in pair.heard if one.asked > SETTLED], 0.9) <= AT_ONCE * BUSY
