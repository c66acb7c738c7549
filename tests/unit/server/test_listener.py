"""What every listener does with a question that waits: it is asked, held or lost, and replied to exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import dns.message
import pytest

from guardian.model import Answer, Ask, AskKey, Hold, Reason, Reply
from guardian.server.listener import Listener, unmapped
from guardian.wire import codes
from tests.unit.server.conftest import Link, Loop

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.model import Query

PACKET = dns.message.make_query("www.example.com", "A").to_wire()
ANSWER = Answer(codes.NOERROR, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=60)


class Engine:
    """Gives what a test has laid out, in order; writes the reason of a reply."""

    def __init__(self) -> None:
        self.outcomes: list[type[Ask | Hold] | Reason] = []
        self.waited: list[bool] = []
        self.fails = False

    def receive_query(self, query: Query, _now: float, _here: str, *, waited: bool = False) -> Reply | Ask | Hold:
        self.waited.append(waited)
        outcome = self.outcomes.pop(0)
        if outcome is Ask:
            key = AskKey(query.name, 1, 1, dnssec_ok=False, checking_disabled=False, group=0)
            return Ask(key, query)
        return Hold(query) if not isinstance(outcome, Reason) else Reply(query, 0, outcome)

    def receive_answer(self, ask: Ask, answer: Answer, _now: float) -> Reply:
        if self.fails:
            raise ZeroDivisionError
        return Reply(ask.query, 0, Reason.DEFAULT, answer)

    def finish(self, reply: Reply, _packet: bytes, _now: float) -> bytes:
        return reply.reason.name.encode()

    def keep(self, *_: object) -> None:
        pass


class Upstream:
    """Keeps who waits; a test answers."""

    def __init__(self) -> None:
        self.waiters: list[Callable[[Answer | Reason], None]] = []
        self.fails = False

    def ask(self, _key: AskKey, waiter: Callable[[Answer | Reason], None], _asker: str = "") -> None:
        if self.fails:
            raise ZeroDivisionError
        self.waiters.append(waiter)


class Table(Listener[str]):
    """Listens to nobody; what it sends lies in `sent`."""

    def __init__(self) -> None:
        self.engine, self.upstream, self.loop = Engine(), Upstream(), Loop()
        self.sent: list[tuple[bytes, str]] = []
        self.waits: list[str] = []
        self.faults: list[Exception] = []
        parts: Any = (Link(), self.engine, self.upstream, self.loop, self.faults.append)
        super().__init__(*parts)

    def start(self) -> None:
        """Not needed."""

    def close(self) -> None:
        """Not needed."""

    def send(self, message: bytes, to: str) -> None:
        self.sent.append((message, to))

    def wait(self, to: str) -> None:
        self.waits.append(to)

    def take(self, *outcomes: type[Ask | Hold] | Reason, to: str = "me") -> bytes | None:
        self.engine.outcomes = list(outcomes)
        reply = self.receive(PACKET, "10.0.0.1", "10.0.0.2", to, 1000.0)
        self.ask_waiting()
        self.loop.pass_by(0)
        return reply


@pytest.fixture
def table() -> Table:
    return Table()


def test_what_needs_nobody_is_given_back_at_once(table: Table) -> None:
    assert table.take(Reason.CATEGORY) == b"CATEGORY"
    assert (table.waits, table.sent) == ([], [])


def test_a_question_that_is_asked_upstream_is_replied_to_once(table: Table) -> None:
    assert table.take(Ask) is None
    (waiter,) = table.upstream.waiters
    waiter(ANSWER)
    waiter(ANSWER)
    table.loop.pass_by(0)
    assert table.waits == ["me"]
    assert table.sent == [(b"DEFAULT", "me")]


def test_a_held_question_is_handed_in_again_when_its_device_is_known(table: Table) -> None:
    held: list[tuple[str, Callable[[], None]]] = []
    table.holder = lambda client, again: held.append((client, again))
    assert table.take(Hold, Reason.CATEGORY) is None
    assert table.sent == []
    ((client, again),) = held
    again()
    table.loop.pass_by(0)
    assert client == "10.0.0.1"
    assert table.engine.waited == [False, True]
    assert (table.waits, table.sent) == (["me"], [(b"CATEGORY", "me")])


def test_a_held_question_may_go_upstream_and_waits_once(table: Table) -> None:
    assert table.take(Hold, Ask) is None
    table.upstream.waiters[0](ANSWER)
    table.loop.pass_by(0)
    assert (table.waits, table.sent) == (["me"], [(b"DEFAULT", "me")])


@pytest.mark.parametrize("where", ["the upstream", "the engine", "the engine, held"])
def test_a_fault_ends_the_wait_of_its_question_and_is_told(table: Table, where: str) -> None:
    table.upstream.fails = where == "the upstream"
    table.engine.fails = where == "the engine"
    # where nothing more is laid out, the engine breaks
    table.take(*((Hold,) if where == "the engine, held" else (Ask,)))
    for waiter in table.upstream.waiters:
        waiter(ANSWER)
    table.loop.pass_by(0)
    assert len(table.faults) == 1
    assert (table.waits, table.sent) == (["me"], [(b"", "me")])


def test_the_replies_of_a_burst_are_sent_together_but_no_more_than_64(table: Table) -> None:
    table.engine.outcomes = [Ask] * 100
    for number in range(100):
        table.receive(PACKET, "10.0.0.1", "10.0.0.2", str(number), 1000.0)
    table.ask_waiting()
    for waiter in table.upstream.waiters:
        waiter(ANSWER)
    assert len(table.sent) == 64
    table.loop.pass_by(0)
    assert [to for _, to in table.sent] == [str(number) for number in range(100)]


@pytest.mark.parametrize(
    ("shown", "client"),
    [("::ffff:192.0.2.1", "192.0.2.1"), ("192.0.2.1", "192.0.2.1"), ("::ffff:1", "::ffff:1"), ("fd00::1", "fd00::1")],
)
def test_a_client_of_ipv4_is_one_on_any_socket(shown: str, client: str) -> None:
    assert unmapped(shown) == client
