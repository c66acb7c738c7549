"""Decide what to do with one query, without doing any of it.

Law 1: no socket, no clock, no file; `now` is monotonic seconds. What needs the network is handed out as an Ask.
Law 2: every reply passes `finish` exactly once.
Law 3: the same packet of the same policy gets the same reply until that reply's time is over; nothing in a reply tells
       when somebody else asked.
Law 4: an answer is judged under the asker's own policy each time it leaves the cache: where it leads counts as asked.
Law 5: who can't be told yet from another device of its wire is held once, then gets what unknown devices get, for
       BRIEF seconds; nothing of it is kept ready.
Law 6: who states a label, or is stated by a trusted router, has an account of its own, whatever its address; nothing of
       it is kept ready. A profile without a policy is an unknown device's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.engine.answers import AnswerCache
from guardian.engine.cache import TwoGenerations
from guardian.engine.household import UNKNOWN
from guardian.engine.judgement import judge
from guardian.engine.limit import Account, Share
from guardian.engine.own_name import OWN_NAME, own_name_reply
from guardian.engine.stages import STAGES, Ruling, rule
from guardian.engine.stated import Stated
from guardian.engine.window import Windows
from guardian.model import Answer, Ask, Asker, AskKey, Hold, Reason, Reply
from guardian.wire import codes
from guardian.wire.alias import aliased, shortened, with_ttl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guardian.engine.generation import Generation
    from guardian.engine.window import Window
    from guardian.model import Query

LONGEST_REPLAY = 60.0
"""Seconds: as long as any client may keep an answer, and no longer does a name stay for its sake."""
STALE_TTL = 30
"""Seconds that a client keeps an older answer (RFC 8767 section 4)."""
PATIENCE = 1.5
"""Seconds that a client waits for a fresh answer while an older one is at hand (RFC 8767 section 5)."""
MAX_ASKERS = 4096
MAX_NEIGHBOURS = 4096
BRIEF = 5
"""Seconds that a device nobody knows yet may keep an answer: it may be the youngest child's."""
SEEN = 16_384
"""Octets that tell, one a packet, whether it was asked before: traces of a hash keyed anew at each start, no names."""
_NOT_ASKED = (Reason.UPSTREAM_SLOW, Reason.UPSTREAM_DOWN)
"""They say nothing of the name: the next asking may be luckier."""
REWRITTEN_TYPES = frozenset({codes.A, codes.AAAA, codes.HTTPS, codes.SVCB})


class Engine:
    """The walk of a query, from packet to reply or to what must be asked."""

    def __init__(
        self, generation: Generation, *, cache_entries: int = 8000, replay_entries: int = 16_000, rate_limit: int = 0
    ) -> None:
        """Hold at most `cache_entries` answers and `replay_entries` ready replies.

        `rate_limit` is how many questions a second a client may ask; 0 sets no limit.
        """
        self._cache_entries = cache_entries
        self._answers = AnswerCache(cache_entries)
        self._upstreams_since = 0
        self._replays: TwoGenerations[bytes, bytes] = TwoGenerations(replay_entries)
        self._share = Share(rate_limit)
        self._hardware: dict[str, str] = {}
        """Which device has which address, as far as the wire tells; at most MAX_NEIGHBOURS."""
        self._windows = Windows(self._hardware)
        self._stated = Stated(self._share)
        self._count = 0
        self.replace(generation)

    @property
    def generation(self) -> Generation:
        """What decisions are made from now."""
        return self._generation

    def replace(self, generation: Generation, *, other_upstreams: bool = False) -> None:
        """Decide by `generation` from now on; everything judged goes, and answers if other upstreams are asked now."""
        self._generation = generation
        self._count += 1
        if other_upstreams:
            self._answers = AnswerCache(self._cache_entries)
            self._upstreams_since = self._count
        self._write = generation.scribe.write
        profiles = (*generation.policies, UNKNOWN)
        self._policies = tuple(generation.policies[profile] for profile in profiles)
        self._rewrites = tuple(generation.rewrites.get(profile, {}) for profile in profiles)
        self._places = {profile: place for place, profile in enumerate(generation.policies)}
        self._unknown = self._places[UNKNOWN]
        # a place of their own: who is not known yet must not hear what is ready for unknown devices
        self._passing = len(self._places)
        self._waits = generation.household.knows_devices
        self._accounts: dict[str, Account] = {}
        self._devices: dict[tuple[str, int], Account] = {}
        """The account that all addresses of a device share, by hardware address and place; at most MAX_ASKERS."""
        self._stated.renew()
        self._seen = bytearray(SEEN)
        # rules for single devices: then what one is told is no ready reply for another of the same policy
        self._personal = generation.domains.personal
        self._replays.clear()

    def replay(self, packet: bytes, client: str, now: float) -> bytes | None:
        """Give the ready reply to a packet known byte for byte after its ID, None where it must be read."""
        account = self._accounts.get(client)
        if account is None:
            return None
        account.left -= 1
        if account.left < 0 and not self._share.refill(account, now):
            return None
        kept = self._replays.find(account.mark + packet[2:])
        if kept is None:
            return None
        until, ready = kept
        return packet[:2] + ready if until > now else None

    def delay(self, client: str, now: float) -> float:
        """Count one question of a client on a stream; give the seconds for which it must lie unread, 0 for none.

        Who asks too much over a stream is slowed by not being read: TC=1 would send it where it is already.
        """
        account = self._accounts.get(client) or self._identify(client, now)
        if account is None:
            return 0.0
        account.left -= 1
        if account.left >= 0 or self._share.refill(account, now):
            return 0.0
        return 1 / self._share.rate

    def meet(self, address: str, hardware: str) -> None:
        """Learn which device has an address from now on, by its hardware address (`aa:bb:cc:dd:ee:ff`)."""
        if self._hardware.get(address) == hardware:
            return
        if len(self._hardware) >= MAX_NEIGHBOURS and address not in self._hardware:
            self.part(next(iter(self._hardware)))
        self._hardware[address] = hardware
        self._mistrust(address)

    def part(self, address: str) -> None:
        """Learn that no device is known to have an address any more."""
        if self._hardware.pop(address, None) is not None:
            self._mistrust(address)

    def receive_query(self, query: Query, now: float, here: str = "", *, waited: bool = False) -> Reply | Ask | Hold:
        """Answer `query` at once, say what to ask an upstream, or that it must wait until the asker is known.

        `here` is the address at which it was asked; `waited` says that it has been held already.
        """
        if query.stated:
            account = self._charged(query, now)
        else:
            account = self._accounts.get(query.client) or self._identify(query.client, now)
        if account is None:
            return Reply(query._replace(payload=0), codes.REFUSED, Reason.OUTSIDER)
        if account.left < 0:
            return Reply(query, codes.NOERROR, Reason.OVER_LIMIT)
        if query.name == OWN_NAME and query.qclass == codes.IN and query.flags & codes.RD:
            return own_name_reply(query, here)
        if account.place == self._passing and not waited:
            return Hold(query)
        found = self._walk(query, account)
        if isinstance(found, Reply):
            return found
        return self._from_cache(query, found, account, self._target(query, account), now)

    def receive_answer(self, ask: Ask, answer: Answer, now: float) -> Reply:
        """Keep an upstream's answer and judge it for the one who asked; called once for each waiter."""
        self.keep(ask, answer, now)
        judged = self._judge_again(ask, now)
        if isinstance(judged, Reply):
            return judged
        ruling, account, target = judged
        return self._judged(ask.query, ruling, account, target, answer)

    def receive_failure(self, ask: Ask, reason: Reason, now: float) -> Reply:
        """Reply where no upstream has answered (yet): by an older answer if there is one, else SERVFAIL."""
        self.keep(ask, reason, now)
        judged = self._judge_again(ask, now)
        if isinstance(judged, Reply):
            return judged
        stale = self._answers.stale(ask.key, now)
        if stale is None:
            return Reply(ask.query, codes.SERVFAIL, reason)
        ruling, account, target = judged
        return self._stale(ask.query, ruling, account, target, stale)

    def keep(self, ask: Ask, outcome: Answer | Reason, now: float) -> None:
        """Keep what an upstream answered to `ask`, or that it did not, whoever waits for it."""
        if ask.generation < self._upstreams_since:
            # its number of an upstream group is of before: it may mean another zone now
            return
        if isinstance(outcome, Answer):
            self._answers.keep(ask.key, outcome, now)
        elif outcome not in _NOT_ASKED:
            self._answers.fail(ask.key, outcome, now)

    def finish(self, reply: Reply, packet: bytes, now: float) -> bytes:
        """Write a reply to `packet`; from the second asking on, keep it ready for the same packet."""
        message = self._write(reply)
        query, until = reply.query, reply.until
        if self._waits and self._is_passing(query, now):
            return shortened(message, query, BRIEF)
        if self._windows.of and self._windows.hear(reply, self._generation):
            return message
        if query.repeats and until > now and not (self._personal or query.stream):
            account = self._accounts.get(query.client)
            if account is not None:
                key = account.mark + packet[2:]
                # most names are asked once, and would push out the others
                sign = hash(key)
                place, trace = sign % SEEN, sign >> 20 & 0xFF
                if self._seen[place] == trace:
                    self._replays.put(key, message[2:], min(until, now + LONGEST_REPLAY))
                else:
                    self._seen[place] = trace
        return message

    def look(self, device: str, window: Window | None) -> None:
        """Let a window hear what is stopped for a device from now on; None ends that."""
        self._windows.put(device, window)
        for client, account in self._accounts.items():
            if self._hardware.get(client, client) == device:
                account.look(on=window is not None)

    def forget(self, now: float) -> None:
        """Drop what is over; called twice a minute, so that memory holds no name or address for long after its use."""
        self._answers.sweep(now)
        self._replays.sweep(now)
        # whose bucket is not full stays for the seconds that it takes to fill: else forgetting were a present
        rested = self._share.is_rested
        self._accounts = {client: one for client, one in self._accounts.items() if not rested(one, now)}
        self._devices = {device: one for device, one in self._devices.items() if not rested(one, now)}
        self._stated.forget(now)
        self._seen = bytearray(SEEN)

    def askers(self) -> dict[str, int]:
        """Give the address of each who has asked since `forget`, and about how many questions, for a look at it."""
        # the question by which one becomes known takes nothing off its share
        return {client: self._share.burst - account.left + 1 for client, account in self._accounts.items()}

    def stated(self) -> int:
        """Count who has asked since `forget` by a label or through a trusted router, for a look at it."""
        return len(self._stated)

    def strangers(self) -> list[str]:
        """Give the hardware addresses that trusted routers have told of and nobody has named."""
        return self._stated.strangers(self._generation.household)

    def neighbours(self) -> Mapping[str, str]:
        """Give the hardware address behind each address that the wire tells of by now."""
        return dict(self._hardware)

    def profile_of(self, client: str) -> str | None:
        """Give the profile of a device by all that is known of it now; None for an address outside the house."""
        return self._generation.household.profile_of(client, self._hardware.get(client, ""))

    def admits(self, client: str, now: float) -> bool:
        """Say whether a client is of this house."""
        return client in self._accounts or self._identify(client, now) is not None

    def _from_cache(
        self, query: Query, ruling: Ruling, account: Account, target: bytes | None, now: float
    ) -> Reply | Ask:
        key = self._key(query, target or query.name)
        kept = self._answers.find(key, now)
        if kept is not None:
            reply = self._judged(query, ruling, account, target, kept.answer)
            ask = Ask(key, query, generation=self._count) if self._answers.wants_refresh(key, kept, now) else None
            return reply._replace(until=kept.fresh_until - kept.lead, refresh=ask)
        failed = self._answers.failed(key, now)
        stale = self._answers.stale(key, now)
        if failed is not None:
            return (
                Reply(query, codes.SERVFAIL, failed)
                if stale is None
                else self._stale(query, ruling, account, target, stale)
            )
        return Ask(key, query, PATIENCE if stale is not None else 0.0, ruling.verdict, self._count)

    def _walk(self, query: Query, account: Account) -> Reply | Ruling:
        """Judge the name and pass the stages."""
        generation = self._generation
        ruling = rule(query, self._policies[account.place], generation, account.who)
        for stage in STAGES:
            reply = stage(query, ruling, generation)
            if reply is not None:
                return reply
        return ruling

    def _judge_again(self, ask: Ask, now: float) -> Reply | tuple[Ruling, Account, bytes | None]:
        """Judge the name by what holds now, if a new generation has begun while the upstream was asked."""
        query = ask.query
        account = self._account(query, now)
        if account is None:
            return Reply(query._replace(payload=0), codes.REFUSED, Reason.OUTSIDER)
        if ask.verdict is not None and ask.generation == self._count:
            return Ruling(ask.verdict, 0), account, ask.key.name if ask.key.name != query.name else None
        found = self._walk(query, account)
        if isinstance(found, Reply):
            return found
        target = self._target(query, account)
        if ask.key.name != (target or query.name):
            # what was asked is no longer what this asker is to have: the next asking will do
            return Reply(query, codes.SERVFAIL, Reason.UPSTREAM_SLOW)
        return found, account, target

    def _target(self, query: Query, account: Account) -> bytes | None:
        """Give the name that is resolved in place of the name asked: safe search."""
        target = self._rewrites[account.place].get(query.name)
        return target if query.qtype in REWRITTEN_TYPES else None

    def _judged(self, query: Query, ruling: Ruling, account: Account, target: bytes | None, answer: Answer) -> Reply:
        policy, rewritten = self._policies[account.place], target is not None
        reply = judge(query, ruling, policy, self._generation, answer, account.who, rewritten=rewritten)
        if reply is not None:
            return reply
        if target is None:
            return Reply(query, answer.rcode, Reason.DEFAULT, answer)
        ttl = min(answer.ttl, int(LONGEST_REPLAY))
        return Reply(query, answer.rcode, Reason.SAFE_SEARCH, aliased(query.name, target, query.qtype, answer, ttl=ttl))

    def _stale(self, query: Query, ruling: Ruling, account: Account, target: bytes | None, answer: Answer) -> Reply:
        aged = with_ttl(target or query.name, answer, STALE_TTL)._replace(ttl=STALE_TTL)
        reply = self._judged(query, ruling, account, target, aged)
        if reply.reason is not Reason.DEFAULT:
            return reply
        return reply._replace(reason=Reason.STALE_DENIAL if answer.rcode == codes.NXDOMAIN else Reason.STALE)

    def _identify(self, client: str, now: float) -> Account | None:
        household, hardware = self._generation.household, self._hardware.get(client, "")
        profile = household.profile_of(client, hardware)
        if profile is None:
            return None
        if len(self._accounts) >= MAX_ASKERS:
            self._accounts.clear()
            self._devices.clear()
        passing = self._waits and not hardware and household.waits_for(client)
        place = self._passing if passing else self._places.get(profile, self._unknown)
        account = self._devices.get((hardware, place))
        if account is None:
            account = Account(Asker(client), place, self._share.burst, now)
            if hardware and not self._personal:
                # one device has many addresses, and one share
                self._devices[hardware, place] = account
            account.look(on=(hardware or client) in self._windows.of)
        self._accounts[client] = account
        return account

    def _account(self, query: Query, now: float) -> Account | None:
        """Give the account of who asks, by what is stated if that counts, else by its address; None for an outsider."""
        account = self._by_word(query, now) if query.stated else None
        return account or self._accounts.get(query.client) or self._identify(query.client, now)

    def _by_word(self, query: Query, now: float) -> Account | None:
        stated, client = query.stated, query.client
        profile = self._generation.household.profile_stated(stated, client)
        if profile is None or (query.stream and not self.admits(client, now)):
            return None
        if profile == UNKNOWN:
            self._stated.meet(stated)
        # rules for single devices look at the address, too
        key = f"{client} {stated}" if self._personal else stated
        return self._stated.account(key, client, self._places.get(profile, self._unknown), now)

    def _charged(self, query: Query, now: float) -> Account | None:
        """Give the account of who asks, and take the question off its own share, not off that of its router."""
        account, nearest = self._account(query, now), self._accounts.get(query.client)
        # over a stream the share is that of the address, and was asked for before it was read
        if account is not None and account is not nearest and not query.stream:
            self._stated.charge(account, nearest, now)
        return account

    def _mistrust(self, address: str) -> None:
        self._accounts.pop(address, None)
        if self._waits:
            # what is on its way upstream was judged for whoever had the address before
            self._count += 1

    def _is_passing(self, query: Query, now: float) -> bool:
        account = (self._by_word(query, now) if query.stated else None) or self._accounts.get(query.client)
        return account is None or account.place == self._passing

    def _key(self, query: Query, name: bytes) -> AskKey:
        zones, group = self._generation.zones, 0
        if zones:
            group = next((zones[query.name[at:]] for at in query.labels if query.name[at:] in zones), 0)
        return AskKey(name, query.qtype, query.qclass, query.dnssec_ok, bool(query.flags & codes.CD), group)
