"""Which upstream of a group is asked next."""

from __future__ import annotations

from guardian.model import Answer, AskKey, Reason
from guardian.resolver.chance import Chance
from guardian.resolver.exchange import Attempt, Exchange
from guardian.resolver.group import TRIED, Group
from guardian.wire.names import to_wire
from tests.unit.resolver.paper import HERE, THERE, ZONE, PaperUpstream

KEY = AskKey(to_wire("a.example"), 1, 1, dnssec_ok=False, checking_disabled=False, group=0)


def ignore(_: Answer | Reason) -> None:
    """Wait for nothing."""


def upstreams(*seconds: float) -> list[PaperUpstream]:
    """Give upstreams that were heard after so many seconds."""
    made = [PaperUpstream(server, None) for server in (HERE, THERE, ZONE)[: len(seconds)]]
    for one, taken in zip(made, seconds, strict=True):
        one.health.hear(taken, 0)
    return made


def asked(*asked_ones: PaperUpstream) -> Exchange:
    exchange = Exchange(KEY, ignore)
    exchange.attempts = [Attempt(exchange, one, Chance()) for one in asked_ones]
    return exchange


def test_the_quickest_comes_first_and_each_of_the_others_in_turn() -> None:
    made = upstreams(0.03, 0.01, 0.02)
    group = Group(made)
    first = [group.first() for _ in range(3 * TRIED)]
    assert first.count(made[1]) >= 3 * (TRIED - 1)
    assert {first[TRIED - 1], first[2 * TRIED - 1], first[3 * TRIED - 1]} == set(made)


def test_one_that_is_down_is_asked_nothing() -> None:
    made = upstreams(0.03, 0.01)
    made[1].health.down = True
    group = Group(made)
    assert {group.first() for _ in range(2 * TRIED)} == {made[0]}
    assert group.next(asked(made[0])) is made[0]
    assert group.next(asked(made[0]), other=True) is None
    made[0].health.down = True
    assert group.first() is None


def test_next_comes_who_was_asked_least_and_of_these_the_quickest() -> None:
    made = upstreams(0.03, 0.01, 0.02)
    group = Group(made)
    assert group.next(asked()) is made[1]
    assert group.next(asked(made[1])) is made[2]
    assert group.next(asked(made[1], made[2])) is made[0]
    assert group.next(asked(*made)) is made[1]


def test_one_that_failed_at_a_question_is_not_asked_it_again() -> None:
    made = upstreams(0.03, 0.01)
    exchange = asked()
    exchange.failed = (made[1],)
    assert Group(made).next(exchange) is made[0]
    exchange.failed = tuple(made)
    assert Group(made).next(exchange) is None
