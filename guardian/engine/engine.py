"""Decide what to do with one query, without doing any of it.

Law 1: no socket, no clock, no file; `now` is monotonic seconds. What needs the network is handed out as an Ask.
Law 2: every reply passes `finish` exactly once.
Law 3: the same packet of the same policy gets the same reply until that reply's time is over; nothing in a reply tells
       when somebody else asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.engine.cache import TwoGenerations
from guardian.engine.stages import STAGES
from guardian.model import Answer, Ask, AskKey, Band, Reason, Reply
from guardian.wire import codes

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from guardian.model import Query
    from guardian.policy.policy import Policy

MAX_ASKERS = 4096


class _Asker(NamedTuple):
    """A client, as long as the generation lives."""

    mark: bytes
    """Tells its policy's replies from another's."""
    policy: Policy


class Engine:
    """The walk of a query, from packet to reply or to what must be asked."""

    def __init__(self, generation: Generation, *, cache_entries: int = 8000, replay_entries: int = 16_000) -> None:
        """Hold at most `cache_entries` answers and `replay_entries` ready replies."""
        self._cache: TwoGenerations[AskKey, Answer] = TwoGenerations(cache_entries)
        self._replays: TwoGenerations[bytes, bytes] = TwoGenerations(replay_entries)
        self._askers: dict[str, _Asker] = {}
        self._generation = generation

    @property
    def generation(self) -> Generation:
        """What decisions are made from now."""
        return self._generation

    def replace(self, generation: Generation) -> None:
        """Decide by `generation` from now on; answers stay, everything judged goes."""
        self._generation = generation
        self._askers = {}
        self._replays.clear()

    def replay(self, packet: bytes, client: str, now: float) -> bytes | None:
        """Give the ready reply to a packet known byte for byte after its ID, None where it must be read."""
        asker = self._askers.get(client)
        if asker is None:
            return None
        key = asker.mark + packet[2:]
        kept = self._replays.young.get(key) or self._replays.get(key, now)
        if kept is None or kept.until <= now:
            return None
        return packet[:2] + kept.value

    def receive_query(self, query: Query, now: float) -> Reply | Ask:
        """Answer `query` at once, or say what to ask an upstream."""
        asker = self._askers.get(query.client) or self._identify(query.client)
        if asker is None:
            return Reply(query._replace(payload=0), codes.REFUSED, Reason.OUTSIDER)
        for stage in STAGES:
            reply = stage(query, asker.policy, self._generation)
            if reply is not None:
                return reply
        key = self._key(query)
        kept = self._cache.get(key, now)
        if kept is not None:
            return Reply(query, kept.value.rcode, Reason.DEFAULT, kept.value, until=kept.until)
        return Ask(key, query)

    def receive_answer(self, ask: Ask, answer: Answer, now: float) -> Reply:
        """Keep an upstream's answer and judge it for the one who asked; called once for each waiter."""
        if answer.ttl > 0 and self._cache.get(ask.key, now) is None:
            self._cache.put(ask.key, answer, now + answer.ttl)
        judged = self.receive_query(ask.query, now)
        if isinstance(judged, Reply):
            return judged
        return Reply(ask.query, answer.rcode, Reason.DEFAULT, answer)

    def receive_failure(self, ask: Ask, reason: Reason, now: float) -> Reply:
        """Say that no upstream could answer."""
        del now
        return Reply(ask.query, codes.SERVFAIL, reason)

    def finish(self, reply: Reply, packet: bytes, now: float) -> bytes:
        """Write a reply to `packet`, and keep it ready where the same packet may get it again."""
        message = self._generation.scribe.write(reply)
        query = reply.query
        if query.repeats and reply.until > now:
            asker = self._askers.get(query.client)
            if asker is not None:
                self._replays.put(asker.mark + packet[2:], message[2:], reply.until)
        return message

    def admits(self, client: str) -> bool:
        """Say whether a client is of this house."""
        return client in self._askers or self._identify(client) is not None

    def _identify(self, client: str) -> _Asker | None:
        band = self._generation.household.band_of(client)
        if band is None:
            return None
        if len(self._askers) >= MAX_ASKERS:
            self._askers = {}
        asker = _Asker(bytes((list(Band).index(band),)), self._generation.policies[band])
        self._askers[client] = asker
        return asker

    def _key(self, query: Query) -> AskKey:
        zones, group = self._generation.zones, 0
        if zones:
            group = next((zones[query.name[at:]] for at in query.labels if query.name[at:] in zones), 0)
        return AskKey(query.name, query.qtype, query.qclass, query.dnssec_ok, bool(query.flags & codes.CD), group)
