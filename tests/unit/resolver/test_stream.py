"""Questions over one connection that a test makes, breaks and mends by hand: no socket, and time is a number."""

from __future__ import annotations

import contextlib
import ssl
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, cast

import dns.message
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.config.values import Transport
from guardian.errors import UpstreamError
from guardian.model import AskKey
from guardian.resolver import stream
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Exchange
from guardian.resolver.health import Health
from guardian.resolver.stream import IDLE_SECONDS, SILENT_SECONDS, StreamUpstream
from guardian.wire import codes
from guardian.wire.framing import Framing
from guardian.wire.names import to_wire
from tests.unit.resolver.paper import HERE, PaperLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.config.values import Server
    from guardian.model import Answer
    from guardian.resolver.exchange import Attempt
    from guardian.resolver.watch import Watch

# the same examples at each run; nothing of a fixture changes between two of them
few = settings(max_examples=300, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLAIN = HERE._replace(transport=Transport.TCP)
TROUBLE = "port 853 does not answer"


class Loop(PaperLoop):
    """A loop that also owes calls at the end of a turn."""

    def call_soon(self, call: Callable[..., None], *given: object) -> None:
        """Owe a call."""
        self.call_later(0, partial(call, *given))

    def turn(self) -> None:
        """End the turn."""
        self.pass_to(self.now)


class PaperConnection:
    """A connection that notes what it is sent."""

    made: list[PaperConnection]
    refuses = False

    def __init__(self, *given: object) -> None:
        if self.refuses:
            raise UpstreamError("no way leads there")
        self.owner = cast("StreamUpstream", given[-1])
        self.ready = self.blocked = self.closed = self.stalled = False
        self.sent: list[bytes] = []
        self.made.append(self)

    def send(self, plain: bytes) -> None:
        self.sent.append(plain)

    def close(self) -> None:
        self.closed = True

    @classmethod
    def open_ones(cls) -> list[PaperConnection]:
        """Give those that nobody closed."""
        return [one for one in cls.made if not one.closed]

    def open(self) -> None:
        """Be ready for questions."""
        self.ready = True
        self.owner.writable()

    def end(self, trouble: str = "") -> None:
        """End, as a real one tells it."""
        self.close()
        self.owner.ended(trouble)

    def messages(self) -> list[bytes]:
        """Give each message sent."""
        return Framing().feed(b"".join(self.sent))

    def answer(self, *places: int) -> None:
        """Answer these messages, by their place."""
        self.owner.receive([_answer(self.messages()[place]) for place in places])


def _answer(question: bytes) -> bytes:
    made = dns.message.make_response(dns.message.from_wire(question), our_payload=1232)
    return made.to_wire()


def name_of(attempt: Attempt) -> str:
    """Give the name that it asks for."""
    return dns.message.from_wire(attempt.message).question[0].name.to_text().rstrip(".").lower()


class Asking:
    """A StreamUpstream over paper."""

    def __init__(self, server: Server = PLAIN, **bounds: int) -> None:
        PaperConnection.made = []
        self.loop = Loop()
        self.told: list[tuple[str, bool]] = []
        """Each name settled, and whether it was answered."""
        self.then: Callable[[], None] = lambda: None
        self.attempts: list[Attempt] = []
        self.upstream = StreamUpstream(server, cast("Watch", self), Chance(), self._hear, Health(), **bounds)

    def ask(self, *names: str) -> None:
        """Ask, and end the turn of the loop."""
        for name in names:
            key = AskKey(to_wire(name), codes.A, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)
            exchange = Exchange(key, lambda _: None)
            self.upstream.ask(exchange)
            self.attempts += exchange.attempts
        self.loop.turn()

    @property
    def last(self) -> PaperConnection:
        """The newest connection."""
        return PaperConnection.made[-1]

    def opened(self, *names: str) -> PaperConnection:
        """Ask, and let the connection open."""
        self.ask(*names)
        self.last.open()
        return self.last

    def _hear(self, attempt: Attempt, answer: Answer | None) -> None:
        attempt.give_up()
        self.told.append((name_of(attempt), answer is not None))
        self.then()


@pytest.fixture(autouse=True)
def _paper(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "Connection", PaperConnection)
    monkeypatch.setattr(PaperConnection, "refuses", False)


def test_questions_wait_for_the_connection_and_go_out_in_one_piece() -> None:
    asking = Asking()
    asking.ask("a.example", "b.example", "c.example")
    assert asking.last.sent == []
    asking.last.open()
    assert len(asking.last.sent) == 1
    assert len(asking.last.messages()) == 3


def test_a_burst_goes_out_in_one_piece_too() -> None:
    asking = Asking()
    connection = asking.opened("a.example")
    asking.ask("b.example", "c.example")
    assert len(connection.sent) == 2


def test_a_question_given_up_before_the_connection_opened_is_not_sent() -> None:
    asking = Asking()
    asking.ask("a.example", "b.example")
    asking.attempts[0].give_up()
    asking.last.open()
    assert len(asking.last.messages()) == 1


def test_questions_wait_while_the_socket_takes_nothing() -> None:
    asking = Asking()
    connection = asking.opened("a.example")
    connection.blocked = True
    asking.ask("b.example")
    assert len(connection.messages()) == 1
    connection.blocked = False
    connection.owner.writable()
    assert len(connection.messages()) == 2


def test_no_two_open_questions_have_one_id(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((7, 7, 7, 8, 7, 8, 9))
    monkeypatch.setattr(Chance, "take", lambda _, __: next(drawn))
    asking = Asking()
    asking.ask("a.example", "b.example", "c.example")
    assert [attempt.identity for attempt in asking.attempts] == [7, 8, 9]


def test_no_more_wait_for_the_connection_than_the_bound_says() -> None:
    asking = Asking(max_queued=3)
    asking.ask("a.example", "b.example", "c.example")
    with pytest.raises(UpstreamError, match="too many"):
        asking.ask("d.example")


def test_no_more_wait_for_answers_than_the_bound_says() -> None:
    asking = Asking(max_open=3)
    connection = asking.opened("a.example", "b.example", "c.example")
    with pytest.raises(UpstreamError, match="too many"):
        asking.ask("d.example")
    connection.answer(0)
    asking.ask("d.example")
    assert len(connection.messages()) == 4


def test_a_late_answer_to_a_question_given_up_is_nobodys() -> None:
    asking = Asking()
    connection = asking.opened("a.example", "b.example")
    asking.attempts[0].give_up()
    connection.answer(0, 1)
    assert asking.told == [("b.example", True)]


def test_an_answer_to_another_question_under_the_same_id_is_ignored() -> None:
    asking = Asking()
    connection = asking.opened("a.example", "b.example")
    first, second = map(_answer, connection.messages())
    connection.owner.receive([first[:2] + second[2:], b"", first[:2]])
    assert asking.told == []
    connection.answer(0)
    assert asking.told == [("a.example", True)]


def test_what_an_ended_connection_left_open_is_asked_on_a_new_one_and_then_has_failed() -> None:
    asking = Asking()
    first = asking.opened("a.example", "b.example", "c.example")
    first.answer(1)
    first.end()
    second = asking.last
    assert second is not first
    second.open()
    assert len(second.messages()) == 2
    second.end()
    assert asking.told == [("b.example", True), ("a.example", False), ("c.example", False)]
    assert len(PaperConnection.made) == 2


def test_a_connection_that_gave_answers_before_it_ended_is_opened_anew_without_a_pause() -> None:
    asking = Asking()
    first = asking.opened("a.example", "b.example")
    first.end()
    second = asking.last
    second.open()
    asking.ask("c.example")
    second.answer(0)
    second.end()
    assert asking.told == [("a.example", True), ("b.example", False)]
    asking.last.open()
    asking.last.answer(0)
    assert asking.told[-1] == ("c.example", True)


def test_where_it_does_not_open_everything_fails_and_so_does_asking_until_the_pause_is_over() -> None:
    asking = Asking()
    asking.ask("a.example", "b.example")
    asking.last.end(TROUBLE)
    assert asking.told == [("a.example", False), ("b.example", False)]
    assert asking.upstream.trouble == TROUBLE
    with pytest.raises(UpstreamError, match=TROUBLE):
        asking.ask("c.example")
    asking.loop.pass_to(0.5)
    asking.opened("c.example").answer(0)
    assert asking.told[-1] == ("c.example", True)
    assert asking.upstream.trouble == ""


def test_pauses_double_up_to_four_seconds_and_an_answer_ends_them() -> None:
    asking = Asking()
    began: list[float] = []
    while len(began) < 6:
        try:
            asking.ask("a.example")
        except UpstreamError:
            asking.loop.pass_to(asking.loop.now + 0.25)
        else:
            began.append(asking.loop.now)
            asking.last.end(TROUBLE)
    assert [later - earlier for earlier, later in pairwise(began)] == [0.5, 1, 2, 4, 4]
    asking.loop.pass_to(asking.loop.now + 4)
    asking.opened("a.example").answer(0)
    asking.last.end()
    asking.ask("b.example")
    asking.last.end(TROUBLE)
    asking.loop.pass_to(asking.loop.now + 0.5)
    asking.ask("c.example")


def test_where_no_way_leads_there_asking_fails_with_the_reason_and_a_pause() -> None:
    PaperConnection.refuses = True
    asking = Asking()
    for _ in range(2):
        with pytest.raises(UpstreamError, match="no way leads there"):
            asking.ask("a.example")
    assert asking.upstream.trouble == "no way leads there"


def test_where_this_machine_allows_no_safe_tls_asking_fails_with_the_reason_and_a_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    strict = ssl.create_default_context()
    strict.maximum_version = ssl.TLSVersion.TLSv1_2
    # as the policy of a machine may say
    strict.set_ciphers("NULL")
    monkeypatch.setattr(stream, "authorities", lambda: strict)
    asking = Asking(HERE._replace(transport=Transport.TLS, name="dns.example"))
    for _ in range(2):
        with pytest.raises(UpstreamError, match="TLS with it failed: no ciphers available"):
            asking.ask("a.example")
    assert PaperConnection.made == []


def test_where_no_new_connection_can_be_opened_what_the_last_one_left_open_has_failed() -> None:
    asking = Asking()
    connection = asking.opened("a.example", "b.example")
    PaperConnection.refuses = True
    connection.end()
    assert asking.told == [("a.example", False), ("b.example", False)]
    assert asking.upstream.trouble == "no way leads there"


def test_a_failed_question_takes_no_new_one_of_the_same_id_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((7, 8, 9, 8))
    monkeypatch.setattr(Chance, "take", lambda _, __: next(drawn))
    asking = Asking()
    asking.opened("a.example", "b.example").end()
    asking.last.open()
    asking.ask("c.example")
    asking.last.answer(2)

    def again() -> None:
        asking.then = lambda: None
        asking.ask("d.example")

    asking.then = again
    asking.last.end()
    assert asking.told == [("c.example", True), ("a.example", False), ("b.example", False)]
    asking.last.open()
    asking.last.answer(0)
    assert asking.told[-1] == ("d.example", True)


def test_who_asks_again_at_each_failure_is_refused_and_not_carried_round_and_round() -> None:
    asking = Asking()
    refused: list[str] = []

    def again() -> None:
        try:
            asking.ask("again.example")
        except UpstreamError as error:
            refused.append(str(error))

    asking.then = again
    asking.ask("a.example", "b.example")
    asking.last.end(TROUBLE)
    assert refused == [TROUBLE, TROUBLE]
    assert len(PaperConnection.made) == 1


def test_a_connection_that_nobody_needs_is_closed() -> None:
    asking = Asking()
    connection = asking.opened("a.example")
    connection.answer(0)
    asking.loop.pass_to(IDLE_SECONDS - 0.1)
    assert PaperConnection.open_ones() == [connection]
    asking.loop.pass_to(IDLE_SECONDS + SILENT_SECONDS)
    assert PaperConnection.open_ones() == []
    asking.opened("b.example").answer(0)
    assert asking.told == [("a.example", True), ("b.example", True)]


def test_a_connection_in_use_is_kept() -> None:
    asking = Asking()
    connection = asking.opened("0.example")
    connection.answer(0)
    for number in range(1, 20):
        asking.loop.pass_to(number * IDLE_SECONDS / 2)
        asking.ask(f"{number}.example")
        connection.answer(number)
    assert PaperConnection.made == [connection]


def test_a_connection_on_which_nothing_comes_back_is_left_for_a_new_one() -> None:
    asking = Asking()
    first = asking.opened("a.example")
    first.answer(0)
    asking.ask("b.example")
    asking.loop.pass_to(2 * SILENT_SECONDS)
    assert first.closed
    asking.last.open()
    asking.last.answer(0)
    assert asking.told == [("a.example", True), ("b.example", True)]


def test_a_round_without_an_answer_leaves_a_connection_only_where_it_leads_nowhere() -> None:
    asking = Asking()
    first = asking.opened("a.example")
    asking.upstream.wear_out()
    assert PaperConnection.open_ones() == [first]
    first.stalled = True
    asking.upstream.wear_out()
    asking.upstream.wear_out()
    asking.loop.turn()
    assert first.closed
    assert len(PaperConnection.made) == 2
    asking.opened().answer(0)
    assert asking.told == [("a.example", True)]


def test_who_never_answers_is_said_to_do_so_though_nobody_waits_any_longer() -> None:
    asking = Asking()
    asking.opened("a.example")
    asking.attempts[0].give_up()
    asking.loop.pass_to(2 * SILENT_SECONDS)
    assert asking.upstream.trouble == "it takes questions and answers none"


def test_closing_closes_the_connection_and_owes_no_call() -> None:
    asking = Asking()
    connection = asking.opened("a.example")
    asking.attempts[0].give_up()
    asking.upstream.close()
    assert connection.closed
    assert [timer for timer in asking.loop.timers if timer.at < float("inf")] == []


STEPS = ("ask", "ask", "ask", "open", "answer", "answer", "end", "end in trouble", "wait", "give up", "block", "stall")


@few
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1000)), max_size=60))
def test_whatever_happens_each_question_is_settled_once_or_refused(steps: list[tuple[str, int]]) -> None:
    asking = Asking(max_open=6, max_queued=4)
    asked: list[str] = []
    for number, (step, which) in enumerate(steps):
        take(step, which, asking, asked, f"n{number}.example")
        assert len(asking.upstream._open) <= 6
        assert len(asking.upstream._queue) <= max(4, len(asking.upstream._open))
        assert len(PaperConnection.open_ones()) <= 1
    for _ in range(3):
        asking.loop.pass_to(asking.loop.now + 20)
        for connection in PaperConnection.open_ones():
            connection.end(TROUBLE)
    told = [name for name, _ in asking.told]
    assert sorted(told) == sorted(asked)


def take(step: str, which: int, asking: Asking, asked: list[str], name: str) -> None:
    """Let one thing happen; `asked` are those that must be settled."""
    connection = next(iter(PaperConnection.open_ones()), None)
    waiting = [attempt for attempt in asking.attempts if attempt.outlet is not None]
    if step == "ask":
        with contextlib.suppress(UpstreamError):
            asking.ask(name)
            asked.append(name)
    elif step == "wait":
        asking.loop.pass_to(asking.loop.now + which / 100)
    elif step == "give up" and waiting:
        attempt = waiting[which % len(waiting)]
        asked.remove(name_of(attempt))
        attempt.give_up()
    elif connection is None:
        return
    elif step == "open":
        connection.blocked = False
        connection.open()
    elif step == "answer" and connection.messages():
        connection.answer(which % len(connection.messages()))
    elif step in {"end", "end in trouble"}:
        connection.end(TROUBLE if step != "end" else "")
    elif step == "block":
        connection.blocked = True
    elif step == "stall":
        connection.stalled = True
        asking.upstream.wear_out()
        asking.loop.turn()
