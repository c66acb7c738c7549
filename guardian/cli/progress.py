"""Show on a terminal what long work is doing, and nothing in a pipe."""

from __future__ import annotations

import sys


class Progress:
    """One line that is written over; an empty step clears it."""

    def __init__(self, verb: str) -> None:
        """`verb` begins the line."""
        self._verb = verb
        self._shown = sys.stderr.isatty()

    def __call__(self, step: str) -> None:
        """Show a step."""
        if self._shown:
            line = f"{self._verb} {step} …" if step else ""
            print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)
