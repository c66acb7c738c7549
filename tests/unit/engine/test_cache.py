"""A table that forgets its older half at once, beside a dictionary that forgets nothing.

Law 1: the table may forget what the dictionary knows, never the other way round.
"""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from guardian.engine.cache import TwoGenerations

KEYS = st.integers(0, 12)


class Table(RuleBasedStateMachine):
    """Puts and looks up, under a clock that only goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.table: TwoGenerations[int, int] = TwoGenerations(2)
        self.oracle: dict[int, tuple[float, int]] = {}
        self.since: dict[int, set[int]] = {}
        self.now = 0.0
        self.size = 2

    @initialize(size=st.integers(2, 12))
    def begin(self, size: int) -> None:
        self.size = size
        self.table = TwoGenerations(size)

    @rule(key=KEYS, value=st.integers(0, 3), seconds=st.integers(-1, 5))
    def put(self, key: int, value: int, seconds: int) -> None:
        self.table.put(key, value, self.now + seconds)
        self.oracle[key] = (self.now + seconds, value)
        self.touch(key)

    @rule(key=KEYS)
    def look_up(self, key: int) -> None:
        until, value = self.oracle.get(key, (0.0, 0))
        expected = value if until > self.now else None
        found = self.table.get(key, self.now)
        # What has not been pushed out by half a table of others since is still there.
        if found is None and len(self.since.get(key, set(range(99)))) < self.size // 2:
            assert expected is None
        assert found in {None, expected}
        if found is not None:
            self.touch(key)

    @rule(seconds=st.floats(0, 3))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def sweep(self) -> None:
        self.table.sweep(self.now)
        live = [key for key, (until, _) in self.oracle.items() if until > self.now]
        # A key may stand in both halves.
        assert len(self.table) <= 2 * len(live)

    @precondition(lambda self: self.oracle)
    @rule()
    def clear(self) -> None:
        self.table.clear()
        self.oracle.clear()
        self.since.clear()
        assert len(self.table) == 0

    @invariant()
    def it_stays_within_its_bound(self) -> None:
        assert len(self.table) <= self.size

    def touch(self, key: int) -> None:
        for others in self.since.values():
            others.add(key)
        self.since[key] = {key}


Table.TestCase.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
TestTable = Table.TestCase


@pytest.mark.parametrize("size", [0, 1, 2, 3, 100])
def test_a_table_holds_no_more_than_it_may(size: int) -> None:
    table: TwoGenerations[int, int] = TwoGenerations(size)
    for number in range(1000):
        table.put(number, number, 1.0)
        assert len(table) <= max(size, 2)
    assert table.get(999, 0.0) == 999


def test_a_sweep_leaves_only_what_is_still_good_and_brings_nothing_back() -> None:
    table: TwoGenerations[str, int] = TwoGenerations(4)
    table.put("news", 1, 100.0)
    table.put("other", 1, 100.0)
    table.put("news", 2, 10.0)
    table.sweep(9.0)
    assert table.get("news", 9.0) == 2
    table.sweep(10.0)
    assert table.get("news", 10.0) is None
    assert table.get("other", 10.0) == 1
    table.sweep(100.0)
    assert len(table) == 0


def test_an_entry_ends_at_its_second() -> None:
    table: TwoGenerations[str, int] = TwoGenerations(10)
    table.put("news", 1, 60.0)
    assert table.get("news", 59.999) == 1
    assert table.get("news", 60.0) is None


def test_what_is_asked_for_again_outlives_what_is_not() -> None:
    table: TwoGenerations[str, int] = TwoGenerations(8)
    table.put("asked", 1, 9.0)
    table.put("forgotten", 2, 9.0)
    for number in range(20):
        table.put(f"other-{number}", 3, 9.0)
        assert table.get("asked", 0.0) == 1
    assert table.get("forgotten", 0.0) is None


def test_the_newer_value_is_the_one_kept() -> None:
    table: TwoGenerations[str, int] = TwoGenerations(4)
    for value in range(9):
        table.put("news", value, 9.0)
        table.put("other", value, 9.0)
        assert table.get("news", 0.0) == value
    table.put("news", 99, 1.0)
    table.put("third", 0, 9.0)
    assert table.get("news", 2.0) is None
