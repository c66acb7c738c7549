"""What of upstreams' answers is kept."""

from __future__ import annotations

import pytest

from guardian.engine.answers import LONGEST_KEPT, AnswerCache
from guardian.model import Answer, AskKey
from guardian.wire import codes
from guardian.wire.names import to_wire

T = 1000.0
KEY = AskKey(to_wire("long.example"), 16, codes.IN, dnssec_ok=False, checking_disabled=False, group=0)


def answer(size: int) -> Answer:
    return Answer(codes.NOERROR, authentic=False, truncated=False, counts=(1, 0), body=bytes(size), ttl=60)


@pytest.mark.parametrize(("size", "kept"), [(LONGEST_KEPT, True), (LONGEST_KEPT + 1, False), (65_000, False)])
def test_an_answer_too_long_for_many_of_its_kind_is_not_kept(size: int, *, kept: bool) -> None:
    cache = AnswerCache(100)
    cache.keep(KEY, answer(size), T)
    assert (cache.find(KEY, T) is not None) is kept
    assert (cache.stale(KEY, T) is not None) is kept


def test_a_long_answer_ends_what_was_known_before_it() -> None:
    cache = AnswerCache(100)
    cache.keep(KEY, answer(100), T)
    cache.keep(KEY, answer(65_000), T + 100)
    assert cache.stale(KEY, T + 100) is None
