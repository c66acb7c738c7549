"""Keep upstreams' answers for everyone: fresh ones, older ones for bad hours, and that there was none.

Law 1: an older answer serves at most STALE_SECONDS after its time (RFC 8767); a failure is kept for FAILURE_SECONDS
       (RFC 9520).
Law 2: an answer longer than LONGEST_KEPT serves those who wait for it and is not kept: one over TCP has up to 64 KiB,
       and thousands of them would fill the memory.
Law 3: an answer that is asked for near its end is renewed behind the reply, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.engine.cache import TwoGenerations

if TYPE_CHECKING:
    from guardian.model import Answer, AskKey, Reason

STALE_SECONDS = 86_400.0
FAILURE_SECONDS = 5.0
LONGEST_KEPT = 4096
"""Octets of an answer that is kept."""
SHORTEST_RENEWED = 20
"""Seconds: an answer that lives shorter is not worth renewing ahead."""
_LEAD = 10
"""An answer is renewed in the last tenth of its time."""


class Kept(NamedTuple):
    """An answer and how long it is fresh, in monotonic seconds."""

    answer: Answer
    fresh_until: float
    lead: float
    """Seconds before the end from which on it is renewed."""


class AnswerCache:
    """What upstreams said."""

    def __init__(self, max_entries: int) -> None:
        """Hold at most `max_entries` answers and as many failures."""
        self._kept: TwoGenerations[AskKey, Kept] = TwoGenerations(max_entries)
        self._failures: TwoGenerations[AskKey, Reason] = TwoGenerations(max_entries)
        self._renewing: TwoGenerations[AskKey, float] = TwoGenerations(max_entries)

    def find(self, key: AskKey, now: float) -> Kept | None:
        """Give a fresh answer."""
        found = self._kept.find(key)
        return found[1] if found is not None and found[1].fresh_until > now else None

    def stale(self, key: AskKey, now: float) -> Answer | None:
        """Give an answer, fresh or older."""
        kept = self._kept.get(key, now)
        return kept.answer if kept is not None else None

    def failed(self, key: AskKey, now: float) -> Reason | None:
        """Say why the last asking failed, while asking again would come too soon."""
        return self._failures.get(key, now)

    def keep(self, key: AskKey, answer: Answer, now: float) -> None:
        """Keep an answer for its time; it ends what was known of failures."""
        self._failures.drop(key)
        found = self._kept.find(key)
        if found is not None and found[1].answer is answer:
            return
        if answer.ttl <= 0 or len(answer.body) > LONGEST_KEPT:
            if not answer.truncated:
                # newer, if not to be kept itself: what it replaces must not come back in a bad hour
                self._kept.drop(key)
            return
        lead = answer.ttl / _LEAD if answer.ttl >= SHORTEST_RENEWED else 0.0
        self._kept.put(key, Kept(answer, now + answer.ttl, lead), now + answer.ttl + STALE_SECONDS)

    def fail(self, key: AskKey, reason: Reason, now: float) -> None:
        """Remember that asking failed."""
        self._failures.put(key, reason, now + FAILURE_SECONDS)

    def wants_refresh(self, key: AskKey, kept: Kept, now: float) -> bool:
        """Say whether an answer should be renewed now; True once in each last tenth of its time."""
        if now < kept.fresh_until - kept.lead or self._renewing.get(key, now) == kept.fresh_until:
            return False
        self._renewing.put(key, kept.fresh_until, kept.fresh_until)
        return True

    def sweep(self, now: float) -> None:
        """Drop what serves nobody any more."""
        for table in (self._kept, self._failures, self._renewing):
            table.sweep(now)
