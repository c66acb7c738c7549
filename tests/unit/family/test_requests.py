"""A child asks, a parent answers, and then it is forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import add_child
from guardian.family.log import read_log
from guardian.family.reading import read_family
from guardian.family.requests import MAX_OPEN, answer, ask, count_waiting, forget_request, read_requests
from guardian.family.spans import Span, end_of
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


@pytest.fixture
def ana(store: sqlite3.Connection, now: datetime) -> int:
    return add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)


def test_a_child_asks_for_one_site_and_gets_it_for_an_hour(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    number = ask(store, ana, "open", "https://lichess.org/training", "për klubin", now)
    assert read_requests(store, ana) == (
        (number, ana, "open", "lichess.org", "për klubin", "2026-11-24", None, None, None, False),
    )
    assert count_waiting(store) == 1
    until = end_of(Span.HOUR, now)
    answer(store, number, yes=True, words="mirë", until=until, who="Mira", now=now)
    (rule,) = read_family(store).rules
    assert rule[1:] == (ana, "lichess.org", True, "mirë", until)
    assert read_requests(store)[0][6:9] == ("yes", "mirë", until)
    assert count_waiting(store) == 0
    forget_request(store, number, ana)
    assert read_requests(store) == ()


def test_a_no_has_a_reason(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    number = ask(store, ana, "open", "lichess.org", "", now)
    with pytest.raises(DecisionError, match="needs a reason"):
        answer(store, number, yes=False, words=" ", who="Mira", now=now)
    answer(store, number, yes=False, words="flasim sonte", until=5, who="Mira", now=now)
    assert read_requests(store)[0][6:9] == ("no", "flasim sonte", None)
    assert read_family(store).rules == ()


def test_an_objection_is_a_request_that_changes_nothing_by_itself(
    store: sqlite3.Connection, now: datetime, ana: int
) -> None:
    number = ask(store, ana, "objection", "fjetja në orën nëntë", "jam dymbëdhjetë", now)
    answer(store, number, yes=True, words="po", who="Mira", now=now)
    assert read_family(store).rules == ()
    assert read_requests(store)[0].about == "fjetja në orën nëntë"


def test_asked_again_it_is_the_same_request(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    numbers = {ask(store, ana, "open", typed, "", now) for typed in ("lichess.org", "LICHESS.org.", "//lichess.org")}
    assert len(numbers) == 1
    answer(store, *numbers, yes=False, words="jo", who="Mira", now=now)
    assert ask(store, ana, "open", "lichess.org", "prapë", now) not in numbers


def test_a_child_has_so_many_requests_at_once(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    beni = add_child(store, "Beni", Band.TEEN, None, "Mira", now)
    for number in range(MAX_OPEN):
        ask(store, ana, "open", f"s{number}.example", "", now)
    with pytest.raises(DecisionError, match=f"{MAX_OPEN} requests"):
        ask(store, ana, "open", "one.more.example", "", now)
    assert ask(store, beni, "open", "s1.example", "", now)


def test_a_child_can_not_forget_what_another_asked(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    number = ask(store, ana, "open", "lichess.org", "", now)
    with pytest.raises(DecisionError, match="of this child"):
        forget_request(store, number, ana + 1)
    assert count_waiting(store) == 1


def test_a_request_that_is_gone_can_not_be_answered(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    number = ask(store, ana, "open", "lichess.org", "", now)
    forget_request(store, number, ana)
    with pytest.raises(DecisionError, match="no such request"):
        answer(store, number, yes=True, who="Mira", now=now)


def test_the_log_says_that_it_was_answered_and_not_what(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    before = read_log(store)
    number = ask(store, ana, "open", "lichess.org", "shah", now)
    assert read_log(store) == before
    answer(store, number, yes=True, words="shah", who="Mira", now=now)
    told = [(line.what.value, line.detail) for line in read_log(store)[:2]]
    assert told == [("request answered", "yes"), ("rule added", "open")]
