"""One upstream asked over TCP and over TLS, by a nameserver that a test scripts."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest
import trustme

from guardian.errors import UpstreamError
from guardian.model import Answer, AskKey
from guardian.resolver import stream
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Exchange
from guardian.resolver.health import Health
from guardian.resolver.stream import StreamUpstream
from guardian.resolver.watch import Watch
from guardian.system.tls import client_context
from guardian.wire import codes
from guardian.wire.names import to_wire
from tests.live.authority import ADDRESS, Behaviour
from tests.live.stream_authority import Manner, StreamAuthority, certified

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from guardian.config.values import Server
    from guardian.resolver.exchange import Attempt

pytestmark = pytest.mark.asyncio
SECONDS = 20
TXT = 16
both = pytest.mark.parametrize("kind", ["tcp", "tls"])


@pytest.fixture(scope="module")
def certifier() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trusted(certifier: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ca.pem"
    certifier.cert_pem.write_to_path(path)
    context = client_context(str(path))
    monkeypatch.setattr(stream, "authorities", lambda: context)


@pytest.fixture
def serve(certifier: trustme.CA) -> Iterator[Callable[..., StreamAuthority]]:
    """Return a starter of nameservers: by kind, then as StreamAuthority takes it."""
    started: list[StreamAuthority] = []

    def begin(kind: str, manner: Manner | None = None, **rest: int) -> StreamAuthority:
        context = certified(certifier) if kind == "tls" else None
        started.append(StreamAuthority(context, manner, **rest))
        return started[-1]

    yield begin
    for one in started:
        one.close()


class Asking:
    """A StreamUpstream, and what became of what it was asked."""

    def __init__(self, server: Server) -> None:
        self.settled: list[tuple[str, Answer | None]] = []
        self.changed = asyncio.Event()
        self.watch = Watch(asyncio.get_running_loop())
        self.upstream = StreamUpstream(server, self.watch, Chance(), self._hear, Health())

    def ask(self, *names: str, qtype: int = codes.A) -> None:
        """Ask for the address of each, or another type."""
        for name in names:
            key = AskKey(to_wire(name), qtype, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
            self.upstream.ask(Exchange(key, lambda _: None))

    async def until(self, count: int) -> list[tuple[str, Answer | None]]:
        """Wait for so many outcomes."""
        async with asyncio.timeout(SECONDS):
            while len(self.settled) < count:
                self.changed.clear()
                await self.changed.wait()
        return self.settled

    async def outcome(self, name: str = "a.example") -> Answer | None:
        """Ask one question and wait."""
        self.ask(name)
        return (await self.until(len(self.settled) + 1))[-1][1]

    def _hear(self, attempt: Attempt, answer: Answer | None) -> None:
        name = dns.message.from_wire(attempt.message).question[0].name.to_text().rstrip(".").lower()
        attempt.exchange.attempts.clear()
        attempt.give_up()
        self.settled.append((name, answer))
        self.changed.set()


@asynccontextmanager
async def asking(server: Server) -> AsyncIterator[Asking]:
    one = Asking(server)
    yield one
    one.upstream.close()
    one.watch.close()


def is_true(answer: Answer | None) -> bool:
    return answer is not None and bytes(map(int, ADDRESS.split("."))) in answer.body


@both
async def test_questions_are_answered_over_one_connection(kind: str, serve: Callable[..., StreamAuthority]) -> None:
    authority = serve(kind)
    async with asking(authority.server) as one:
        for number in range(20):
            assert is_true(await one.outcome(f"{number}.example"))
    assert authority.connections == 1


@both
async def test_a_hundred_at_once_are_answered_in_whatever_order(
    kind: str, serve: Callable[..., StreamAuthority]
) -> None:
    authority = serve(kind, Manner(batch=100))
    names = [f"{number}.example" for number in range(100)]
    async with asking(authority.server) as one:
        one.ask(*names)
        outcomes = await one.until(100)
    assert [name for name, _ in outcomes] == names[::-1]
    assert all(is_true(answer) for _, answer in outcomes)
    assert len({wire[:2] for wire in authority.asked}) == 100


@both
async def test_an_answer_may_come_one_octet_at_a_time(kind: str, serve: Callable[..., StreamAuthority]) -> None:
    async with asking(serve(kind, Manner(piece=1)).server) as one:
        one.ask("a.example", "b.example")
        assert all(is_true(answer) for _, answer in await one.until(2))


@both
@pytest.mark.parametrize("abruptly", [False, True])
async def test_what_a_closed_connection_left_open_is_asked_on_a_new_one(
    kind: str,
    abruptly: bool,  # noqa: FBT001 - a table's column
    serve: Callable[..., StreamAuthority],
) -> None:
    authority = serve(kind, Manner(closes_after=5, abruptly=abruptly))
    async with asking(authority.server) as one:
        one.ask(*(f"{number}.example" for number in range(10)))
        outcomes = await one.until(10)
    assert all(is_true(answer) for _, answer in outcomes)
    assert authority.connections == 2


async def test_an_answer_of_64_kib_comes_whole(serve: Callable[..., StreamAuthority]) -> None:
    text = " ".join(f'"{letter * 250}"' for letter in "abcd")
    authority = serve("tls", Manner(behaviour=Behaviour(zone=(f"a.example TXT {text}",) * 64)))
    async with asking(authority.server) as one:
        one.ask("a.example", qtype=TXT)
        ((_, answer),) = await one.until(1)
    assert answer is not None
    assert answer.counts == (64, 0)
    assert len(answer.body) > 64_000


@both
async def test_a_truncated_answer_is_a_failure(kind: str, serve: Callable[..., StreamAuthority]) -> None:
    async with asking(serve(kind, Manner(behaviour=Behaviour(truncated=True))).server) as one:
        assert await one.outcome() is None


@both
async def test_a_second_answer_with_the_same_id_is_ignored(kind: str, serve: Callable[..., StreamAuthority]) -> None:
    async with asking(serve(kind, Manner(twice=True)).server) as one:
        for number in range(20):
            assert is_true(await one.outcome(f"{number}.example"))
    assert len(one.settled) == 20


@both
@pytest.mark.parametrize("says", [b"\xff\xff" + bytes(100), b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0" * 50])
async def test_nonsense_is_an_upstream_that_does_not_answer(
    kind: str, says: bytes, serve: Callable[..., StreamAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENT_SECONDS", 0.1)
    async with asking(serve(kind, Manner(says=says)).server) as one:
        assert await one.outcome() is None
        assert one.upstream.trouble == "it takes questions and answers none"
        with pytest.raises(UpstreamError, match="answers none"):
            one.ask("b.example")
