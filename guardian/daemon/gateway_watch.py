"""Recognise a house whose router asks for everybody: then no device can be told from another.

Law 1: nothing is kept but a time, a number and the finding: since when nobody but a gateway has asked, and how often.
Law 2: a router asks for itself, too, when everybody sleeps: what came too seldom to be a house's is counted anew.
"""

from __future__ import annotations


class GatewayWatch:
    """Who has asked, seen twice a minute."""

    def __init__(self, *, seconds: float = 600.0, questions: int = 20) -> None:
        """It takes so many questions within about so many seconds, and not one of anybody else."""
        self._seconds = seconds
        self._questions = questions
        self._since: float | None = None
        self._asked = 0
        self._is_found = False

    def look(self, *, by_gateways: int, by_others: int, now: float) -> bool:
        """Take in how many questions came since the last look; say whether the gateway asks for everybody."""
        if by_others:
            self._since, self._is_found = None, False
        elif self._since is None:
            if by_gateways:
                self._since, self._asked = now, by_gateways
        else:
            self._asked += by_gateways
            if now - self._since >= self._seconds:
                self._is_found = self._is_found or self._asked >= self._questions
                self._since = None
        return self._is_found
