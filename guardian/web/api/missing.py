"""Say that what a path names is not there."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from guardian.web.errors import ProblemError

if TYPE_CHECKING:
    from guardian.family.family import Family
    from guardian.family.members import Child


def of_child(family: Family, number: int) -> Child:
    """Give the child with this number; ProblemError 404 where there is none."""
    child = next((one for one in family.children if one.id == number), None)
    if child is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "there is no such child; somebody may have removed it just now")
    return child
