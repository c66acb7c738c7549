"""Hold every exception of guardian, a tree by who must act.

Law 1: a class names who can mend it, not where it was raised.
Law 2: the message says what, where (file:line) and what to do; nothing is lost by it.
Law 3: each seam lets only its own branch escape.

    GuardianError
    ├── ConfigError      the operator mends the configuration (exit 78)
    ├── ListError        the keeper of a list mends the list
    ├── WireError        the client or the upstream sent a malformed message
    ├── UpstreamError    the network did not answer
    ├── TrustError       who signed or sealed it does so again
    ├── DecisionError    a person decides otherwise
    └── StoreError       this machine: disk, port, memory (exit 1)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


EXIT_FAULT = 1
EXIT_CONFIG = 78
"""EX_CONFIG of sysexits.h."""


class GuardianError(Exception):
    """Something that a named person can mend."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a document, at its place.

    `line` and `column` count from 1; 0 means that the fault belongs to the whole file.
    """

    file: str
    line: int
    column: int
    key: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Read as `FILE:LINE:COL: key: message (hint)`."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        key = f" {self.key}:" if self.key else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}:{key} {self.message}{hint}"


class ConfigError(GuardianError):
    """The configuration is wrong; `faults` holds every fault at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        """Join all faults, one a line."""
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class ListError(GuardianError):
    """A list or a compiled set can't be used; the last good one stays."""


class WireError(GuardianError):
    """A message breaks RFC 1035, 6891 or 9619."""


class UpstreamError(GuardianError):
    """No upstream gave a usable answer."""


class TrustError(GuardianError):
    """Signed or sealed material doesn't prove what it says."""


class DecisionError(GuardianError):
    """What a person asked for can't be decided so; the message says what can."""


class StoreError(GuardianError):
    """This machine can't read, write or listen."""
