"""More rules than fit in memory come back in order, and none is lost."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.lists.spool import NameSpool, RuleSpool

ROUNDS = settings(max_examples=15, deadline=None)


@ROUNDS
@given(st.lists(st.binary(min_size=11, max_size=11), max_size=40), st.sampled_from([1, 11, 12, 33, 16_384]))
def test_each_hash_comes_back_once_and_in_order_with_all_that_was_said(records: list[bytes], buffer: int) -> None:
    spool = RuleSpool(io.BytesIO(), buffer=buffer)
    for record in records + records[:3]:
        spool.put(record)
    expected: dict[bytes, list[bytes]] = {}
    for record in sorted(set(records)):
        expected.setdefault(record[:8], []).append(record[8:])
    assert list(spool.groups()) == [(digest, b"".join(tails)) for digest, tails in expected.items()]


@ROUNDS
@given(st.lists(st.binary(max_size=255), max_size=30), st.sampled_from([1, 2, 100, 256, 1 << 20]))
def test_names_come_back_as_they_went_in(names: list[bytes], buffer: int) -> None:
    spool = NameSpool(io.BytesIO(), buffer=buffer)
    for name in names:
        spool.put(name)
    assert list(spool) == names


@pytest.mark.parametrize("buffer", [1, 64, 4096])
def test_memory_holds_one_small_buffer_a_bucket(buffer: int) -> None:
    spool, chance = RuleSpool(io.BytesIO(), buffer=buffer), random.Random(2)
    for _ in range(2000):
        spool.put(chance.randbytes(11))
    assert max(map(len, spool._buffers)) < buffer + 11
    assert sum(1 for _ in spool.groups()) == 2000
