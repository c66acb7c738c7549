"""Hold what may be said over the control socket: one request a line, one reply a line.

Law 1: a request changes what guardian does for a while, or asks how it is; none asks who asked for what, but for a
       device that has just opened a window on itself (Troubleshoot), and for five minutes.
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
    """The address of the device that asks."""
    child: int | None = None
    """The number of the child who asks; with none of the three, a device that nobody has named."""
    at: int | None = None
    """When it is asked, in seconds of Unix time; None for now."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Let filtering pause; a second one takes the first one's place."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Resume:
    """End a pause."""


@dataclass(frozen=True, slots=True)
class FamilyChanged:
    """The family store has been written: read it anew."""


@dataclass(frozen=True, slots=True)
class Standings:
    """Say what holds now for each child, and until when."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Say which devices are on this machine's networks and in nobody's list."""


@dataclass(frozen=True, slots=True)
class WhoAsks:
    """Say which device has an address now, for a page that answers that device alone."""

    address: str


@dataclass(frozen=True, slots=True)
class Troubleshoot:
    """Open, show or close the window in which a device sees what is stopped for it; for the asker's own address."""

    address: str
    do: str
    """`open`, `show` or `close`."""


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


@dataclass(frozen=True, slots=True)
class FamilyTaken:
    """What the family has decided is in force."""

    children: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What is closed by time."""

    subject: str
    """`everything`, `category:games`, `service:tiktok`."""
    why: str
    """`off`, `lesson`, `hours` or `budget`: minutes of the day that do not run."""
    until: int | None
    """Seconds of Unix time; None where a child starts it, or for good."""


@dataclass(frozen=True, slots=True)
class ChildNow:
    """What holds now for one child."""

    child: int | None
    """None for devices that nobody has named."""
    band: str
    paused: bool
    lesson: tuple[str, ...]
    """Names that a lesson opens; empty where none is on."""
    closed: tuple[Closing, ...]


@dataclass(frozen=True, slots=True)
class StandingsNow:
    """What holds now."""

    clock_known: bool
    """False while this machine can't tell the time for sure: nothing is open then that has its hours."""
    trouble: str
    """Why the family store can't be read; empty where it can."""
    children: tuple[ChildNow, ...]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A device that nobody has named."""

    hardware: str
    """Its hardware address, `aa:bb:cc:dd:ee:ff`."""
    addresses: tuple[str, ...]
    """Those that it has now; none where a trusted router tells of it."""
    name: str
    """What it calls itself, or the router calls it; empty where that is not known."""
    changing: bool
    """It has drawn its hardware address at random, and may draw another one."""


@dataclass(frozen=True, slots=True)
class NewcomersFound:
    """The devices that nobody has named, in the order of their hardware addresses; nothing tells when one came."""

    devices: tuple[Newcomer, ...]


@dataclass(frozen=True, slots=True)
class AskerFound:
    """The device that has an address."""

    hardware: str
    """Empty where it is not known, or a gateway's, through which others ask."""
    profile: str | None
    """Whose rules it has: `child:3`, `child:3+5`, a band, `unknown`; None for an address outside of this house."""
    children: tuple[int, ...]
    """The children who use it."""


@dataclass(frozen=True, slots=True)
class StoppedName:
    """A name that was stopped for a device, and by what."""

    name: str
    why: str
    """The name of a `model.Reason`, in small letters."""
    list: str
    """The list that decided; empty where none did."""
    category: str


@dataclass(frozen=True, slots=True)
class WindowShown:
    """What was stopped for a device since its window was opened, in the order of asking."""

    seconds: int
    """Until it closes itself; 0 where none is open."""
    names: tuple[StoppedName, ...]
    is_full: bool
    """There was more than it holds."""
    trouble: str
    """Why this device can have no window; empty where it can."""


Request = Reload | HowAreYou | Explain | Pause | Resume | FamilyChanged | Standings | Newcomers | WhoAsks | Troubleshoot
Answer = (
    Refused
    | Reloaded
    | Status
    | Explained
    | Paused
    | Resumed
    | FamilyTaken
    | StandingsNow
    | NewcomersFound
    | AskerFound
    | WindowShown
)

_REQUESTS: Final[dict[str, type]] = {
    "reload": Reload,
    "status": HowAreYou,
    "explain": Explain,
    "pause": Pause,
    "resume": Resume,
    "family-changed": FamilyChanged,
    "standings": Standings,
    "newcomers": Newcomers,
    "who-asks": WhoAsks,
    "troubleshoot": Troubleshoot,
}
_ANSWERS: Final[dict[str, type]] = {
    "refused": Refused,
    "reloaded": Reloaded,
    "status": Status,
    "explained": Explained,
    "paused": Paused,
    "resumed": Resumed,
    "family-taken": FamilyTaken,
    "standings-now": StandingsNow,
    "newcomers-found": NewcomersFound,
    "asker-found": AskerFound,
    "window-shown": WindowShown,
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
