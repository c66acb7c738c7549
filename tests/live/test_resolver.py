"""How the resolver asks upstreams, against nameservers that are late, silent, lying or gone."""

from __future__ import annotations

import asyncio
import itertools
import socket
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import dns.rrset
import pytest

from guardian.config.values import PortChoice, Server, Transport, read_address
from guardian.model import Answer, AskKey, Reason
from guardian.resolver import forwarder as room
from guardian.resolver import udp
from guardian.resolver.forwarder import Forwarder
from guardian.resolver.udp import POOL_SIZE, POOL_USES, Port, UdpUpstream
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live import authority as server
from tests.live.authority import ADDRESS, FORGED, Authority, Behaviour, Lie

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

pytestmark = pytest.mark.asyncio
SECONDS = 20
NONSENSE = {
    "two aliases": (("odd.example.", "CNAME", "a.example."), ("odd.example.", "CNAME", "b.example.")),
    "aliases in a circle": (("odd.example.", "CNAME", "a.example."), ("a.example.", "CNAME", "odd.example.")),
    "too long a chain": tuple((f"{n or 'odd'}.example.", "CNAME", f"{n + 1}.example.") for n in range(20)),
    "cut off": (("odd.example.", "A", "192.0.2.1"),),
}
"""Answers of the upstream's own that nobody can use."""


def key(name: str, qtype: int = codes.A) -> AskKey:
    return AskKey(to_wire(name), qtype, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)


def place(authority: Authority) -> Server:
    return server_at(authority.host, authority.port)


def server_at(host: str, port: int) -> Server:
    return Server(Transport.UDP, read_address(host), port, host)


def packed(address: str) -> bytes:
    return socket.inet_aton(address)


@asynccontextmanager
async def asking(
    *upstreams: Server, ports: PortChoice = PortChoice.FRESH, max_open: int = 2048
) -> AsyncIterator[Forwarder]:
    """Open a forwarder over these upstreams, and see that it leaves no socket behind."""
    forwarder = Forwarder([list(upstreams)], ports, asyncio.get_running_loop(), max_open=max_open)
    try:
        yield forwarder
    finally:
        forwarder.close()
    assert sockets_to(*upstreams) == 0


def sockets_to(*upstreams: Server) -> int:
    """Count the sockets that are connected to one of these, as the kernel has them."""
    ports = {f"{one.port:04X}" for one in upstreams}
    rows = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return sum(row.split()[2].rpartition(":")[2] in ports for row in rows)


def pools(forwarder: Forwarder) -> list[list[Port]]:
    """Give the pool of each UDP upstream."""
    return [one._pool for group in forwarder._groups for one in group.upstreams if isinstance(one, UdpUpstream)]


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
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> float:
    """Make each round so many seconds long: what is silent needs no patience."""
    for name in ("ROUND_SECONDS", "QUESTION_SECONDS", "_REST", "_NEARLY"):
        monkeypatch.setattr(room, name, getattr(room, name) / 10)
    monkeypatch.setattr(room, "_WAITS", (0.01, 0.04))
    return 0.1


def talks_nonsense(authority: Authority, use: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an upstream, and no other, answer with one of NONSENSE."""
    authority.otherwise = mark = Behaviour()
    made = server._answer

    def answer(query: dns.message.Message, behaviour: Behaviour) -> bytes:
        if behaviour is not mark:
            return made(query, behaviour)
        odd = dns.message.make_response(query)
        for owner, rtype, data in NONSENSE[use]:
            # dnspython would put two aliases of a name into one set
            odd.answer.append(dns.rrset.from_text(owner, 60, "IN", rtype, data))
        return odd.to_wire()[: -12 if use == "cut off" else None]

    monkeypatch.setattr(server, "_answer", answer)


@pytest.fixture
def nobody() -> Server:
    """Return a place on loopback where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return server_at("127.0.0.1", one.getsockname()[1])


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


@pytest.mark.usefixtures("short_rounds")
async def test_lies_alone_end_in_silence_never_in_a_lie(authority: Authority) -> None:
    told_lies = tuple(lie for lie in Lie if lie is not Lie.ADDRESS)
    authority.behaviours["bank.example"] = Behaviour(lies=told_lies, silent=True)
    async with asking(place(authority)) as forwarder:
        assert await told(forwarder, key("bank.example")) is Reason.UPSTREAM_SILENT
    assert len({(one.id, one.port) for one in authority.asked}) == len(authority.asked) > 1


@pytest.mark.usefixtures("short_rounds")
async def test_where_the_first_upstream_is_silent_the_second_answers(authority: Authority, second: Authority) -> None:
    authority.otherwise = Behaviour(silent=True)
    async with asking(place(authority), place(second)) as forwarder:
        answer = await answered(forwarder, key("late.example"))
    assert packed(ADDRESS) in answer.body
    assert [authority.names().count("late.example"), second.names()] == [1, ["late.example"]]


@pytest.mark.parametrize("ports", list(PortChoice))
async def test_an_upstream_slower_than_a_round_still_answers(
    authority: Authority, ports: PortChoice, short_rounds: float
) -> None:
    authority.otherwise = Behaviour(delay=2.5 * short_rounds)
    async with asking(place(authority), ports=ports) as forwarder:
        assert packed(ADDRESS) in (await answered(forwarder, key("slow.example"))).body
    assert len(authority.asked) >= 3
    assert len({(one.id, one.name) for one in authority.asked}) == len(authority.asked)


@pytest.mark.parametrize("ports", list(PortChoice))
@pytest.mark.usefixtures("short_rounds")
async def test_the_answer_to_an_earlier_attempt_is_taken(authority: Authority, ports: PortChoice) -> None:
    authority.otherwise = Behaviour(held=True)
    async with asking(place(authority), ports=ports) as forwarder:
        waiting = begin(forwarder, key("held.example"))
        await asyncio.to_thread(authority.wait_until, bool)
        authority.otherwise = Behaviour(silent=True)
        await asyncio.to_thread(authority.wait_until, lambda asked: len(asked) == 3)
        authority.release()
        assert isinstance(await asyncio.wait_for(waiting, SECONDS), Answer)


@pytest.mark.parametrize("ports", list(PortChoice))
@pytest.mark.parametrize("use", list(NONSENSE))
async def test_what_is_the_upstreams_own_and_of_no_use_sends_on_to_the_next_at_once(
    authority: Authority, second: Authority, monkeypatch: pytest.MonkeyPatch, use: str, ports: PortChoice
) -> None:
    talks_nonsense(authority, use, monkeypatch)
    async with asking(place(authority), place(second), ports=ports) as forwarder:
        assert packed(ADDRESS) in (await answered(forwarder, key("odd.example"))).body
    assert [len(authority.asked), len(second.asked)] == [1, 1]


@pytest.mark.parametrize("use", list(NONSENSE))
async def test_where_nothing_is_of_use_the_failure_is_told_at_once(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, use: str
) -> None:
    talks_nonsense(authority, use, monkeypatch)
    async with asking(place(authority)) as forwarder:
        assert await told(forwarder, key("odd.example")) is Reason.UPSTREAM_FAULTY
    assert len(authority.asked) == 1


@pytest.mark.parametrize("ports", list(PortChoice))
async def test_only_an_upstream_on_this_machine_can_call_an_answer_authentic(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, ports: PortChoice
) -> None:
    made = server._answer

    def authentic(query: dns.message.Message, behaviour: Behaviour) -> bytes:
        answer = bytearray(made(query, behaviour))
        answer[3] |= codes.AD
        return bytes(answer)

    monkeypatch.setattr(server, "_answer", authentic)
    async with asking(place(authority), ports=ports) as forwarder:
        assert (await answered(forwarder, key("near.example"))).authentic
        for upstream in forwarder._groups[0].upstreams:
            assert isinstance(upstream, UdpUpstream)
            upstream.trusted = False
            upstream.close()
        assert not (await answered(forwarder, key("far.example"))).authentic


async def test_a_port_of_the_pool_that_can_not_send_is_replaced_and_the_question_is_asked(authority: Authority) -> None:
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        await asyncio.gather(*(answered(forwarder, key(f"fill-{number}.example")) for number in range(POOL_SIZE)))
        (pool,) = pools(forwarder)
        broken = list(pool)
        for port in broken:
            # what a send from an address that is gone does: it fails, on this socket for ever
            port._socket.shutdown(socket.SHUT_WR)
        for number in range(5 * POOL_SIZE):
            await answered(forwarder, key(f"after-{number}.example"))
        assert len(pool) == POOL_SIZE
        assert sum(port in pool for port in broken) < POOL_SIZE / 4
        assert all(port._socket.fileno() < 0 for port in broken if port not in pool)


@pytest.mark.usefixtures("short_rounds")
async def test_a_port_of_the_pool_that_hears_nothing_is_replaced(authority: Authority) -> None:
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        await asyncio.gather(*(answered(forwarder, key(f"fill-{number}.example")) for number in range(POOL_SIZE)))
        (pool,) = pools(forwarder)
        deaf = set(pool)
        authority.otherwise = Behaviour(silent=True)
        await asyncio.gather(*(told(forwarder, key(f"deaf-{number}.example")) for number in range(5 * POOL_SIZE)))
        authority.otherwise = Behaviour()
        await asyncio.gather(*(answered(forwarder, key(f"again-{number}.example")) for number in range(5 * POOL_SIZE)))
        assert deaf.isdisjoint(pool)
        assert len(pool) == POOL_SIZE
        assert all(port._socket.fileno() < 0 for port in deaf)


async def test_a_refusal_that_another_questions_sending_met_is_heard_by_those_who_sent_before(
    nobody: Server, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(udp, "POOL_SIZE", 1)
    loop = asyncio.get_running_loop()
    async with asking(nobody, place(authority), ports=PortChoice.POOL) as forwarder:
        before = loop.time()
        waiting = [begin(forwarder, key(f"refused-{number}.example")) for number in range(3)]
        outcomes = await asyncio.wait_for(asyncio.gather(*waiting), SECONDS)
        assert loop.time() - before < 0.9
    assert all(isinstance(one, Answer) for one in outcomes)


@pytest.mark.parametrize("ports", list(PortChoice))
async def test_where_nobody_listens_the_next_is_asked_at_once(
    nobody: Server, authority: Authority, ports: PortChoice
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
        assert waiting[10].result() is Reason.UPSTREAM_SLOW
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
        (pool,) = pools(forwarder)
        worn = set(pool)
        for one in pool:
            assert one.uses_left > POOL_USES - 400
            one.uses_left = 0
        for number in range(100):
            await answered(forwarder, key(f"again-{number}.example"))
        assert worn.isdisjoint(pool)
        assert len(pool) == POOL_SIZE


async def test_a_worn_port_still_hears_what_it_asked(authority: Authority) -> None:
    authority.behaviours["slow.example"] = Behaviour(held=True)
    async with asking(place(authority), ports=PortChoice.POOL) as forwarder:
        slow = begin(forwarder, key("slow.example"))
        await asyncio.to_thread(authority.wait_until, bool)
        (pool,) = pools(forwarder)
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


@pytest.mark.usefixtures("short_rounds")
async def test_nothing_leaks_after_answers_refusals_and_silence(authority: Authority, nobody: Server) -> None:
    authority.behaviours |= {f"silent-{number}.example": Behaviour(silent=True) for number in range(20)}
    async with asking(nobody, place(authority)) as forwarder:
        names = [f"{word}-{number}.example" for word in ("open", "silent") for number in range(20)]
        outcomes = await asyncio.gather(*(told(forwarder, key(name)) for name in names))
        assert sockets_to(nobody, place(authority)) == 0
        assert forwarder._open == {}
    assert sum(isinstance(one, Answer) for one in outcomes) == 20
