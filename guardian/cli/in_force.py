"""Let a running guardian take in what was decided just now, and say whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.control.client import NobodyAnswersError, ask
from guardian.control.messages import FamilyChanged

if TYPE_CHECKING:
    from guardian.cli.house import House

IN_FORCE = "in force now"
LATER = "guardian does not run; this holds from its next start"


def is_in_force(house: House) -> bool:
    """Let guardian read the family store anew; False where none runs, StoreError where one does and can't."""
    try:
        ask(house.state.control, FamilyChanged())
    except NobodyAnswersError:
        return False
    return True
