"""Judge an answer for the one who asked: where it leads to, and whether it points into the house.

Law 1: a name that a list closes stays closed behind every other name (cloaking), for HTTPS and SVCB targets too.
Law 2: what a list opens by name is open with all that it leads to, but for malicious software and scams; else content
       networks would break it. A protected name is open whatever it leads to.
Law 3: who has the allow list alone, or nothing at this time, reaches the house's own names, by whatever alias.
Law 4: an address of the house comes from the house: forward zones and the names in dns.inside_names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.model import Reason, Reply
from guardian.policy.policy import OPENED, is_closed_to_strangers
from guardian.wire import codes
from guardian.wire.names import label_offsets

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from guardian.engine.stages import Ruling
    from guardian.model import Answer, Asker, Query
    from guardian.policy.policy import Policy


def judge(
    query: Query,
    ruling: Ruling,
    policy: Policy,
    generation: Generation,
    answer: Answer,
    asker: Asker,
    *,
    rewritten: bool,
) -> Reply | None:
    """Give the reply that takes the answer's place, None where the answer may go out.

    `rewritten` says that the house itself chose the name that was resolved (safe search): it is not judged.
    """
    if answer.private and not generation.is_of_the_house(query):
        return Reply(query, codes.NOERROR, Reason.REBINDING)
    if not answer.targets or rewritten or ruling.verdict.reason is Reason.PROTECTED:
        return None
    opened = ruling.verdict.reason in OPENED
    for target in answer.targets:
        labels = label_offsets(target)
        verdict, _ = policy.judge(generation.domains, target, labels, query.qtype, asker)
        opened = opened or (not verdict.blocked and verdict.reason in OPENED)
        if is_closed_to_strangers(verdict) and generation.has_house_name(target, labels):
            continue
        if verdict.blocked and (not opened or verdict.reason is Reason.THREAT):
            # the name asked has other names below it that this says nothing of
            return Reply(query, codes.NOERROR, verdict.reason, verdict=verdict._replace(covers_below=False))
    return None
