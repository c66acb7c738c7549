"""What UDP can't bring safely or whole is asked of the same upstream over TCP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import dns.flags
import dns.rcode
import pytest

from guardian.config.values import PortChoice, Server, Transport, read_address
from guardian.model import Answer, AskKey, Reason
from guardian.resolver.forwarder import Forwarder
from guardian.resolver.udp import MAX_STRANGE, POOL_SIZE, UdpUpstream
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live.authority import ADDRESS, FORGED, Authority, Behaviour, Lie
from tests.live.stream_authority import Manner, StreamAuthority

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.asyncio
SECONDS = 20
TRUE = bytes(map(int, ADDRESS.split(".")))
FALSE = bytes(map(int, FORGED.split(".")))


def key(name: str) -> AskKey:
    return AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)


def place(authority: Authority) -> Server:
    return Server(Transport.UDP, read_address(authority.host), authority.port, authority.host)


@pytest.fixture
def second() -> Iterator[Authority]:
    with Authority() as server:
        yield server


@pytest.fixture
def stream(authority: Authority) -> Iterator[StreamAuthority]:
    """Serve over TCP, too, on the same port."""
    with StreamAuthority(port=authority.port) as server:
        yield server


@asynccontextmanager
async def asking(*servers: Server, ports: PortChoice = PortChoice.FRESH) -> AsyncIterator[Forwarder]:
    forwarder = Forwarder([servers], ports, asyncio.get_running_loop())
    try:
        yield forwarder
    finally:
        forwarder.close()


async def told(forwarder: Forwarder, name: str) -> Answer | Reason:
    future: asyncio.Future[Answer | Reason] = asyncio.get_running_loop().create_future()
    forwarder.ask(key(name), future.set_result)
    return await asyncio.wait_for(future, SECONDS)


async def answered(forwarder: Forwarder, name: str) -> Answer:
    outcome = await told(forwarder, name)
    assert isinstance(outcome, Answer), outcome
    return outcome


@pytest.mark.parametrize("ports", list(PortChoice))
async def test_an_answer_that_was_cut_off_is_asked_for_over_tcp_and_comes_whole(
    authority: Authority, stream: StreamAuthority, ports: PortChoice
) -> None:
    authority.otherwise = Behaviour(truncated=True)
    stream.manner = Manner(behaviour=Behaviour(records=200))
    async with asking(place(authority), ports=ports) as forwarder:
        answers = await asyncio.gather(*(answered(forwarder, f"long-{number}.example") for number in range(50)))
    assert all(one.counts == (200, 0) and not one.truncated for one in answers)
    assert stream.connections == 1


async def test_where_tcp_fails_the_next_upstream_is_asked_and_no_cut_off_answer_is_given(
    authority: Authority, second: Authority
) -> None:
    authority.otherwise = Behaviour(truncated=True)
    async with asking(place(authority), place(second)) as forwarder:
        for number in range(5):
            answer = await answered(forwarder, f"long-{number}.example")
            assert TRUE in answer.body
            assert not answer.truncated


async def test_where_nobody_gives_a_whole_answer_that_is_told(authority: Authority) -> None:
    authority.otherwise = Behaviour(truncated=True)
    async with asking(place(authority)) as forwarder:
        outcome = await told(forwarder, "long.example")
    assert isinstance(outcome, Reason)


async def test_an_answer_that_is_cut_off_over_tcp_is_none(
    authority: Authority, stream: StreamAuthority, second: Authority
) -> None:
    authority.otherwise = Behaviour(truncated=True)
    stream.manner = Manner(behaviour=Behaviour(truncated=True))
    async with asking(place(authority)) as forwarder:
        assert await told(forwarder, "long.example") is Reason.UPSTREAM_FAULTY
    async with asking(place(authority), place(second)) as forwarder:
        assert not (await answered(forwarder, "other.example")).truncated


@pytest.mark.parametrize("rcode", [dns.rcode.FORMERR, dns.rcode.SERVFAIL, dns.rcode.NOTIMP, dns.rcode.REFUSED])
async def test_a_failure_that_repeats_no_question_is_checked_over_tcp(
    authority: Authority, stream: StreamAuthority, monkeypatch: pytest.MonkeyPatch, rcode: dns.rcode.Rcode
) -> None:
    def bare(wire: bytes, client: tuple[str, int]) -> None:
        authority._send(wire[:2] + bytes((0x81, 0x80 | rcode)) + bytes(8), client)

    monkeypatch.setattr(authority, "_receive", bare)
    async with asking(place(authority)) as forwarder:
        assert TRUE in (await answered(forwarder, "old.example")).body
    assert len(stream.asked) == 1


@pytest.mark.parametrize("ports", list(PortChoice))
@pytest.mark.parametrize("lie", [Lie.ID, Lie.NAME, Lie.CASE, Lie.NOT_AN_ANSWER])
async def test_where_somebody_is_guessing_the_question_moves_to_tcp_and_the_port_is_left(
    authority: Authority, stream: StreamAuthority, lie: Lie, ports: PortChoice
) -> None:
    authority.behaviours["bank.example"] = Behaviour(lies=(lie,) * (MAX_STRANGE + 4), silent=True)
    async with asking(place(authority), ports=ports) as forwarder:
        answer = await answered(forwarder, "bank.example")
        assert TRUE in answer.body
        assert FALSE not in answer.body
        assert len(stream.asked) == 1
        await asyncio.to_thread(authority.wait_until, bool)
        guessed = authority.asked[0].port
        for number in range(4 * POOL_SIZE):
            await answered(forwarder, f"later-{number}.example")
    assert guessed not in {one.port for one in authority.asked[1:]}


async def test_fewer_guesses_than_that_leave_the_question_where_it_is(
    authority: Authority, stream: StreamAuthority
) -> None:
    authority.otherwise = Behaviour(lies=(Lie.ID,) * (MAX_STRANGE - 1))
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        for number in range(3 * POOL_SIZE):
            assert TRUE in (await answered(forwarder, f"guessed-{number}.example")).body
        (upstream,) = forwarder._groups[0].upstreams
        assert isinstance(upstream, UdpUpstream)
        assert len(upstream._pool) == POOL_SIZE
    assert stream.asked == []
