"""Names and services that a parent opens or closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.children import add_child
from guardian.family.choices import choose
from guardian.family.decisions import Choice, NameRule
from guardian.family.log import read_log
from guardian.family.reading import read_family
from guardian.family.rules import add_rule, remove_rule
from guardian.model import Band

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


@pytest.fixture
def ana(store: sqlite3.Connection, now: datetime) -> int:
    return add_child(store, "Ana", Band.PRIMARY, None, "Mira", now)


def test_a_name_is_opened_for_a_child_and_closed_for_all(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    until = int(now.timestamp()) + 60
    first = add_rule(store, ana, "Chess.com", opens=True, reason="klubi", until=until, who="Mira", now=now)
    second = add_rule(store, None, "chess.com", opens=False, who="Mira", now=now)
    assert read_family(store).rules == (
        NameRule(first, ana, "chess.com", opens=True, reason="klubi", until=until),
        NameRule(second, None, "chess.com", opens=False, reason="", until=None),
    )


def test_the_latest_rule_on_a_name_holds(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    for child in (ana, None):
        add_rule(store, child, "chess.com", opens=True, who="Mira", now=now)
        add_rule(store, child, "chess.com", opens=False, who="Mira", now=now)
    assert [(rule.child, rule.opens) for rule in read_family(store).rules] == [(ana, False), (None, False)]


def test_a_rule_is_removed_once(store: sqlite3.Connection, now: datetime) -> None:
    number = add_rule(store, None, "chess.com", opens=True, who="Mira", now=now)
    remove_rule(store, number, "Mira", now)
    assert read_family(store).rules == ()
    with pytest.raises(DecisionError, match="no such rule"):
        remove_rule(store, number, "Mira", now)


def test_a_rule_that_is_over_already_is_refused(store: sqlite3.Connection, now: datetime) -> None:
    with pytest.raises(DecisionError, match="over before it began"):
        add_rule(store, None, "chess.com", opens=True, until=int(now.timestamp()), who="Mira", now=now)


def test_the_log_never_says_the_name_of_a_site(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    number = add_rule(store, ana, "chess.com", opens=True, reason="shah", who="Mira", now=now)
    remove_rule(store, number, "Mira", now)
    lines = read_log(store)
    assert [(line.what.value, line.detail) for line in lines[:2]] == [("rule removed", "open"), ("rule added", "open")]
    assert not any("chess" in str(line) or "shah" in str(line) for line in lines)


def test_a_service_is_chosen_and_given_back_to_the_band(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    choose(store, ana, "service:tiktok", "open", "Mira", now)
    choose(store, ana, "service:tiktok", "block", "Mira", now)
    choose(store, ana, "category:games", "open", "Mira", now)
    assert set(read_family(store).choices) == {
        Choice(ana, "service:tiktok", opens=False),
        Choice(ana, "category:games", opens=True),
    }
    choose(store, ana, "service:tiktok", None, "Mira", now)
    assert read_family(store).choices == (Choice(ana, "category:games", opens=True),)


def test_everything_is_no_choice(store: sqlite3.Connection, now: datetime, ana: int) -> None:
    with pytest.raises(DecisionError, match="hours"):
        choose(store, ana, "everything", "block", "Mira", now)
