"""A real `guardian dns` under many connections and many questions: who is modest loses nothing (R12, R13, R14)."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from tests.live.conftest import BANDS, Guardian, ask
from tests.live.streams import SECONDS, ask_over_tcp, connect, descriptors, is_over, question, resident, wait_for_ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GAMBLING = "gambling.guardian.example"
MOST_OF_AN_ADDRESS = 20
ADDRESSES = 40
IDLE = 10_000
STALLED = 500
SHARE = 200
"""Questions a second, as `rate_limit` has it unless written."""


@pytest.fixture
def guardian(house: Path, start: Callable[..., Guardian]) -> Guardian:
    return start(house).ready()


@pytest.fixture
def crowd() -> Iterator[contextlib.ExitStack]:
    """Hold connections; each is closed after the test."""
    with contextlib.ExitStack() as stack:
        yield stack


def still_open(streams: list[socket.socket]) -> list[socket.socket]:
    """Give those that guardian has neither closed nor reset."""
    poll = select.poll()
    for one in streams:
        poll.register(one, select.POLLIN | select.POLLRDHUP)
    over = {descriptor for descriptor, _ in poll.poll(0)}
    return [one for one in streams if one.fileno() not in over]


def test_one_address_holds_twenty_and_loses_its_oldest(guardian: Guardian, crowd: contextlib.ExitStack) -> None:
    streams = [crowd.enter_context(connect(guardian.port, "127.0.0.50")) for _ in range(MOST_OF_AN_ADDRESS + 30)]
    other = crowd.enter_context(connect(guardian.port, "127.0.0.51"))
    assert all(is_over(one) for one in streams[:30])
    assert still_open([*streams, other]) == [*streams[30:], other]


def test_ten_thousand_idle_connections_cost_little_and_keep_nobody_out(
    guardian: Guardian, crowd: contextlib.ExitStack
) -> None:
    ask(guardian.port, GAMBLING)
    memory, files = resident(guardian), descriptors(guardian)
    streams: list[socket.socket] = []
    for number in range(IDLE):
        streams.append(crowd.enter_context(connect(guardian.port, f"127.0.1.{number % ADDRESSES}")))
        if len(streams) > ADDRESSES * MOST_OF_AN_ADDRESS:
            # what guardian has closed is closed here, too: a process has only so many files
            streams.pop(0).close()
        if number % 1000 == 999:
            began = time.monotonic()
            assert ask_over_tcp(guardian.port, GAMBLING, device=BANDS["6-9"]).rcode() == dns.rcode.NXDOMAIN
            assert time.monotonic() - began < 1
            ask(guardian.port, GAMBLING)
    held = still_open(streams)
    grown = resident(guardian) - memory
    print(
        f"\n{IDLE:,} came, {len(held)} are held, {grown:,} KiB more, {descriptors(guardian) - files} descriptors more"
    )
    assert len(held) <= ADDRESSES * MOST_OF_AN_ADDRESS
    assert grown < 100 * 1024
    assert descriptors(guardian) - files <= ADDRESSES * MOST_OF_AN_ADDRESS + 5


def test_five_hundred_that_send_an_octet_a_second_are_gone_in_ten(
    guardian: Guardian, crowd: contextlib.ExitStack
) -> None:
    ask(guardian.port, GAMBLING)
    files, began = descriptors(guardian), time.monotonic()
    left = [crowd.enter_context(connect(guardian.port, f"127.0.1.{number % ADDRESSES}")) for number in range(STALLED)]
    for octet in question("slow.example")[:10]:
        for one in left:
            with contextlib.suppress(ConnectionError):
                one.send(bytes((octet,)))
        left = wait_for_ends(left, 1)
    print(f"\n{STALLED} that send an octet a second: {time.monotonic() - began:.1f} s until {len(left)} are left")
    assert left == []
    assert abs(descriptors(guardian) - files) <= 5
    assert ask_over_tcp(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN


class Neighbours:
    """Twenty devices, each asking five questions a second over UDP, and how long each answer took."""

    def __init__(self, port: int, crowd: contextlib.ExitStack) -> None:
        self.sockets = []
        for number in range(20):
            asker = crowd.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            asker.bind((f"127.0.2.{number + 1}", 0))
            asker.connect(("127.0.0.1", port))
            asker.setblocking(False)
            self.sockets.append(asker)
        self.count = 0

    def ask(self, seconds: float, flood: Callable[[], None]) -> list[float]:
        """Ask evenly for so long, `flood` between; the seconds of each answer. AssertionError where one is lost."""
        sent: dict[int, float] = {}
        took: list[float] = []
        poll = select.poll()
        askers = {asker.fileno(): asker for asker in self.sockets}
        for descriptor in askers:
            poll.register(descriptor, select.POLLIN)
        began = due = time.monotonic()
        while (now := time.monotonic()) < began + seconds or (sent and now < began + seconds + SECONDS):
            if due <= now < began + seconds:
                self.count += 1
                identity = self.count % 65_536
                name = f"n{identity}.{GAMBLING}" if identity % 2 else "warm.example"
                sent[identity] = time.monotonic()
                self.sockets[self.count % 20].send(question(name, identity)[2:])
                due += 1 / (20 * 5)
            flood()
            for descriptor, _ in poll.poll(1):
                reply = askers[descriptor].recv(4096)
                assert not reply[2] & 0x02, "truncated: taken for one that asks too much"
                took.append(time.monotonic() - sent.pop(int.from_bytes(reply[:2], "big")))
        assert not sent, f"{len(sent)} of {len(sent) + len(took)} questions were lost"
        return took


def p99(took: list[float]) -> float:
    return sorted(took)[int(len(took) * 0.99)]


def udp_flood(port: int, crowd: contextlib.ExitStack) -> Callable[[], None]:
    """Ask at twenty times one device's share."""
    asker = crowd.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    asker.bind(("127.0.3.1", 0))
    asker.connect(("127.0.0.1", port))
    asker.setblocking(False)
    packets = [question(f"flood-{number}.{GAMBLING}", number)[2:] for number in range(1000)]
    began, sent = time.monotonic(), 0

    def flood() -> None:
        nonlocal sent
        behind = int((time.monotonic() - began) * 20 * SHARE) - sent
        for _ in range(min(behind, 200)):
            with contextlib.suppress(BlockingIOError):
                asker.send(packets[sent % 1000])
            sent += 1
        with contextlib.suppress(BlockingIOError):
            while True:
                asker.recv(4096)

    return flood


def tcp_flood(port: int, crowd: contextlib.ExitStack) -> Callable[[], None]:
    """Ask on as many streams as one device may hold, as fast as guardian reads."""
    block = b"".join(question(f"flood-{number}.{GAMBLING}", number) for number in range(100))
    unsent = {crowd.enter_context(connect(port, "127.0.3.1")): block for _ in range(MOST_OF_AN_ADDRESS)}
    for one in unsent:
        one.setblocking(False)

    def flood() -> None:
        for one, rest in unsent.items():
            with contextlib.suppress(BlockingIOError):
                one.recv(65_536)
            with contextlib.suppress(BlockingIOError):
                unsent[one] = rest[one.send(rest) :] or block

    return flood


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [udp_flood, tcp_flood])
def test_a_flood_by_one_device_costs_the_others_nothing(
    guardian: Guardian,
    crowd: contextlib.ExitStack,
    kind: Callable[[int, contextlib.ExitStack], Callable[[], None]],
) -> None:
    neighbours = Neighbours(guardian.port, crowd)
    neighbours.ask(1, lambda: None)
    quiet = p99(neighbours.ask(5, lambda: None))
    loud = p99(neighbours.ask(5, kind(guardian.port, crowd)))
    print(f"\np99 {quiet * 1000:.1f} ms in quiet, {loud * 1000:.1f} ms under the flood")
    assert loud <= max(2 * quiet, 0.020)
