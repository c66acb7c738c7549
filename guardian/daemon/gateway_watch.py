"""Recognise a house whose router asks for everybody: then no device can be told from another.

Law 1: nothing is kept but a time and a number: since when nobody but a gateway has asked, and about how often it did.
"""

from __future__ import annotations


class GatewayWatch:
    """Who has asked, seen twice a minute."""

    def __init__(self, *, seconds: float = 600.0, questions: int = 20) -> None:
        """It takes so many questions in at least so many seconds: a router has a few of its own at night, too."""
        self._seconds = seconds
        self._questions = questions
        self._since: float | None = None
        self._asked = 0

    def look(self, *, by_gateways: int, by_others: int, now: float) -> bool:
        """Take in how many questions came since the last look; say whether the gateway asks for everybody."""
        if by_others:
            self._since, self._asked = None, 0
            return False
        if by_gateways and self._since is None:
            self._since = now
        self._asked = min(self._asked + by_gateways, self._questions)
        return self._since is not None and now - self._since >= self._seconds and self._asked >= self._questions
