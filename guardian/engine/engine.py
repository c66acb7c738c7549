"""Decide what to do with one query, without doing any of it.

Law 1: no socket, no clock, no file; `now` is monotonic seconds. What needs the network is handed out as an Ask.
Law 2: every reply passes `finish` exactly once.
Law 3: the same packet of the same policy gets the same reply until that reply's time is over; nothing in a reply tells
       when somebody else asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.engine.cache import TwoGenerations
from guardian.engine.stages import STAGES
from guardian.model import Answer, Ask, AskKey, Reason, Reply
from guardian.wire import codes

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from guardian.model import Query

LONGEST_REPLAY = 60.0
"""Seconds: as long as any client may keep an answer, and no longer does a name stay for its sake."""
MAX_ASKERS = 4096
SEEN = 16_384
"""Octets that tell, one a packet, whether it was asked before: traces of a hash keyed anew at each start, no names."""


class Engine:
    """The walk of a query, from packet to reply or to what must be asked."""

    def __init__(self, generation: Generation, *, cache_entries: int = 8000, replay_entries: int = 16_000) -> None:
        """Hold at most `cache_entries` answers and `replay_entries` ready replies."""
        self._cache: TwoGenerations[AskKey, Answer] = TwoGenerations(cache_entries)
        self._replays: TwoGenerations[bytes, bytes] = TwoGenerations(replay_entries)
        self.replace(generation)

    @property
    def generation(self) -> Generation:
        """What decisions are made from now."""
        return self._generation

    def replace(self, generation: Generation) -> None:
        """Decide by `generation` from now on; answers stay, everything judged goes."""
        self._generation = generation
        self._write = generation.scribe.write
        self._policies = tuple(generation.policies.values())
        self._places = {profile: bytes((place,)) for place, profile in enumerate(generation.policies)}
        self._marks: dict[str, bytes] = {}
        self._seen = bytearray(SEEN)
        self._replays.clear()

    def replay(self, packet: bytes, client: str, now: float) -> bytes | None:
        """Give the ready reply to a packet known byte for byte after its ID, None where it must be read."""
        mark = self._marks.get(client)
        if mark is None:
            return None
        kept = self._replays.find(mark + packet[2:])
        if kept is None:
            return None
        until, ready = kept
        return packet[:2] + ready if until > now else None

    def receive_query(self, query: Query, now: float) -> Reply | Ask:
        """Answer `query` at once, or say what to ask an upstream."""
        mark = self._marks.get(query.client) or self._identify(query.client)
        if mark is None:
            return Reply(query._replace(payload=0), codes.REFUSED, Reason.OUTSIDER)
        policy, generation = self._policies[mark[0]], self._generation
        for stage in STAGES:
            reply = stage(query, policy, generation)
            if reply is not None:
                return reply
        key = self._key(query)
        kept = self._cache.find(key)
        if kept is not None and kept[0] > now:
            until, answer = kept
            return Reply(query, answer.rcode, Reason.DEFAULT, answer, until=until)
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
        """Write a reply to `packet`; from the second asking on, keep it ready for the same packet."""
        message = self._write(reply)
        query, until = reply.query, reply.until
        if query.repeats and until > now:
            mark = self._marks.get(query.client)
            if mark is not None:
                key = mark + packet[2:]
                # most names are asked once, and would push out the others
                sign = hash(key)
                place, trace = sign % SEEN, sign >> 20 & 0xFF
                if self._seen[place] == trace:
                    self._replays.put(key, message[2:], min(until, now + LONGEST_REPLAY))
                else:
                    self._seen[place] = trace
        return message

    def forget(self, now: float) -> None:
        """Drop what is over; called every minute, so that memory holds no name or address for long after its use."""
        self._cache.sweep(now)
        self._replays.sweep(now)
        self._marks.clear()

    def admits(self, client: str) -> bool:
        """Say whether a client is of this house."""
        return client in self._marks or self._identify(client) is not None

    def _identify(self, client: str) -> bytes | None:
        """Give the mark that tells the replies of a client's policy from another's."""
        profile = self._generation.household.profile_of(client)
        if profile is None:
            return None
        if len(self._marks) >= MAX_ASKERS:
            self._marks.clear()
        mark = self._marks[client] = self._places[profile]
        return mark

    def _key(self, query: Query) -> AskKey:
        zones, group = self._generation.zones, 0
        if zones:
            group = next((zones[query.name[at:]] for at in query.labels if query.name[at:] in zones), 0)
        return AskKey(query.name, query.qtype, query.qclass, query.dnssec_ok, bool(query.flags & codes.CD), group)
