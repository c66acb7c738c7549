"""Hold the walk of a query up to the cache as one ordered list; each position carries its reason.

Law 1: a stage gives a Reply, or None for "go on"; it must not care what the stages above it are doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.engine.special import dotless, special_use
from guardian.model import Answer, Reason, Reply, Verdict
from guardian.policy.policy import OPEN, is_closed_to_strangers
from guardian.wire import codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.engine.generation import Generation
    from guardian.model import Asker, Query
    from guardian.policy.policy import Policy

    Stage = Callable[["Query", "Ruling", "Generation"], Reply | None]

FOREVER = float("inf")
"""As long as the generation lives: every table of replies goes with it."""
_new = tuple.__new__
"""What Reply() makes, at half its cost."""
_REFUSED_TYPES = frozenset({codes.AXFR, codes.IXFR})
_ANY_TTL = 60
_HINFO = b"\x07RFC8482\x00"


class Ruling(NamedTuple):
    """What the asker's policy says of the name asked."""

    verdict: Verdict
    label: int
    """Of a block: the first label of the name that is blocked."""


def rule(query: Query, policy: Policy, generation: Generation, asker: Asker) -> Ruling:
    """Let the asker's policy judge the name."""
    verdict, label = policy.judge(generation.domains, query.name, query.labels, query.qtype, asker)
    if verdict.blocked and is_closed_to_strangers(verdict) and generation.is_of_the_house(query):
        # the printer is no stranger
        verdict = OPEN
    return _new(Ruling, (verdict, label))


def refuse_other_kinds(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Serve class IN only, so that no version leaks (class CH); no zone transfers; nobody who wants no recursion."""
    del ruling, generation
    if query.qclass != codes.IN or query.qtype in _REFUSED_TYPES or not query.flags & codes.RD:
        return Reply(query, codes.REFUSED, Reason.NOT_SERVED)
    return None


def answer_own_records(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Answer what the operator wrote in the configuration."""
    del ruling
    own = generation.records.get(query.name)
    if own is None:
        return None
    answer = own.get(query.qtype) or own[0]
    return Reply(query, answer.rcode, Reason.LOCAL_RECORD, answer, until=FOREVER)


def keep_special_names(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Answer special-use names here."""
    del ruling
    return special_use(query, generation)


def block(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Close what the asker's policy closes."""
    del generation
    verdict, label = ruling
    if not verdict.blocked:
        return None
    return _new(Reply, (query, codes.NOERROR, verdict.reason, None, verdict, label, FOREVER, None))


def keep_dotless_names(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Ask nobody outside for the address of a name without a dot."""
    del ruling
    return dotless(query, generation)


def answer_any(query: Query, ruling: Ruling, generation: Generation) -> Reply | None:
    """Answer ANY with one small record (RFC 8482 section 4.2): it serves those who forge their address best."""
    del ruling, generation
    if query.qtype != codes.ANY:
        return None
    numbers = (codes.HINFO, codes.IN, 0, _ANY_TTL, len(_HINFO))
    body = b"\xc0\x0c" + b"".join(number.to_bytes(2, "big") for number in numbers) + _HINFO
    answer = Answer(codes.NOERROR, authentic=False, truncated=False, counts=(1, 0), body=body, ttl=_ANY_TTL)
    return Reply(query, codes.NOERROR, Reason.DEFAULT, answer, until=FOREVER)


STAGES: tuple[Stage, ...] = (
    # first: what is no question of this house's costs nothing more
    refuse_other_kinds,
    # before the lists: only the operator may answer with an address, and what they wrote is meant
    answer_own_records,
    # before the lists: these names exist in the house only, whatever a list says of them
    keep_special_names,
    # before the cache: what the cache holds for one child says nothing of another
    block,
    # after the block: a list may close a whole top-level domain
    keep_dotless_names,
    # after the block: ANY of a closed name is closed, too
    answer_any,
)
