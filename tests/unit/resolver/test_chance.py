"""Random octets in bulk."""

from __future__ import annotations

import secrets
from itertools import count
from typing import TYPE_CHECKING

from guardian.resolver.chance import Chance

if TYPE_CHECKING:
    import pytest


def test_no_octet_is_given_twice_and_none_is_left_out_of_a_bulk(monkeypatch: pytest.MonkeyPatch) -> None:
    bulks = count(1)
    monkeypatch.setattr(secrets, "token_bytes", lambda size: bytes([next(bulks)]) * size)
    chance = Chance(bulk=8)
    taken = [chance.take(4) for _ in range(6)]
    assert taken == [0x01010101, 0x01010101, 0x02020202, 0x02020202, 0x03030303, 0x03030303]


def test_what_is_left_of_a_bulk_is_not_mixed_with_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    bulks = count(1)
    monkeypatch.setattr(secrets, "token_bytes", lambda size: bytes([next(bulks)]) * size)
    chance = Chance(bulk=8)
    assert [chance.take(3) for _ in range(3)] == [0x010101, 0x010101, 0x020202]


def test_numbers_are_of_the_size_that_was_asked_for_and_differ() -> None:
    chance = Chance()
    taken = [chance.take(16) for _ in range(2000)]
    assert len(set(taken)) == 2000
    assert max(taken).bit_length() == 128
