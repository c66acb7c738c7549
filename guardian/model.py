"""Hold the frozen values that cross rooms.

Law 1: a value here has no behaviour beyond reading itself.
Law 2: names are wire form (RFC 1035 section 3.1), ASCII lower case, unless the field says otherwise.
Law 3: values made once per question are named tuples: a frozen dataclass costs three times as much to make.
"""

from __future__ import annotations

import enum
from typing import NamedTuple


class Band(enum.StrEnum):
    """An age band in whole years, or an adult."""

    EARLY = "0-5"
    PRIMARY = "6-9"
    MIDDLE = "10-12"
    TEEN = "13-15"
    YOUTH = "16-17"
    ADULT = "adult"


class Action(enum.StrEnum):
    """What a band does with a category."""

    BLOCK = "block"
    ASK = "ask"
    """Closed until a parent says yes."""
    TIME = "time"
    """Open within the family's hours."""
    OPEN = "open"


class Format(enum.StrEnum):
    """How the text of a list is written; AUTO lets the reader decide."""

    AUTO = "auto"
    HOSTS = "hosts"
    DOMAINS = "domains"
    WILDCARD = "wildcard"
    ADGUARD = "adguard"
    DNSMASQ = "dnsmasq"
    UNBOUND = "unbound"
    RPZ = "rpz"


class Scope(enum.StrEnum):
    """What a plain name of a list covers: itself and all below it, or itself alone."""

    SUFFIX = "suffix"
    EXACT = "exact"


class BlockMode(enum.StrEnum):
    """How a blocked name is answered."""

    NXDOMAIN = "nxdomain"
    NULL = "null"
    NODATA = "nodata"


class ListKind(enum.StrEnum):
    """What a list is for."""

    BLOCK = "block"
    ALLOW = "allow"
    PROTECTED = "protected"


class Pattern(NamedTuple):
    """Which names a rule means that names none: by a part, by wildcards, or by a regular expression."""

    text: str
    """Lower case, ASCII; of names as text without a final dot. `*` stands for any run, unless `regex`."""
    regex: bool = False
    label_start: bool = False
    """It begins where a label begins (`||`)."""
    name_start: bool = False
    """It begins where the name begins (`|`)."""
    name_end: bool = False
    """It ends where the name ends (`^`, or a final `|`)."""


class Condition(NamedTuple):
    """When a rule holds; an empty field sets no condition."""

    types: frozenset[int] = frozenset()
    """The RR types that it holds for (`$dnstype`)."""
    not_types: frozenset[int] = frozenset()
    outside: tuple[bytes, ...] = ()
    """Names in wire form that it does not reach, nor what is below them (`$denyallow`)."""
    clients: tuple[str, ...] = ()
    """Addresses, networks or names of devices (`$client`)."""
    not_clients: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    """Kinds of device or user (`$ctag`)."""
    not_tags: tuple[str, ...] = ()


class Asker(NamedTuple):
    """Who asks, as far as the conditions of rules look at it."""

    client: str
    """The source address as text, or the name of a device."""
    tags: frozenset[str] = frozenset()
    """Kinds of device or user, as `$ctag` names them."""


class Rule(NamedTuple):
    """One rule of a list, as its reader understood it."""

    name: bytes
    """Wire form, lower case, with the root label; empty where `pattern` says which names are meant."""
    suffix: bool
    """The rule covers the names below, too."""
    exact: bool
    """The rule covers the name itself."""
    exception: bool
    """The rule undoes blocks of its own list (`@@`)."""
    important: bool
    line: int
    """Counts from 1."""
    cancels: bool = False
    """It takes back the rule of its own list that is the same but for this (`$badfilter`)."""
    condition: Condition | None = None
    pattern: Pattern | None = None


class Reason(enum.Enum):
    """Why an answer is what it is; its wire code stands in one table, `wire.answers`."""

    DEFAULT = "no rule speaks of this name"
    PROTECTED = "protected: no list or band blocks this name"
    PARENT_ALLOWS = "a parent has opened this name"
    PARENT_CLOSES = "a parent has closed this name"
    OFF = "a parent has switched this off for a while"
    LESSON = "a lesson is on, and opens its own sites alone"
    HOURS = "the family's hours close this now"
    BUDGET = "its minutes of the day are not running"
    SERVICE = "the family has decided on this service by itself"
    ALLOW_LIST = "on the allow list"
    CATEGORY = "in a category that this band blocks"
    THREAT = "malicious software or online scam"
    NOT_ON_ALLOW_LIST = "this band opens only the allow list"
    LOCAL_RECORD = "a record of this house"
    NOT_SERVED = "this class or type is not served"
    OUTSIDER = "the asker is not on this house's networks"
    OVER_LIMIT = "this device asks more than its share; it may ask again over TCP"
    SPECIAL_USE = "a special name that never leaves the house"
    THIS_HOUSE = "guardian itself"
    SAFE_SEARCH = "safe search is on for this band"
    REBINDING = "an outside name that points into the house"
    STALE = "an older answer, while no upstream answers"
    STALE_DENIAL = "an older answer that there is no such name, while no upstream answers"
    UPSTREAM_SLOW = "the upstream takes long"
    UPSTREAM_DOWN = "no upstream answers at present"
    UPSTREAM_SILENT = "no upstream answered in time"
    UPSTREAM_FAULTY = "the upstream's answer was unusable"


class Match(NamedTuple):
    """Where a name met the compiled set."""

    row: int
    """The class: a row of the set's table."""
    exact: bool
    """The name itself is stored; otherwise a name above it."""
    label: int
    """The first label of the stored name, an index into the labels of the name asked."""


class Verdict(NamedTuple):
    """What one policy says of one name."""

    blocked: bool
    reason: Reason
    list_index: int = -1
    """Which list of the set decided; -1 for none."""
    covers_below: bool = False
    """A block that covers all names below: RFC 8020 lets it be NXDOMAIN."""


class Query(NamedTuple):
    """One question of one client."""

    id: int
    name: bytes
    labels: tuple[int, ...]
    """Offset in `name` of each label; the root has none."""
    qtype: int
    qclass: int
    question: bytes
    """The question section byte for byte: the client's own case, type and class."""
    flags: int
    """The RD and CD bits as they stand in the header."""
    payload: int
    """The UDP payload size that the client's OPT allows, in bytes; 0 without OPT."""
    dnssec_ok: bool
    repeats: bool
    """The packet has no part that changes from one question to the next but its ID."""
    client: str
    """The source address as text."""
    stream: bool = False
    """It came over TCP or TLS: its source is no forgery, and an answer of any length fits (RFC 7766)."""
    stated: str = ""
    """Who asks by its own or a router's word: a label, or a hardware address. The house says whose word counts."""


class AskKey(NamedTuple):
    """What makes two questions to an upstream the same."""

    name: bytes
    qtype: int
    qclass: int
    dnssec_ok: bool
    checking_disabled: bool
    group: int
    """Which upstreams: 0 the default ones, else a forward zone."""


class Ask(NamedTuple):
    """A question that only an upstream can answer."""

    key: AskKey
    query: Query
    patience: float = 0.0
    """Seconds after which an older answer will do (RFC 8767); 0 where there is none."""
    verdict: Verdict | None = None
    """What was found of the name asked, good as long as the generation is the same."""
    generation: int = 0


class Hold(NamedTuple):
    """A question of a device that nobody knows yet, although it is on this house's own wire.

    Whoever holds it makes the kernel look for the device, waits a little, and hands the question in again.
    """

    query: Query


class Answer(NamedTuple):
    """An upstream's or a local answer, without its header, question and OPT.

    `body` starts where the question ends: its compression pointers stay right behind any question of the same length.
    """

    rcode: int
    authentic: bool
    """The AD bit."""
    truncated: bool
    counts: tuple[int, int]
    """How many records of the answer and of the authority section."""
    body: bytes
    ttl: int
    """How many seconds the answer may be kept (RFC 2308 for negative ones)."""
    targets: tuple[bytes, ...] = ()
    """Each further name that the answer leads to, in wire form."""
    private: bool = False
    """It holds an address that belongs inside a house."""


class Reply(NamedTuple):
    """What a client is told, and why."""

    query: Query
    rcode: int
    reason: Reason
    answer: Answer | None = None
    verdict: Verdict | None = None
    label: int = 0
    """Of a block: the first label of the name that is blocked."""
    until: float = 0.0
    """The same packet may get the same reply until this time (monotonic seconds); 0 for never."""
    refresh: Ask | None = None
    """What to ask behind this reply, so that the next one is fresh."""
