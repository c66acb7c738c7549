"""Hold how long a parent's yes lasts: a quarter of an hour, an hour, today, always."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta


class Span(enum.StrEnum):
    """What a parent chooses."""

    QUARTER = "15m"
    HOUR = "1h"
    TODAY = "today"
    ALWAYS = "always"


def end_of(span: Span, now: datetime) -> int | None:
    """Give the seconds of Unix time at which a span ends that begins at a moment in the family's zone."""
    if span is Span.ALWAYS:
        return None
    if span is Span.TODAY:
        return int(end_of_day(now).timestamp())
    return int(now.timestamp()) + (900 if span is Span.QUARTER else 3600)


def end_of_day(now: datetime, days: int = 0) -> datetime:
    """Give the midnight at which a day ends, today or so many days later, by the wall clock of its zone."""
    day = now.date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=now.tzinfo)
