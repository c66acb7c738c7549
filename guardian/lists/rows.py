"""Say what lists say of a name: the class that a stored name belongs to.

Law 1: a row holds bit sets of lists, bit i for the set's i-th list; a service is a list.
Law 2: folding a parent into a child is a union, so the order of folding doesn't matter.
Law 3: a row speaks of plain rules only; `conditional` says that others may have to be heard.
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

    @property
    def excepting(self) -> int:
        """Lists that name it for an exception, important or not."""
        return self.excepted | self.important_excepted


class Row(NamedTuple):
    """A class: what holds for the stored name itself and for the names below it."""

    itself: Bits = Bits()
    below: Bits = Bits()
    holes: bool = False
    """Somewhere below, a stored name is open: a block of this name must not deny what is below (RFC 8020)."""
    conditional: bool = False
    """Rules with conditions stand at this name or above it."""

    def folded(self, parent: Row) -> Row:
        """Give this row with what its stored parent says of the names below."""
        itself, below = self.itself.union(parent.below), self.below.union(parent.below)
        return Row(itself, below, self.holes, self.conditional or parent.conditional)

    def merged(self, other: Row) -> Row:
        """Give what two rules of the same name say together."""
        itself, below = self.itself.union(other.itself), self.below.union(other.below)
        return Row(itself, below, self.holes or other.holes, self.conditional or other.conditional)

    def opens(self, openers: int) -> bool:
        """Say whether it opens something, itself or below; `openers` are the lists whose every rule does."""
        said = self.itself.union(self.below)
        return bool(said.excepting or said.any & openers)


_SUFFIX, _EXACT, _EXCEPTION, _IMPORTANT, CANCELS, CONDITIONAL = 1, 2, 4, 8, 16, 32


def pack_rule(rule: Rule) -> int:
    """Give what a rule says, its name and its condition left out, as a small number."""
    return (
        (_SUFFIX if rule.suffix else 0)
        | (_EXACT if rule.exact else 0)
        | (_EXCEPTION if rule.exception else 0)
        | (_IMPORTANT if rule.important else 0)
        | (CANCELS if rule.cancels else 0)
    )


def is_exception(number: int) -> bool:
    """Say whether a packed rule is an exception."""
    return bool(number & _EXCEPTION)


def unpack_rule(number: int, list_index: int) -> Row:
    """Give the row of one rule of one list."""
    if number & CONDITIONAL:
        return Row(conditional=True)
    bit = 1 << list_index
    fields = [0, 0, 0, 0]
    fields[(1 if number & _EXCEPTION else 0) + (2 if number & _IMPORTANT else 0)] = bit
    bits = Bits(*fields)
    return Row(bits if number & _EXACT else Bits(), bits if number & _SUFFIX else Bits())


def unpack_rules(tails: bytes) -> Row:
    """Give the row of all plain rules of one name: three octets each, the list's number (2) and the packed rule (1).

    A rule that cancels takes back the same rule of its own list, wherever either stands (`$badfilter`).
    """
    words = {tails[start : start + 3] for start in range(0, len(tails), 3)}
    for word in [word for word in words if word[2] & CANCELS]:
        words -= {word, word[:2] + bytes((word[2] & ~CANCELS,))}
    row = Row()
    for word in words:
        row = row.merged(unpack_rule(word[2], int.from_bytes(word[:2], "big")))
    return row
