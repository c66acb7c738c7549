"""One question on its way, and those who wait for it."""

from __future__ import annotations

import dns.message

from guardian.model import Answer, AskKey, Reason
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import MAX_WAITERS, Attempt, Exchange
from guardian.wire.names import to_wire
from tests.unit.resolver.paper import HERE, PaperUpstream

KEY = AskKey(to_wire("a-name-with-letters.example"), 1, 1, dnssec_ok=False, checking_disabled=False, group=0)
NOBODY = PaperUpstream(HERE, None)
ANSWER = Answer(0, authentic=False, truncated=False, counts=(0, 0), body=b"", ttl=60)


def ignore(_: Answer | Reason) -> None:
    """Wait for nothing."""


def test_all_who_wait_hear_the_same_answer() -> None:
    heard: list[Answer | Reason] = []
    exchange = Exchange(KEY, heard.append)
    assert exchange.join(heard.append)
    exchange.settle(ANSWER)
    assert heard == [ANSWER, ANSWER]


def test_no_more_may_wait_than_the_bound_says() -> None:
    exchange = Exchange(KEY, ignore)
    joined = [exchange.join(ignore) for _ in range(MAX_WAITERS)]
    assert joined == [True] * (MAX_WAITERS - 1) + [False]


def test_each_attempt_has_its_own_id_and_its_own_letter_case() -> None:
    exchange = Exchange(KEY, ignore)
    drawn = set()
    chance = Chance()
    for _ in range(50):
        attempt = Attempt(exchange, NOBODY, chance)
        message = dns.message.from_wire(attempt.message)
        assert message.id == attempt.identity
        assert attempt.question in attempt.message
        drawn.add((message.id, message.question[0].name.to_text()))
    assert len(drawn) == 50
    assert len({name for _, name in drawn}) > 40
    assert {name.lower() for _, name in drawn} == {"a-name-with-letters.example."}


def test_a_question_tells_an_upstream_nothing_of_who_asks() -> None:
    attempt = Attempt(Exchange(KEY, ignore, "192.168.1.20"), NOBODY, Chance())
    message = dns.message.from_wire(attempt.message)
    assert message.options == ()
    assert message.payload == 1232
