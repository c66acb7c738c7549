"""Hold what may be said over the control socket: one request a line, one reply a line.

Law 1: a request changes what guardian does for a while, or asks how it is; none asks who asked for what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from guardian.control.lines import read_line, write_line
from guardian.control.status import Status
from guardian.engine.explanation import Explanation  # noqa: TC001 - read at run time, field by field

SHORTEST_PAUSE, LONGEST_PAUSE = 5, 1440
"""Minutes."""


@dataclass(frozen=True, slots=True)
class Reload:
    """Take in the settings and the published set anew."""


@dataclass(frozen=True, slots=True)
class HowAreYou:
    """Say how guardian is doing."""


@dataclass(frozen=True, slots=True)
class Explain:
    """Say what is made of a question; it is not remembered."""

    name: str
    """As text, ASCII, without a final dot."""
    qtype: int
    band: str | None
    client: str | None
    """The address of the device that asks; with neither, a device that nobody has named."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Let filtering pause; a second one takes the first one's place."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Resume:
    """End a pause."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It can't be done, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Reloaded:
    """The settings and the published set are in force."""

    names: int
    lists: int


@dataclass(frozen=True, slots=True)
class Paused:
    """Filtering pauses."""

    minutes: int
    until: str
    """A time of day, `14:32`."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """Filtering is on."""

    was_paused: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """What is made of a question."""

    walk: Explanation
    paused_minutes: int | None
    """For how much longer filtering pauses; the walk is as it is during that."""
    paused_until: str | None
    """The same as a time of day."""
    usual: Explanation | None
    """What is made of it when no pause is on; None where none is."""


Request = Reload | HowAreYou | Explain | Pause | Resume
Answer = Refused | Reloaded | Status | Explained | Paused | Resumed

_REQUESTS: Final[dict[str, type]] = {
    "reload": Reload,
    "status": HowAreYou,
    "explain": Explain,
    "pause": Pause,
    "resume": Resume,
}
_ANSWERS: Final[dict[str, type]] = {
    "refused": Refused,
    "reloaded": Reloaded,
    "status": Status,
    "explained": Explained,
    "paused": Paused,
    "resumed": Resumed,
}


def write_request(request: Request) -> bytes:
    """Give a request as a line."""
    return write_line(request, _REQUESTS)


def read_request(line: bytes) -> Request:
    """Read a request; WireError where it is none."""
    return read_line(line, _REQUESTS)  # type: ignore[return-value] # one of these kinds


def write_answer(answer: Answer) -> bytes:
    """Give an answer as a line."""
    return write_line(answer, _ANSWERS)


def read_answer(line: bytes) -> Answer:
    """Read an answer; WireError where it is none."""
    return read_line(line, _ANSWERS)  # type: ignore[return-value] # one of these kinds
