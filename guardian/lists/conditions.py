"""Hear the rules that hold for some questions only: by type, by who asks, and by names left out.

Law 1: they lie beside the main table, in order of the hashes of their names; nothing of them is copied.
Law 2: a name has no more than `MAX_RULES_A_NAME` of them and a condition no more than `MAX_TERMS` clients and tags:
       no list can make a name dear.
Law 3: a condition is what AdGuard documents: a negative term excludes first, a positive one must then hold; of types
       with both, only the positive ones count.
"""

from __future__ import annotations

from bisect import bisect_left
from hashlib import blake2b
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from guardian.errors import ListError
from guardian.lists.rows import Bits, unpack_rule
from guardian.model import Condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from guardian.model import Asker

MAX_RULES_A_NAME = 64
MAX_TERMS = 256
MAX_CONDITIONS = 20_000
"""Different conditions of one set."""
OPENS = 128
"""In the shape of a rule: it opens, as an exception or by the kind of its list."""

_Network = IPv4Network | IPv6Network


class Tail(NamedTuple):
    """What a rule of a side table says: 64 bits."""

    list_index: int
    word: int
    """The packed rule."""
    shape: int
    """`OPENS`, and of a pattern its anchors."""
    condition: int
    """Counts from 1; 0 for none."""

    def pack(self) -> int:
        """Give the 64 bits."""
        return self.list_index << 48 | self.word << 40 | self.shape << 32 | self.condition


def unpack_tail(number: int) -> Tail:
    """Read what `Tail.pack` gave."""
    return Tail(number >> 48, number >> 40 & 0xFF, number >> 32 & 0xFF, number & 0xFFFFFFFF)


class _Clients(NamedTuple):
    names: frozenset[str]
    networks: tuple[_Network, ...]

    def hold(self, asker: Asker) -> bool:
        if asker.client in self.names:
            return True
        if not self.networks:
            return False
        try:
            address = ip_address(asker.client.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)


def _clients(terms: Iterable[str]) -> _Clients:
    names, networks = set(), []
    for term in terms:
        try:
            networks.append(ip_network(term, strict=False))
        except ValueError:
            names.add(term)
    return _Clients(frozenset(names), tuple(networks))


class Check:
    """One condition, made ready to be asked."""

    def __init__(self, condition: Condition) -> None:
        """Sort the terms out once."""
        self._condition = condition
        self._outside = frozenset(condition.outside)
        self._clients = _clients(condition.clients)
        self._not_clients = _clients(condition.not_clients)
        self._tags = frozenset(condition.tags)
        self._not_tags = frozenset(condition.not_tags)

    def holds(self, name: bytes, labels: Sequence[int], qtype: int, asker: Asker) -> bool:
        """Say whether a rule with this condition speaks of this question."""
        asked = self._condition
        if (asked.types and qtype not in asked.types) or (not asked.types and qtype in asked.not_types):
            return False
        if self._outside and any(name[at:] in self._outside for at in labels):
            return False
        if self._not_tags & asker.tags or (self._tags and not self._tags & asker.tags):
            return False
        if asked.not_clients and self._not_clients.hold(asker):
            return False
        return not asked.clients or self._clients.hold(asker)


def in_order(condition: Condition) -> Condition:
    """Give the condition with its terms sorted and each once: two that say the same are the same."""
    return condition._replace(
        outside=tuple(sorted(set(condition.outside))),
        clients=tuple(sorted(set(condition.clients))),
        not_clients=tuple(sorted(set(condition.not_clients))),
        tags=tuple(sorted(set(condition.tags))),
        not_tags=tuple(sorted(set(condition.not_tags))),
    )


def is_bounded(condition: Condition) -> bool:
    """Say whether asking it is cheap enough."""
    return sum(map(len, condition[3:])) <= MAX_TERMS


def pack_conditions(conditions: Sequence[Condition]) -> list[list[list[int] | list[str]]]:
    """Give conditions as JSON can hold them."""
    return [
        [sorted(one.types), sorted(one.not_types), [name.hex() for name in one.outside], *map(list, one[3:])]
        for one in conditions
    ]


def unpack_conditions(rows: Sequence[Sequence[Sequence[str]]]) -> tuple[Condition, ...]:
    """Read what `pack_conditions` gave; ValueError or TypeError where it is damaged."""
    return tuple(
        Condition(
            frozenset(map(int, types)),
            frozenset(map(int, not_types)),
            tuple(map(bytes.fromhex, outside)),
            *(tuple(map(str, terms)) for terms in rest),
        )
        for types, not_types, outside, *rest in rows
    )


class Checks:
    """The conditions of a set; each is made ready when it is first met."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        """Keep them as they were read; at most `MAX_CONDITIONS`."""
        self._conditions = conditions
        self._ready: list[Check | None] = [None] * len(conditions)

    def hold(self, number: int, name: bytes, labels: Sequence[int], qtype: int, asker: Asker) -> bool:
        """Say whether the condition of this number holds; 0 always does. ListError where there is none such."""
        if not number:
            return True
        if number > len(self._ready):
            raise ListError("the compiled set is damaged: a rule names a condition that it lacks; compile it again")
        check = self._ready[number - 1]
        if check is None:
            self._ready[number - 1] = check = Check(self._conditions[number - 1])
        return check.holds(name, labels, qtype, asker)


class Conditional:
    """The rules with conditions of a set, beside its main table."""

    def __init__(self, hashes: Sequence[int], tails: Sequence[int], checks: Checks) -> None:
        """Take the sorted hashes of the rules' names, and what each says."""
        self._hashes, self._tails, self._checks = hashes, tails, checks

    def hear(self, name: bytes, labels: tuple[int, ...], qtype: int, asker: Asker) -> tuple[Bits, bool]:
        """Give what rules with conditions say of a question, and whether any of them could open it, held or not."""
        said, opens = Bits(), False
        for label in labels:
            wanted = int.from_bytes(blake2b(name[label:], digest_size=8).digest(), "big")
            place = bisect_left(self._hashes, wanted)
            while place < len(self._hashes) and self._hashes[place] == wanted:
                tail = unpack_tail(self._tails[place])
                opens = opens or bool(tail.shape & OPENS)
                if self._checks.hold(tail.condition, name, labels, qtype, asker):
                    row = unpack_rule(tail.word, tail.list_index)
                    said = said.union(row.below if label else row.itself)
                place += 1
        return said, opens
