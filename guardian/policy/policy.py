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

from guardian.model import ListKind, Reason, Verdict
from guardian.policy.bands import CATEGORY, EVERYTHING, SERVICE
from guardian.wire.names import label_offsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guardian.lists.domain_set import DomainSet
    from guardian.lists.rows import Bits, Row
    from guardian.lists.set_file import ListInfo
    from guardian.model import Asker, Match
    from guardian.policy.bands import BandRules

    Undoing = tuple[tuple[int, int], ...]

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


class _Masks(NamedTuple):
    """Which lists of the set play which part for one asker."""

    protected: int
    yielding: int
    """Protected from lists and bands, and not from hours on everything."""
    allowing: int
    threats: int
    bypass: int
    closed: int
    """Lists of closed categories, the two before among them."""
    services: int
    opened: int
    timed: tuple[tuple[int, Reason], ...]
    everything: Reason | None
    """Why everything is closed at this time; None where it isn't."""
    allow_only: bool
    covering: int
    """Lists whose blocks deny what is below, too: closed, and nothing that they don't know opens a name there."""


class _Part(NamedTuple):
    """One child's share in a policy."""

    rules: BandRules
    masks: _Masks
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
        self._parts = parts = tuple(_Part(one, _masks(one, lists, weighed), _names(one)) for one in (rules, *beside))
        masks = tuple(part.masks for part in parts)
        self._otherwise = _strictest([_judge(_NOTHING, _NOTHING, one, 0, holes=False) for one in masks])
        self._undoing = _undoing(lists)
        # classes are many and verdicts few: each is kept once
        known: dict[Verdict, Verdict] = {}
        exact: list[Verdict] = []
        below: list[Verdict] = []
        for one in weighed:
            for verdicts, said in ((exact, one.itself), (below, one.below)):
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
        verdicts = self._verdicts(domains.find(name, labels), domains, name, labels, qtype, asker)
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
        verdict = _strictest(self._verdicts(match, domains, name, labels, qtype, asker))
        if match is None or verdict.list_index < 0:
            return verdict, 0
        if verdict.blocked and self.decide(match).covers_below and not heard.opens and name not in self._above:
            verdict = verdict._replace(covers_below=True)
        named = heard.stored.any >> verdict.list_index & 1
        return verdict, match.label if named else 0

    def _verdicts(
        self,
        match: Match | None,
        domains: DomainSet,
        name: bytes,
        labels: tuple[int, ...],
        qtype: int,
        asker: Asker,
    ) -> list[Verdict]:
        """Give each child's verdict, the slow way."""
        heard = domains.hear(match, name, labels, qtype, asker)
        said = _said(heard.stored.union(heard.shaped), self._undoing)
        return [_judge(said, _NOTHING, part.masks, part.said(name, labels), holes=True) for part in self._parts]


class Said(NamedTuple):
    """What the lists of a set say of a name."""

    named: int
    """Lists that name it, exceptions left out of account."""
    blocking: int
    """Lists that block it after all exceptions."""


class Weighed(NamedTuple):
    """A class, its exceptions weighed: what holds whatever the rules are."""

    itself: Said
    below: Said
    holes: bool


_NOTHING = Said(0, 0)


def weigh(lists: Sequence[ListInfo], rows: Sequence[Row]) -> list[Weighed]:
    """Weigh the exceptions of every class; it takes longer than judging, and is the same for every policy."""
    undoing = _undoing(lists)
    return [Weighed(_said(row.itself, undoing), _said(row.below, undoing), row.holes) for row in rows]


def _undoing(lists: Sequence[ListInfo]) -> Undoing:
    """Give the lists whose exceptions undo the blocks of a whole category, each category's with all lists of it."""
    undoers: dict[str, int] = {}
    members: dict[str, int] = {}
    for number, info in enumerate(lists):
        if info.kind is ListKind.BLOCK:
            members[info.category] = members.get(info.category, 0) | 1 << number
            if info.undoes == "category":
                undoers[info.category] = undoers.get(info.category, 0) | 1 << number
    return tuple((bits, members[category]) for category, bits in undoers.items())


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


def _masks(rules: BandRules, lists: Sequence[ListInfo], weighed: Sequence[Weighed]) -> _Masks:
    protected = yielding = allowing = services = opened = 0
    members: dict[str, int] = {}
    subjects: dict[str, int] = {}
    for number, info in enumerate(lists):
        bit = 1 << number
        if info.kind is ListKind.PROTECTED:
            yielding |= bit if info.yields else 0
            protected |= 0 if info.yields else bit
        elif info.kind is ListKind.ALLOW:
            allowing |= bit
        else:
            members[info.category] = members.get(info.category, 0) | bit
            subjects[f"{SERVICE}:{info.id}"] = bit
            services |= bit if info.id in rules.services else 0
            opened |= bit if info.id in rules.opened else 0
    closed, threats, bypass = (
        _all(members.get(category, 0) for category in categories)
        for categories in (rules.closed, rules.threats, rules.bypass)
    )
    subjects |= {f"{CATEGORY}:{category}": bits for category, bits in members.items()}
    # what harms is told as such at any time
    timed = tuple((subjects.get(subject, 0) & ~threats, why) for subject, why in rules.timed if subject != EVERYTHING)
    closing = closed | services | _all(bits for bits, _ in timed)
    loose = _loose(lists, members, closing)
    if opened:
        # a list above an opened service's name has marked that name's class, too
        loose |= _all(
            one.itself.blocking | one.below.blocking for one in weighed if (one.itself.named | one.below.named) & opened
        )
    return _Masks(
        protected=protected,
        yielding=yielding,
        allowing=allowing,
        threats=threats,
        bypass=bypass,
        closed=closed,
        services=services & ~threats,
        opened=opened,
        timed=timed,
        everything=next((why for subject, why in rules.timed if subject == EVERYTHING), None),
        allow_only=rules.allow_only,
        covering=closing & ~loose,
    )


def _all(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _loose(lists: Sequence[ListInfo], members: dict[str, int], closing: int) -> int:
    """Give the lists whose blocks a pattern may open anywhere below."""
    loose = 0
    for number, info in enumerate(lists):
        if info.opening_patterns:
            whole = members.get(info.category, 0) if info.undoes == "category" else 1 << number
            loose |= whole if info.kind is ListKind.BLOCK else closing
    return loose


def _judge(said: Said, below: Said, masks: _Masks, typed: int, *, holes: bool) -> Verdict:
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


def _said(bits: Bits, undoing: Undoing) -> Said:
    """Weigh exceptions, letting them reach the other lists of their category where the catalogue says so."""
    excepted, strongly = bits.excepted, bits.important_excepted
    if not (excepted or strongly):
        return Said(bits.any, bits.any)
    for undoers, category in undoing:
        if bits.excepted & undoers:
            excepted |= category
        if bits.important_excepted & undoers:
            strongly |= category
    return Said(bits.any, bits._replace(excepted=excepted, important_excepted=strongly).blocking)


def _first(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
