"""Hold the fields that several forms share: numbers, subjects, sites, reasons, and how long something lasts.

Law 1: what a form lets through can be stored; whether it makes sense is said by who decides it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from guardian.family.spans import end_of_day
from guardian.web.routes import Body

if TYPE_CHECKING:
    from datetime import datetime

Number = Annotated[int, Field(ge=1, le=999_999_999)]
"""Of a child, a device and the like."""
SubjectText = Annotated[str, Field(min_length=1, max_length=80)]
"""`everything`, `category:games`, `service:tiktok`."""
SiteText = Annotated[str, Field(min_length=1, max_length=2048)]
"""A name, or a web address as somebody pastes it."""
ReasonText = Annotated[str, Field(max_length=400)]
TitleText = Annotated[str, Field(max_length=200)]
DayText = Annotated[str, Field(pattern=r"^20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$")]
Minutes = Annotated[int, Field(ge=1, le=366 * 1440)]
Through = Literal["today", "tomorrow"]


class Lasting(Body):
    """Something with an end: after so many minutes, or with a day of the family's."""

    minutes: Minutes | None = None
    through: Through | None = None

    @model_validator(mode="after")
    def one_end(self) -> Self:
        """ValueError where two ends are named."""
        if self.minutes is not None and self.through is not None:
            message = "it ends after some minutes, or with a day: name one of them"
            raise ValueError(message)
        return self

    def until(self, now: datetime) -> int | None:
        """Give the seconds of Unix time at which it ends that begins now; None where it has no end."""
        if self.minutes is not None:
            return int((now + timedelta(minutes=self.minutes)).timestamp())
        if self.through is not None:
            return int(end_of_day(now, 1 if self.through == "tomorrow" else 0).timestamp())
        return None
