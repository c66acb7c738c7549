"""Something for a while, and an end to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from guardian.errors import DecisionError
from guardian.family.decisions import Measure
from guardian.family.measures import MAX_HOURS, end_measure, take_measure
from guardian.family.reading import read_family
from guardian.family.spans import Span, end_of, end_of_day

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime


def test_a_lesson_opens_its_sites(store: sqlite3.Connection, now: datetime) -> None:
    until = int(now.timestamp()) + 45 * 60
    sites = ["Wikipedia.org", "kiwix.org", "wikipedia.org"]
    number = take_measure(store, None, "lesson", "everything", until, sites, who="Mira", now=now)
    assert read_family(store).measures == (
        Measure(number, None, "lesson", "everything", until, ("wikipedia.org", "kiwix.org")),
    )
    end_measure(store, number, "Mira", now)
    assert read_family(store).measures == ()
    with pytest.raises(DecisionError, match="over"):
        end_measure(store, number, "Mira", now)


def test_a_measure_takes_the_place_of_its_like(store: sqlite3.Connection, now: datetime) -> None:
    soon = int(now.timestamp()) + 600
    take_measure(store, None, "off", "everything", soon, (), who="Mira", now=now)
    take_measure(store, None, "off", "everything", soon + 600, (), who="Mira", now=now)
    take_measure(store, None, "off", "category:games", soon, (), who="Mira", now=now)
    found = [(measure.subject, measure.until) for measure in read_family(store).measures]
    assert found == [("everything", soon + 600), ("category:games", soon)]


@pytest.mark.parametrize("kind", MAX_HOURS)
@pytest.mark.parametrize("over", [0, 1])
def test_no_measure_is_endless(store: sqlite3.Connection, now: datetime, kind: str, over: int) -> None:
    names = ["kiwix.org"] if kind == "lesson" else []
    until = int(now.timestamp()) + 3600 * MAX_HOURS[kind] + over
    if not over:
        take_measure(store, None, kind, "everything", until, names, who="Mira", now=now)
        return
    with pytest.raises(DecisionError, match=f"within {MAX_HOURS[kind]} hours"):
        take_measure(store, None, kind, "everything", until, names, who="Mira", now=now)


@pytest.mark.parametrize(
    ("kind", "subject", "names", "seconds"),
    [
        ("lesson", "everything", [], 60),
        ("off", "everything", ["kiwix.org"], 60),
        ("off", "everything", [], 0),
        ("pause", "category:games", [], 60),
        ("holiday", "everything", [], 60),
        ("lesson", "everything", [f"s{number}.example" for number in range(51)], 60),
    ],
)
def test_a_measure_that_means_nothing_is_refused(
    store: sqlite3.Connection, now: datetime, kind: str, subject: str, names: list[str], seconds: int
) -> None:
    with pytest.raises(DecisionError):
        take_measure(store, None, kind, subject, int(now.timestamp()) + seconds, names, who="Mira", now=now)


def test_a_parents_yes_ends_after_a_quarter_an_hour_a_day_or_never(now: datetime) -> None:
    start = int(now.timestamp())
    ends = [end_of(span, now) for span in Span]
    assert ends == [start + 900, start + 3600, start + 8 * 3600 + 1800, None]


def test_a_day_ends_at_midnight_on_the_wall(now: datetime) -> None:
    autumn = now.replace(month=10, day=25, hour=0, minute=0)
    assert end_of_day(autumn).timestamp() - autumn.timestamp() == 25 * 3600
    assert end_of_day(now, days=1) == now.replace(hour=0, minute=0) + timedelta(days=2)
