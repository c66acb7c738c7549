"""One upstream asked over TCP and over TLS, by a nameserver that a test scripts."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import dns.edns
import dns.flags
import dns.message
import dns.rcode
import pytest
import trustme

from guardian.config.values import Transport, read_address
from guardian.errors import UpstreamError
from guardian.model import Answer, AskKey
from guardian.resolver import connection, stream
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
@pytest.mark.parametrize(
    "says",
    [b"\xff\xff" + bytes(100), b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\0\0" * 50],
    ids=["a huge length", "another protocol", "empty messages"],
)
async def test_nonsense_is_an_upstream_that_does_not_answer(
    kind: str, says: bytes, serve: Callable[..., StreamAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENT_SECONDS", 0.1)
    async with asking(serve(kind, Manner(says=says)).server) as one:
        assert await one.outcome() is None
        assert one.upstream.trouble == "it takes questions and answers none"
        with pytest.raises(UpstreamError, match="answers none"):
            one.ask("b.example")


@pytest.mark.parametrize(
    ("names", "days", "trouble"),
    [
        (("other.example",), (-1, 30), "its certificate is not for dns.example"),
        (("127.0.0.1",), (-1, 30), "its certificate is not for dns.example"),
        ((), (-30, -1), "its certificate has expired, or this machine's clock (year "),
        ((), (1, 30), "its certificate is not valid yet, or this machine's clock (year "),
    ],
)
async def test_a_certificate_that_proves_nothing_gets_no_question(
    names: tuple[str, ...], days: tuple[int, int], trouble: str, certifier: trustme.CA
) -> None:
    with StreamAuthority(certified(certifier, *names, days=days)) as authority:
        async with asking(authority.server) as one:
            assert await one.outcome() is None
            assert one.upstream.trouble.startswith(trouble)
    assert authority.asked == []


async def test_a_stranger_who_certifies_himself_gets_no_question() -> None:
    with StreamAuthority(certified(trustme.CA())) as authority:
        async with asking(authority.server) as one:
            assert await one.outcome() is None
            assert "can't be believed" in one.upstream.trouble
    assert authority.asked == []


async def test_an_address_stands_for_the_name_where_the_url_had_one(certifier: trustme.CA) -> None:
    with StreamAuthority(certified(certifier, "127.0.0.1")) as authority:
        async with asking(authority.server._replace(name="127.0.0.1")) as one:
            assert is_true(await one.outcome())


async def test_old_tls_gets_no_question(certifier: trustme.CA) -> None:
    context = certified(certifier)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with StreamAuthority(context) as authority:
        async with asking(authority.server) as one:
            assert await one.outcome() is None
            assert "no longer safe" in one.upstream.trouble
    assert authority.asked == []


async def test_a_server_without_tls_gets_no_question(serve: Callable[..., StreamAuthority]) -> None:
    authority = serve("tcp", Manner(greets=b"220 mail.example ESMTP\r\n"))
    async with asking(authority.server._replace(transport=Transport.TLS)) as one:
        assert await one.outcome() is None
        assert "speaks no TLS" in one.upstream.trouble


async def test_who_takes_the_connection_and_says_nothing_is_left_after_three_seconds(
    serve: Callable[..., StreamAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connection.OPEN_SECONDS == 3
    monkeypatch.setattr(connection, "OPEN_SECONDS", 0.2)
    async with asking(serve("tls", Manner(stalls=True)).server) as one:
        assert await one.outcome() is None
        assert "never ends the TLS handshake" in one.upstream.trouble


@both
async def test_where_nobody_listens_asking_fails_at_once_until_the_pause_is_over(
    kind: str, serve: Callable[..., StreamAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "FIRST_PAUSE", 0.2)
    authority = serve(kind)
    authority.close()
    async with asking(authority.server) as one:
        with contextlib.suppress(UpstreamError):
            # told at once, or a moment later
            assert await one.outcome() is None
        with pytest.raises(UpstreamError, match="refuses the connection"):
            one.ask("a.example")
        assert "refuses the connection" in one.upstream.trouble
        again = serve(kind, port=authority.port)
        async with asyncio.timeout(SECONDS):
            while again.connections == 0:
                try:
                    answer = await one.outcome()
                except UpstreamError:
                    await asyncio.sleep(0)
        assert is_true(answer)
        assert one.upstream.trouble == ""


async def test_pauses_grow_from_half_a_second_to_four(serve: Callable[..., StreamAuthority]) -> None:
    authority = serve("tcp")
    authority.close()
    async with asking(authority.server) as one:
        pauses = []
        for _ in range(6):
            one.upstream._until = 0.0
            with contextlib.suppress(UpstreamError):
                await one.outcome()
            pauses.append(one.upstream._pause)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 4.0, 4.0]


@both
async def test_a_connection_that_is_idle_is_closed_and_opened_anew(
    kind: str, serve: Callable[..., StreamAuthority], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (stream.IDLE_SECONDS, stream.TLS_IDLE_SECONDS) == (10, 30)
    for word, seconds in (("IDLE_SECONDS", 0.1), ("TLS_IDLE_SECONDS", 0.1), ("SILENT_SECONDS", 0.05)):
        monkeypatch.setattr(stream, word, seconds)
    authority = serve(kind)
    async with asking(authority.server) as one:
        assert is_true(await one.outcome())
        await asyncio.to_thread(authority.wait_until, lambda: not authority._sockets)
        assert is_true(await one.outcome())
    assert authority.connections == 2
    assert authority.resumed == (kind == "tls")


async def test_a_session_is_resumed_after_the_server_closed(serve: Callable[..., StreamAuthority]) -> None:
    authority = serve("tls", Manner(closes_after=1))
    async with asking(authority.server) as one:
        for number in range(4):
            assert is_true(await one.outcome(f"{number}.example"))
    assert authority.resumed >= authority.connections - 1 >= 3


@both
async def test_a_server_that_closes_each_time_without_an_answer_has_failed(
    kind: str, serve: Callable[..., StreamAuthority]
) -> None:
    authority = serve(kind, Manner(leaves=True))
    async with asking(authority.server) as one:
        assert await one.outcome() is None
        assert one.upstream.trouble == "it closes connections and leaves questions unanswered"
        with pytest.raises(UpstreamError):
            one.ask("b.example")
    assert authority.connections == 2


async def test_a_question_over_tls_has_one_length_and_the_case_it_was_asked_in(
    serve: Callable[..., StreamAuthority],
) -> None:
    authority = serve("tls")
    names = ["a.example", "a-much-longer-name-of-a-house.example", "www.x.example"]
    async with asking(authority.server) as one:
        for name in names:
            await one.outcome(name)
    assert {len(wire) for wire in authority.asked} == {128}
    assert authority.names() == names
    for wire in authority.asked:
        (option,) = dns.message.from_wire(wire).options
        assert option.otype == dns.edns.OptionType.PADDING


async def test_a_question_over_tcp_is_in_mixed_case_and_not_padded(serve: Callable[..., StreamAuthority]) -> None:
    authority = serve("tcp")
    name = "a-name-of-many-letters-in-this-house.example"
    async with asking(authority.server) as one:
        await one.outcome(name)
    assert authority.names() != [name]
    assert [one.lower() for one in authority.names()] == [name]
    assert dns.message.from_wire(authority.asked[0]).options == ()


@both
async def test_the_ad_bit_is_believed_over_tls_and_on_this_machine(
    kind: str, serve: Callable[..., StreamAuthority]
) -> None:
    authority = serve(kind, Manner(flags=dns.flags.AD))
    async with asking(authority.server) as one:
        answer = await one.outcome()
        assert answer is not None
        assert answer.authentic
        one.upstream._trusted = False
        answer = await one.outcome()
        assert answer is not None
        assert not answer.authentic


async def test_plain_tcp_elsewhere_is_not_trusted_and_tls_is(serve: Callable[..., StreamAuthority]) -> None:
    far = serve("tcp").server._replace(address=read_address("192.0.2.1"))
    async with asking(far) as plain, asking(far._replace(transport=Transport.TLS)) as encrypted:
        assert not plain.upstream._trusted
        assert encrypted.upstream._trusted


@both
async def test_a_flood_that_the_server_does_not_read_is_bounded(
    kind: str, serve: Callable[..., StreamAuthority]
) -> None:
    authority = serve(kind, Manner(silent=True))
    async with asking(authority.server) as one:
        with pytest.raises(UpstreamError, match="too many"):
            one.ask(*(f"{number}.example" for number in range(300)))
        await asyncio.to_thread(authority.wait_until, lambda: len(authority.asked) == 256)
        refused = 0
        async with asyncio.timeout(SECONDS):
            while refused == 0:
                try:
                    one.ask("more.example")
                except UpstreamError:
                    refused += 1
                await asyncio.sleep(0)
        assert len(one.upstream._open) == 1000


@both
async def test_questions_leave_a_connection_whose_network_has_gone(
    kind: str, serve: Callable[..., StreamAuthority]
) -> None:
    authority = serve(kind)
    async with asking(authority.server) as one:
        assert is_true(await one.outcome())
        authority.deafen()
        one.ask("b.example")
        # a round is over; the forwarder asks whether it is still worth to wait there
        async with asyncio.timeout(SECONDS):
            while len(one.settled) < 2:
                await asyncio.sleep(0)
                one.upstream.wear_out()
        assert is_true(one.settled[-1][1])
    assert authority.connections == 2
    assert connection.STALLED_MS < 1000
