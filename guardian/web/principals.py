"""Hold who asks, and what each may do.

Law 1: a right is given by the tables below or not at all.
Law 2: a child's device has one right, to its own child's page, and is known by its address alone: it never signs in.
"""

from __future__ import annotations

import enum
from typing import Final, NamedTuple

from guardian.family.adults import Role


class Right(enum.StrEnum):
    """What a route asks of who asks."""

    ANYBODY = "anybody"
    """Nothing. At most four routes have it."""
    OWN = "own"
    """To be a recognised device, for its own child's page."""
    HERE = "here"
    """To be a device that somebody has named, a child's or not, for a page about itself alone."""
    SEE = "see"
    """To see what the family has decided."""
    DECIDE = "decide"
    """To change what the family has decided."""
    TEACH = "teach"
    """To begin and end a lesson."""
    ACCOUNT = "account"
    """To change one's own password and second factor, and to sign out."""
    ADMIT = "admit"
    """To say which adults and programs may do what."""
    ADGUARD = "adguard"
    """To be a program that speaks as with AdGuard Home."""


class Scope(enum.StrEnum):
    """What a program with a token may do."""

    READ = "read"
    WRITE = "write"
    ADGUARD = "adguard"


UNSIGNED: Final = frozenset({Right.ANYBODY, Right.OWN, Right.HERE})
"""Rights for which nobody signs in."""
ROLES: Final[dict[Role, frozenset[Right]]] = {
    Role.PARENT: frozenset({Right.SEE, Right.DECIDE, Right.TEACH, Right.ACCOUNT, Right.ADMIT}),
    Role.SECOND_PARENT: frozenset({Right.SEE, Right.DECIDE, Right.TEACH, Right.ACCOUNT}),
    Role.TEACHER: frozenset({Right.TEACH, Right.ACCOUNT}),
}
SCOPES: Final[dict[Scope, frozenset[Right]]] = {
    Scope.READ: frozenset({Right.SEE}),
    Scope.WRITE: frozenset({Right.SEE, Right.DECIDE, Right.TEACH}),
    Scope.ADGUARD: frozenset({Right.ADGUARD}),
}


class Principal(NamedTuple):
    """Who asks."""

    who: str
    """What the settings log calls them: an adult's name, a token's title, or "this device"."""
    rights: frozenset[Right]
    adult: int | None = None
    """The adult who signed in; None for a program and a device."""
    session: str | None = None
    """The digest of the session by which they did."""
    form: str | None = None
    """What must stand in the header `Guardian-Form` of each change; None where no browser sends a cookie by itself."""
    children: tuple[int, ...] = ()
    """Whose device it is."""


NOBODY = Principal("nobody", frozenset({Right.ANYBODY}))
