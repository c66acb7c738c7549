"""Hold the walk of a query as one ordered list; each position carries its reason.

Law 1: a stage gives a Reply, or None for "go on"; it must not care what the stages above it are doing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Reason, Reply
from guardian.wire import codes

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.engine.generation import Generation
    from guardian.model import Query
    from guardian.policy.policy import Policy

    Stage = Callable[[Query, Policy, Generation], Reply | None]

FOREVER = float("inf")
"""As long as the generation lives: every table of replies goes with it."""
_new = tuple.__new__
"""What Reply() makes, at half its cost."""
_REFUSED_TYPES = frozenset({codes.AXFR, codes.IXFR})


def refuse_other_kinds(query: Query, policy: Policy, generation: Generation) -> Reply | None:
    """Serve class IN only, so that no version leaks (class CH), and no zone transfers."""
    del policy, generation
    if query.qclass != codes.IN or query.qtype in _REFUSED_TYPES:
        return Reply(query, codes.REFUSED, Reason.NOT_SERVED)
    return None


def answer_own_records(query: Query, policy: Policy, generation: Generation) -> Reply | None:
    """Answer what the operator wrote in the configuration."""
    del policy
    own = generation.records.get(query.name)
    if own is None:
        return None
    answer = own.get(query.qtype) or own[0]
    return Reply(query, answer.rcode, Reason.LOCAL_RECORD, answer, until=FOREVER)


def block(query: Query, policy: Policy, generation: Generation) -> Reply | None:
    """Let the asker's policy close the name."""
    match = generation.domains.find(query.name, query.labels)
    verdict = policy.decide(match)
    if not verdict.blocked:
        return None
    label = match.label if match and verdict.list_index >= 0 else 0
    return _new(Reply, (query, codes.NOERROR, verdict.reason, None, verdict, label, FOREVER))


STAGES: tuple[Stage, ...] = (
    # first: what is no question of this house's costs nothing more
    refuse_other_kinds,
    # before the lists: only the operator may answer with an address, and what they wrote is meant
    answer_own_records,
    # before the cache: what the cache holds for one child says nothing of another
    block,
)
