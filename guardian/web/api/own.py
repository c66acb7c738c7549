"""Hold whose page a device asks for: its own child's, and nobody else's.

Law 1: a device names a child only among those who use it; on a device of several, it says which one.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from guardian.web.api.fields import Number
from guardian.web.errors import ProblemError
from guardian.web.routes import PREFIX, Body

if TYPE_CHECKING:
    from guardian.web.principals import Principal

OWN = f"{PREFIX}/own"


class Mine(Body):
    """Which child says this."""

    child: Number | None = None
    """Needed only on a device that several children use."""

    def of(self, principal: Principal) -> int:
        """Give the child; ProblemError where the device is not this child's, or it could be several."""
        if self.child in principal.children:
            return self.child
        if self.child is not None:
            raise ProblemError(HTTPStatus.FORBIDDEN, "that child does not use this device; a parent can assign it")
        if len(principal.children) != 1:
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "several children use this device: say which one asks")
        return principal.children[0]


def is_shared(principal: Principal) -> bool:
    """Say whether several children use the device: then it shows none what another did elsewhere."""
    return len(principal.children) > 1
