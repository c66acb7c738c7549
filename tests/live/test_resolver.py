"""How the resolver asks upstreams, against nameservers that are late, silent, lying or gone."""

from __future__ import annotations

import asyncio
import itertools
import socket
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from guardian.config.values import Endpoint, PortChoice, read_endpoint
from guardian.model import Answer, AskKey, Reason
from guardian.resolver.forwarder import Forwarder
from guardian.resolver.udp import POOL_SIZE, POOL_USES
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live.authority import ADDRESS, FORGED, Authority, Behaviour, Lie

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.asyncio
SECONDS = 20


def key(name: str, qtype: int = codes.A) -> AskKey:
    return AskKey(to_wire(name), qtype, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)


def place(authority: Authority) -> Endpoint:
    return read_endpoint(f"{authority.host}:{authority.port}")


def packed(address: str) -> bytes:
    return socket.inet_aton(address)


@asynccontextmanager
async def asking(
    *upstreams: Endpoint, ports: PortChoice = PortChoice.FRESH, max_open: int = 2048
) -> AsyncIterator[Forwarder]:
    """Open a forwarder over these upstreams, and see that it leaves no socket behind."""
    forwarder = Forwarder([list(upstreams)], ports, asyncio.get_running_loop(), max_open=max_open)
    try:
        yield forwarder
    finally:
        forwarder.close()
    assert sockets_to(*upstreams) == 0


def sockets_to(*upstreams: Endpoint) -> int:
    """Count the sockets that are connected to one of these, as the kernel has them."""
    ports = {f"{one.port:04X}" for one in upstreams}
    rows = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return sum(row.split()[2].rpartition(":")[2] in ports for row in rows)


def begin(forwarder: Forwarder, question: AskKey) -> asyncio.Future[Answer | Reason]:
    future: asyncio.Future[Answer | Reason] = asyncio.get_running_loop().create_future()
    forwarder.ask(question, future.set_result)
    return future


async def told(forwarder: Forwarder, question: AskKey) -> Answer | Reason:
    return await asyncio.wait_for(begin(forwarder, question), SECONDS)


async def answered(forwarder: Forwarder, question: AskKey) -> Answer:
    outcome = await told(forwarder, question)
    assert isinstance(outcome, Answer), outcome
    return outcome


@pytest.fixture
def second() -> Iterator[Authority]:
    with Authority() as server:
        yield server


@pytest.fixture
def nobody() -> Endpoint:
    """Return a place on loopback where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return read_endpoint(f"127.0.0.1:{one.getsockname()[1]}")


async def test_a_thousand_identical_questions_are_one_upstream(authority: Authority) -> None:
    authority.behaviours["wanted.example"] = Behaviour(held=True)
    async with asking(place(authority)) as forwarder:
        waiting = [begin(forwarder, key("wanted.example")) for _ in range(1000)]
        await asyncio.to_thread(authority.wait_until, bool)
        authority.release()
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting), SECONDS)
    assert all(isinstance(one, Answer) and packed(ADDRESS) in one.body for one in outcomes)
    assert len(authority.asked) == 1


async def test_questions_that_differ_in_anything_are_not_joined(authority: Authority) -> None:
    plain = key("differs.example")
    others = [plain._replace(qtype=codes.AAAA), plain._replace(dnssec_ok=True), plain._replace(checking_disabled=True)]
    async with asking(place(authority)) as forwarder:
        await asyncio.gather(*(told(forwarder, one) for one in (plain, *others)))
    assert len(authority.asked) == 4


async def test_each_question_leaves_with_a_fresh_id_port_and_case(authority: Authority) -> None:
    async with asking(place(authority)) as forwarder:
        for start in range(0, 1000, 100):
            names = [f"fresh-{start + number}.example" for number in range(100)]
            await asyncio.gather(*(answered(forwarder, key(name)) for name in names))
    asked = authority.asked
    assert len(asked) == 1000
    assert len({one.port for one in asked}) >= 950
    # of 1,000 draws out of 65,536, some 992 differ
    assert len({one.id for one in asked}) >= 950
    # eleven letters a name: a fixed pattern would be two or three
    assert len({"".join("x"[: letter.isupper()] or "." for letter in one.name[-9:]) for one in asked}) > 100
    following = sum(later.id - sooner.id == 1 for sooner, later in itertools.pairwise(asked))
    assert following < 10


async def test_the_same_question_asked_again_is_drawn_anew(authority: Authority) -> None:
    async with asking(place(authority)) as forwarder:
        for _ in range(20):
            await answered(forwarder, key("a-rather-long-name-with-letters.example"))
    assert len({one.name for one in authority.asked}) >= 19
    assert len({one.id for one in authority.asked}) >= 19


@pytest.mark.parametrize("ports", list(PortChoice))
@pytest.mark.parametrize("lie", list(Lie))
async def test_an_answer_wrong_in_one_thing_is_not_believed(authority: Authority, lie: Lie, ports: PortChoice) -> None:
    authority.behaviours["bank.example"] = Behaviour(lies=(lie,) * 5)
    async with asking(place(authority), ports=ports) as forwarder:
        answer = await answered(forwarder, key("bank.example"))
    assert packed(ADDRESS) in answer.body
    assert packed(FORGED) not in answer.body
    assert len(authority.asked) == 1


async def test_lies_alone_end_in_silence_never_in_a_lie(authority: Authority) -> None:
    told_lies = tuple(lie for lie in Lie if lie is not Lie.ADDRESS)
    authority.behaviours["bank.example"] = Behaviour(lies=told_lies, silent=True)
    async with asking(place(authority)) as forwarder:
        assert await told(forwarder, key("bank.example")) is Reason.UPSTREAM_SILENT
    assert len({(one.id, one.port) for one in authority.asked}) == len(authority.asked) > 1


async def test_where_the_first_upstream_is_silent_the_second_answers(authority: Authority, second: Authority) -> None:
    authority.otherwise = Behaviour(silent=True)
    async with asking(place(authority), place(second)) as forwarder:
        answer = await answered(forwarder, key("late.example"))
    assert packed(ADDRESS) in answer.body
    assert [len(authority.asked), len(second.asked)] == [1, 1]


@pytest.mark.parametrize("ports", list(PortChoice))
async def test_where_nobody_listens_the_next_is_asked_at_once(
    nobody: Endpoint, authority: Authority, ports: PortChoice
) -> None:
    loop = asyncio.get_running_loop()
    async with asking(nobody, place(authority), ports=ports) as forwarder:
        before = loop.time()
        await answered(forwarder, key("refused.example"))
        # a refusal by ICMP needs no waiting; an attempt that runs out takes a second
        assert loop.time() - before < 0.9


@pytest.mark.parametrize("rcode", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP, dns.rcode.FORMERR])
async def test_what_one_upstream_fails_at_the_next_is_asked(
    authority: Authority, second: Authority, rcode: dns.rcode.Rcode
) -> None:
    authority.otherwise = Behaviour(rcode=rcode)
    async with asking(place(authority), place(second)) as forwarder:
        answer = await answered(forwarder, key("fails.example"))
    assert packed(ADDRESS) in answer.body


async def test_where_all_fail_the_reason_is_told(authority: Authority, second: Authority) -> None:
    authority.otherwise = second.otherwise = Behaviour(rcode=dns.rcode.SERVFAIL)
    async with asking(place(authority), place(second)) as forwarder:
        assert await told(forwarder, key("fails.example")) is Reason.UPSTREAM_FAULTY
    assert [len(authority.asked), len(second.asked)] == [1, 1]


async def test_a_name_that_does_not_exist_is_an_answer_and_not_a_failure(
    authority: Authority, second: Authority
) -> None:
    authority.otherwise = Behaviour(rcode=dns.rcode.NXDOMAIN)
    async with asking(place(authority), place(second)) as forwarder:
        assert (await answered(forwarder, key("gone.example"))).rcode == codes.NXDOMAIN
    assert second.asked == []


async def test_more_than_may_be_open_fails_at_once_and_leaves_the_others_alone(authority: Authority) -> None:
    authority.otherwise = Behaviour(held=True)
    async with asking(place(authority), max_open=10) as forwarder:
        waiting = [begin(forwarder, key(f"open-{number}.example")) for number in range(11)]
        assert waiting[10].done()
        assert waiting[10].result() is Reason.UPSTREAM_SILENT
        assert not any(one.done() for one in waiting[:10])
        await asyncio.to_thread(authority.wait_until, lambda asked: len(asked) == 10)
        authority.release()
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting[:10]), SECONDS)
        assert all(isinstance(one, Answer) for one in outcomes)
        authority.otherwise = Behaviour()
        await answered(forwarder, key("room-again.example"))


async def test_the_pool_asks_from_few_ports_and_leaves_each_after_its_uses(authority: Authority) -> None:
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        for start in range(0, 400, 100):
            names = [f"pool-{start + number}.example" for number in range(100)]
            await asyncio.gather(*(answered(forwarder, key(name)) for name in names))
        assert len({one.port for one in authority.asked}) == POOL_SIZE
        (pool,) = (upstream._pool for group in forwarder._groups for upstream in group)
        worn = {one._socket.getsockname()[1] for one in pool}
        for one in pool:
            assert one.uses_left > POOL_USES - 400
            one.uses_left = 0
        authority.asked.clear()
        for number in range(100):
            await answered(forwarder, key(f"again-{number}.example"))
        assert {one.port for one in authority.asked}.isdisjoint(worn)
        assert len(pool) == POOL_SIZE


async def test_a_worn_port_still_hears_what_it_asked(authority: Authority) -> None:
    authority.behaviours["slow.example"] = Behaviour(held=True)
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        slow = begin(forwarder, key("slow.example"))
        await asyncio.to_thread(authority.wait_until, bool)
        (pool,) = (upstream._pool for group in forwarder._groups for upstream in group)
        port = next(one for one in pool if one.open)
        port.release()
        pool.remove(port)
        await answered(forwarder, key("quick.example"))
        authority.release()
        assert isinstance(await asyncio.wait_for(slow, SECONDS), Answer)
        assert port._socket.fileno() < 0


async def test_closing_tells_everybody_who_waits(authority: Authority) -> None:
    authority.otherwise = Behaviour(silent=True)
    async with asking(place(authority)) as forwarder:
        waiting = [begin(forwarder, key(f"never-{number}.example")) for number in range(50)]
    assert [one.result() for one in waiting] == [Reason.UPSTREAM_SILENT] * 50


async def test_nothing_leaks_after_answers_refusals_and_silence(authority: Authority, nobody: Endpoint) -> None:
    authority.behaviours |= {f"silent-{number}.example": Behaviour(silent=True) for number in range(20)}
    async with asking(nobody, place(authority)) as forwarder:
        names = [f"{word}-{number}.example" for word in ("open", "silent") for number in range(20)]
        outcomes = await asyncio.gather(*(told(forwarder, key(name)) for name in names))
        assert sockets_to(nobody, place(authority)) == 0
        assert forwarder._open == {}
    assert sum(isinstance(one, Answer) for one in outcomes) == 20
