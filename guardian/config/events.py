"""Hold PyYAML's event parser, alone: no composer, resolver or constructor that could build an object."""

from __future__ import annotations

from typing import Any

from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner


class Events(Reader, Scanner, Parser):
    """The events of one text, in order.

    Broken syntax raises yaml.MarkedYAMLError; an escape of no character ValueError or OverflowError.
    """

    def __init__(self, text: str) -> None:
        """Start at the beginning of `text`."""
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)

    def take(self) -> Any:  # noqa: ANN401 - the stubs leave the parser untyped
        """Return the next event and go past it."""
        return self.get_event()  # type: ignore[no-untyped-call]

    def ahead(self) -> Any:  # noqa: ANN401 - as take
        """Return the next event and stay."""
        return self.peek_event()  # type: ignore[no-untyped-call]
