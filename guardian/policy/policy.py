"""Hold one asker's verdict for every class of the set, made once and looked up.

Law 1: a Policy is made from (rules, set) and never changed; when anything changes, a new one takes its place.
Law 2: the order of precedence stands in `_judge` and nowhere else:
       protected → a parent's allow → a parent's block → what leads past guardian → time → services → malicious
       software and scams → allow lists → lists by category, each with its own exceptions → allow-only mode → default.
       A service that the family opens, and a name of a lesson, is opened after malicious software and scams.
Law 3: a protected name is open whatever else says of it; one that yields is closed by hours on everything alone.
Law 4: rules with conditions and patterns, and names that a family typed, are heard only where they may apply.
Law 5: of several children on one device the strictest counts: open is what each of them has open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from guardian.model import Reason, Verdict
from guardian.policy.weighing import Said, masks_of, said_of, undoing_of, weigh
from guardian.wire.names import label_offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guardian.lists.domain_set import DomainSet, Heard
    from guardian.lists.rows import Row
    from guardian.lists.set_file import ListInfo
    from guardian.model import Asker, Match
    from guardian.policy.bands import BandRules
    from guardian.policy.weighing import Masks, Weighed

OPEN = Verdict(blocked=False, reason=Reason.DEFAULT)
CLOSED = Verdict(blocked=True, reason=Reason.NOT_ON_ALLOW_LIST, covers_below=False)
OPENED: Final = frozenset({Reason.PROTECTED, Reason.ALLOW_LIST, Reason.PARENT_ALLOWS, Reason.LESSON, Reason.SERVICE})
"""Reasons of what is open because somebody says so, not for want of a rule."""
TAIL = 2
"""Labels, of which a name that a family typed has at least so many: most names are told from all of them by these."""
_ALLOWED, _CLOSED, _LESSON = 1, 2, 4
"""What a family says of a name that somebody typed."""


def is_closed_to_strangers(verdict: Verdict) -> bool:
    """Say whether a name is closed for no fault of its own: the allow list has it not, or everything is closed now."""
    return verdict.blocked and verdict.list_index < 0 and verdict.reason is not Reason.PARENT_CLOSES


class _Part(NamedTuple):
    """One child's share in a policy."""

    rules: BandRules
    masks: Masks
    names: dict[bytes, int]
    """What the family says of names, in wire form."""

    def said(self, name: bytes, labels: tuple[int, ...]) -> int:
        """Give all that is said of a name and of those above it."""
        found = 0
        for at in labels:
            found |= self.names.get(name[at:], 0)
        return found


class Policy:
    """The verdicts of one asker over one set."""

    def __init__(
        self,
        rules: BandRules,
        lists: Sequence[ListInfo],
        rows: Sequence[Row],
        beside: Sequence[BandRules] = (),
        weighed: Sequence[Weighed] | None = None,
    ) -> None:
        """Judge every class once; `lists` and `rows` are the set's, `beside` are of further children on the device.

        `weighed` is what `weigh` gives for the set, where several policies are made.
        """
        self.rules = rules
        weighed = weigh(lists, rows) if weighed is None else weighed
        self._parts = parts = tuple(_Part(one, masks_of(one, lists, weighed), _names(one)) for one in (rules, *beside))
        masks = tuple(part.masks for part in parts)
        self._otherwise = _strictest([_judge(_NOTHING, _NOTHING, one, 0, holes=False) for one in masks])
        self._undoing = undoing_of(lists)
        # classes are many and verdicts few: each is kept once
        known: dict[Verdict, Verdict] = {}
        acting = 0
        for mask in masks:
            acting |= mask.acting
        exact: list[Verdict] = []
        below: list[Verdict] = []
        for one in weighed:
            for verdicts, said in ((exact, one.itself), (below, one.below)):
                if not said.named & acting:
                    verdicts.append(self._otherwise)
                    continue
                verdict = _judge(said, one.below, masks[0], 0, holes=one.holes)
                if len(masks) > 1:
                    others = [_judge(said, one.below, other, 0, holes=one.holes) for other in masks[1:]]
                    verdict = _strictest([verdict, *others])
                verdicts.append(known.setdefault(verdict, verdict))
        self._exact, self._below = tuple(exact), tuple(below)
        self._conditional = frozenset(number for number, row in enumerate(rows) if row.conditional)
        self._named = frozenset(name for part in parts for name in part.names)
        self._tails = frozenset(name[label_offsets(name)[-TAIL] :] for name in self._named)
        self._above = _above({name for part in parts for name in part.rules.allows | part.rules.lesson})

    def decide(self, match: Match | None) -> Verdict:
        """Say whether a name that met the set at `match` is open, and why."""
        if match is None:
            return self._otherwise
        return (self._exact if match.exact else self._below)[match.row]

    def judge(
        self, domains: DomainSet, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker
    ) -> tuple[Verdict, int]:
        """Say whether this question is open, and the first label of the name that decided (0 for none).

        `domains` is the set that the policy was made for. Raises ListError where a damaged set is met.
        """
        if self._named:
            return self._judge_named(domains, name, labels, qtype, asker)
        return self._judge(domains, name, labels, qtype, asker)

    def rules_of(self, domains: DomainSet, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker) -> BandRules:
        """Give, of the children on the device, the rules of the one whose verdict counts."""
        verdicts = self._verdicts(domains.hear(domains.find(name, labels), name, labels, qtype, asker), name, labels)
        return self._parts[verdicts.index(_strictest(verdicts))].rules

    def _judge(
        self, domains: DomainSet, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker
    ) -> tuple[Verdict, int]:
        match = domains.find(name, labels)
        patterns = domains.patterns
        if patterns is None or not patterns.matching(name, labels):
            if match is None:
                return self._otherwise, 0
            if match.row not in self._conditional:
                verdict = (self._exact if match.exact else self._below)[match.row]
                return verdict, match.label if verdict.list_index >= 0 else 0
        return self._judge_all(match, domains, name, labels, qtype, asker)

    def _judge_named(
        self, domains: DomainSet, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker
    ) -> tuple[Verdict, int]:
        """Judge where a family has typed names."""
        if len(labels) < TAIL or name[labels[-TAIL] :] in self._tails:
            named = self._named
            for at in labels:
                if name[at:] in named:
                    return self._judge_all(domains.find(name, labels), domains, name, labels, qtype, asker)
        verdict, label = self._judge(domains, name, labels, qtype, asker)
        if verdict.covers_below and name in self._above:
            # a name below is open: this one must not be said to have none (RFC 8020)
            verdict = verdict._replace(covers_below=False)
        return verdict, label

    def _judge_all(
        self,
        match: Match | None,
        domains: DomainSet,
        name: bytes,
        labels: tuple[int, ...],
        qtype: int,
        asker: Asker,
    ) -> tuple[Verdict, int]:
        heard = domains.hear(match, name, labels, qtype, asker)
        verdict = _strictest(self._verdicts(heard, name, labels))
        if match is None or verdict.list_index < 0:
            return verdict, 0
        if verdict.blocked and self.decide(match).covers_below and not heard.opens and name not in self._above:
            verdict = verdict._replace(covers_below=True)
        named = heard.stored.any >> verdict.list_index & 1
        return verdict, match.label if named else 0

    def _verdicts(self, heard: Heard, name: bytes, labels: tuple[int, ...]) -> list[Verdict]:
        """Give each child's verdict, the slow way, by what the set says of a question."""
        said = said_of(heard.stored.union(heard.shaped), self._undoing)
        return [_judge(said, _NOTHING, part.masks, part.said(name, labels), holes=True) for part in self._parts]


_NOTHING = Said(0, 0)


def _names(rules: BandRules) -> dict[bytes, int]:
    names: dict[bytes, int] = {}
    for said, typed in ((_ALLOWED, rules.allows), (_CLOSED, rules.blocks), (_LESSON, rules.lesson)):
        for name in typed:
            names[name] = names.get(name, 0) | said
    return names


def _above(names: Iterable[bytes]) -> frozenset[bytes]:
    """Give every name above one of these."""
    found = set()
    for name in names:
        rest = name
        while rest[0]:
            rest = rest[1 + rest[0] :]
            found.add(rest)
    return frozenset(found)


def _judge(said: Said, below: Said, masks: Masks, typed: int, *, holes: bool) -> Verdict:
    named, blocking = said
    if guarded := named & masks.protected:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=_first(guarded))
    if typed & _ALLOWED:
        return Verdict(blocked=False, reason=Reason.PARENT_ALLOWS)
    yielding = named & masks.yielding
    if typed & _CLOSED and not yielding:
        return Verdict(blocked=True, reason=Reason.PARENT_CLOSES)
    opening = masks.protected | masks.yielding | masks.allowing
    covers = bool(below.blocking & masks.covering) and not holes and not below.named & opening
    if (leading := blocking & masks.bypass) and not yielding:
        return Verdict(True, Reason.CATEGORY, _first(leading), covers)
    threat = blocking & masks.threats
    if typed & _LESSON and not threat:
        return Verdict(blocked=False, reason=Reason.LESSON)
    if masks.everything is not None:
        return Verdict(blocked=True, reason=masks.everything)
    if yielding:
        return Verdict(blocked=False, reason=Reason.PROTECTED, list_index=_first(yielding))
    for lists, why in masks.timed:
        if timed := blocking & lists:
            return Verdict(True, why, _first(timed), covers)
    if service := blocking & masks.services:
        return Verdict(True, Reason.SERVICE, _first(service), covers)
    if threat:
        return Verdict(True, Reason.THREAT, _first(threat), covers)
    if service := blocking & masks.opened:
        return Verdict(blocked=False, reason=Reason.SERVICE, list_index=_first(service))
    if allowed := named & masks.allowing:
        return Verdict(blocked=False, reason=Reason.ALLOW_LIST, list_index=_first(allowed))
    if closed := blocking & masks.closed:
        return Verdict(True, Reason.CATEGORY, _first(closed), covers)
    return CLOSED if masks.allow_only else OPEN


def _strictest(verdicts: list[Verdict]) -> Verdict:
    """Give the first that closes, else the first that is open for want of a rule, else the first."""
    chosen = verdicts[0]
    for verdict in verdicts:
        if verdict.blocked:
            return verdict
        if chosen.reason in OPENED and verdict.reason not in OPENED:
            chosen = verdict
    return chosen


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
