"""Say what lists say of a name: the class that a stored name belongs to.

Law 1: a row holds bit sets of lists, bit i for the set's i-th list; a service is a list.
Law 2: folding a parent into a child is a union, so the order of folding doesn't matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from guardian.model import Rule


class Bits(NamedTuple):
    """Which lists speak of a name, and how."""

    block: int = 0
    excepted: int = 0
    important: int = 0
    important_excepted: int = 0

    def union(self, other: Bits) -> Bits:
        """Give what either says."""
        return Bits(*(mine | theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def blocking(self) -> int:
        """Lists that block after their own exceptions: `@@$important` > `$important` > `@@` > block, each by itself."""
        kept = self.important & ~self.important_excepted
        return kept | (self.block & ~self.excepted & ~self.important_excepted)

    @property
    def any(self) -> int:
        """Lists that name it for blocking, exceptions left out of account."""
        return self.block | self.important


class Row(NamedTuple):
    """A class: what holds for the stored name itself and for the names below it."""

    itself: Bits = Bits()
    below: Bits = Bits()
    holes: bool = False
    """Somewhere below, a stored name is open: a block of this name must not deny what is below (RFC 8020)."""

    def folded(self, parent: Row) -> Row:
        """Give this row with what its stored parent says of the names below."""
        return Row(self.itself.union(parent.below), self.below.union(parent.below), self.holes)

    def merged(self, other: Row) -> Row:
        """Give what two rules of the same name say together."""
        return Row(self.itself.union(other.itself), self.below.union(other.below), self.holes or other.holes)


_SUFFIX, _EXACT, _EXCEPTION, _IMPORTANT = 1, 2, 4, 8


def pack_rule(rule: Rule) -> int:
    """Give what a rule says, its name left out, as a small number."""
    return (
        (_SUFFIX if rule.suffix else 0)
        | (_EXACT if rule.exact else 0)
        | (_EXCEPTION if rule.exception else 0)
        | (_IMPORTANT if rule.important else 0)
    )


def unpack_rule(number: int, list_index: int) -> Row:
    """Give the row of one rule of one list."""
    bit = 1 << list_index
    fields = [0, 0, 0, 0]
    fields[(1 if number & _EXCEPTION else 0) + (2 if number & _IMPORTANT else 0)] = bit
    bits = Bits(*fields)
    return Row(bits if number & _EXACT else Bits(), bits if number & _SUFFIX else Bits())
