"""Match names against patterns with stars, in time that grows with the name and never with its tries.

Law 1: a piece between two stars is sought once, at the first place where it can stand; nothing is ever tried again.
Law 2: a name is text here: labels joined by dots, without the final one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian.model import Pattern


def pieces_of(pattern: Pattern) -> tuple[bytes, ...]:
    """Give what stands between the stars; an empty first or last piece is a star at that end."""
    return tuple(pattern.text.encode("ascii", "replace").split(b"*"))


def is_match(pattern: Pattern, pieces: tuple[bytes, ...], name: bytes) -> bool:
    """Say whether `pattern`, whose `pieces` these are, means `name`."""
    if len(pieces) == 1:
        return _is_piece(pattern, pieces[0], name)
    place = _after_first(pattern, pieces[0], name)
    if place < 0:
        return False
    for piece in pieces[1:-1]:
        found = name.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    last = pieces[-1]
    if pattern.name_end:
        return len(name) - len(last) >= place and name.endswith(last)
    return name.find(last, place) >= 0


def _is_piece(pattern: Pattern, piece: bytes, name: bytes) -> bool:
    if pattern.name_start:
        return name == piece if pattern.name_end else name.startswith(piece)
    if pattern.name_end:
        at = len(name) - len(piece)
        return at >= 0 and name.endswith(piece) and (not pattern.label_start or _begins_label(name, at))
    return _after_first(pattern, piece, name) >= 0


def _after_first(pattern: Pattern, piece: bytes, name: bytes) -> int:
    """Give where the first piece ends at its first place, -1 where it has none."""
    if pattern.name_start:
        return len(piece) if name.startswith(piece) else -1
    found = name.find(piece)
    if pattern.label_start:
        while found > 0 and not _begins_label(name, found):
            found = name.find(piece, found + 1)
    return found + len(piece) if found >= 0 else -1


def _begins_label(name: bytes, at: int) -> bool:
    return at == 0 or name[at - 1 : at] == b"."
