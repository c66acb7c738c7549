"""Hold the rule that no two entries of a list take the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import core_schema

from guardian.config.faults import refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, ValidationInfo

Entry = TypeVar("Entry")
SEEN = "seen"
"""The key of the validation context that holds what earlier entries have taken."""


@dataclass(frozen=True, slots=True)
class Once:
    """Tell pydantic that an entry may not take what an earlier one has; judged only where a context is given."""

    noun: str
    taken: Callable[[Any], object]
    """What of an entry must differ from all earlier entries; None takes nothing."""
    at: tuple[str, ...] = ()
    """Which key of the later entry is at fault."""

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Judge an entry after its own validation, so that a fault of one entry never hides another's."""
        return core_schema.with_info_after_validator_function(self._judge, handler(source))

    def _judge(self, entry: Entry, info: ValidationInfo) -> Entry:
        if info.context is None:
            return entry
        seen = info.context.setdefault(SEEN, {}).setdefault(self.noun, set())
        mark = self.taken(entry)
        if mark is None:
            return entry
        if mark in seen:
            raise refusal(f"{mark} is {self.noun} of an earlier entry", "keep one of them", self.at)
        seen.add(mark)
        return entry
