"""Say in words what guardian makes of a question: every stage that it meets, in the order of the real walk.

Law 1: each stage is asked itself, with the question as a device would ask it; nothing is decided a second time.
Law 2: what another place decides later, where the upstream's answer leads to, is said to be open, not guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardian.engine.engine import REWRITTEN_TYPES
from guardian.engine.household import UNKNOWN
from guardian.engine.own_name import OWN_NAME
from guardian.engine.stages import (
    STAGES,
    answer_any,
    answer_own_records,
    block,
    keep_dotless_names,
    keep_special_names,
    refuse_other_kinds,
    rule,
)
from guardian.model import Asker, Query, Reason, Reply
from guardian.policy.explanation import Stage, find_out
from guardian.wire import codes
from guardian.wire.names import label_offsets, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian.engine.generation import Generation
    from guardian.engine.stages import Ruling

TITLES: dict[Callable[..., Reply | None], str] = {
    refuse_other_kinds: "kind of question",
    answer_own_records: "records of this house",
    keep_special_names: "special names",
    block: "verdict",
    keep_dotless_names: "names without a dot",
    answer_any: "questions for ANY",
}
"""What people call the stages of the walk."""
_PASSED: dict[Callable[..., Reply | None], str] = {
    refuse_other_kinds: "one that is served",
    answer_own_records: "none",
    keep_special_names: "none of them",
}
"""What is found where a stage lets a question go on; the others say more, or matter only where they decide."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What guardian makes of a question, and why."""

    profile: str
    """A band, `unknown`, or `child:` and whose device it is; empty for who may not ask."""
    band: str
    """The band whose rules count."""
    verdict: str
    """`allow`, `block`, `house` (answered by this house itself) or `refuse`."""
    reason: str
    """The name of a `model.Reason`, in small letters."""
    reason_text: str
    stored: str
    """The name of the set that decided, the name itself or one above it; empty for none."""
    kept_open: tuple[str, ...]
    """Of an open name: lists that name it, whose categories this band leaves open."""
    list: str | None
    """The list that decided."""
    title: str | None
    origin: str | None
    category: str | None
    since: str | None
    """The day on which that list joined the catalogue."""
    answer: str
    """What a device is told."""
    target: str | None
    """The name that is resolved in place of the name asked: safe search."""
    stages: tuple[Stage, ...]


def question_of(name: bytes, qtype: int, client: str) -> Query:
    """Give the question for a name in wire form as a device at `client` would ask it."""
    question = name + qtype.to_bytes(2, "big") + codes.IN.to_bytes(2, "big")
    labels = label_offsets(name)
    return Query(0, name, labels, qtype, codes.IN, question, codes.RD, 0, dnssec_ok=False, repeats=False, client=client)


def explain(query: Query, generation: Generation, profile: str | None) -> Explanation:
    """Explain what is made of a question by a device of this profile; None for who is not of this house."""
    if profile is None:
        nobody = (Stage("who asks", "nobody of this house"),)
        return _told("", "", Reply(query, codes.REFUSED, Reason.OUTSIDER), generation, nobody)
    policy, asker = generation.policies[profile], Asker(query.client)
    counts = policy.rules_of(generation.domains, query.name, query.labels, query.qtype, asker)
    band = counts.band.value
    stages: tuple[Stage, ...] = (Stage("who asks", _who(profile, band)),)
    if query.name == OWN_NAME:
        own = Reply(query, codes.NOERROR, Reason.THIS_HOUSE)
        return _told(profile, band, own, generation, (*stages, Stage("guardian itself", "this is its own name")))
    ruling = rule(query, policy, generation, asker)
    verdict = ruling.verdict
    found = find_out(query.name, query.labels, generation.domains, policy, query.qtype, asker, verdict)
    reply = None
    for stage in STAGES:
        if stage is block:
            stages += found.stages
        reply = stage(query, ruling, generation)
        finding = _finding(stage, reply, ruling, found.kept_open, band)
        stages += (Stage(TITLES.get(stage, stage.__name__), finding),) if finding else ()
        if reply is not None:
            break
    met = found if any(one in stages for one in found.stages) else found._replace(stored="", kept_open=())
    target = None if reply else _target(query, generation, profile)
    if reply is None:
        stages += _beyond(query, target, generation)
        reply = Reply(query, codes.NOERROR, Reason.SAFE_SEARCH if target else verdict.reason, verdict=verdict)
    told = to_text(target) if target else None
    return _told(profile, band, reply, generation, stages, met.stored, met.kept_open, told)


def _who(profile: str, band: str) -> str:
    if profile == UNKNOWN:
        return f"a device that nobody has named, so {band}"
    if profile == band:
        return band
    return (
        f"a device of several children, of whom the strictest counts: {band}" if "+" in profile else f"a child, {band}"
    )


def _finding(
    stage: Callable[..., Reply | None], reply: Reply | None, ruling: Ruling, kept_open: tuple[str, ...], band: str
) -> str:
    """Say what a stage found; empty where there is nothing to say."""
    if stage is block:
        if kept_open:
            return f"open: on {' and '.join(kept_open)}, which band {band} does not close"
        return f"{'closed' if ruling.verdict.blocked else 'open'}: {ruling.verdict.reason.value}"
    return reply.reason.value if reply is not None else _PASSED.get(stage, "")


def _target(query: Query, generation: Generation, profile: str) -> bytes | None:
    if query.qtype not in REWRITTEN_TYPES:
        return None
    return generation.rewrites.get(profile, {}).get(query.name)


def _beyond(query: Query, target: bytes | None, generation: Generation) -> tuple[Stage, ...]:
    """Tell what comes after the walk: safe search, and who is asked."""
    asked = target or query.name
    zone = next((query.name[at:] for at in query.labels if query.name[at:] in generation.zones), None)
    rewritten = f"{to_text(asked)} is answered in its place" if target else "not one of its names for this band"
    whom = "the upstreams" if zone is None else f"the resolver of the forward zone {to_text(zone)}"
    judged = "" if target else "; where its answer leads to is judged as well"
    return (
        Stage("safe search", rewritten),
        Stage("answer", f"from memory, else from {whom}{judged}"),
    )


def _told(
    profile: str,
    band: str,
    reply: Reply,
    generation: Generation,
    stages: tuple[Stage, ...],
    stored: str = "",
    kept_open: tuple[str, ...] = (),
    target: str | None = None,
) -> Explanation:
    verdict = reply.verdict
    number = verdict.list_index if verdict is not None else -1
    info = generation.domains.lists[number] if number >= 0 else None
    word = _word(reply)
    return Explanation(
        profile=profile,
        band=band,
        verdict=word,
        reason=reply.reason.name.lower(),
        reason_text=reply.reason.value,
        stored=stored,
        kept_open=kept_open,
        list=info.id if info else None,
        title=info.title if info else None,
        origin=info.origin if info else None,
        category=(info.category or None) if info else None,
        since=(info.since or None) if info else None,
        answer=_answer(reply, word, target, generation),
        target=target,
        stages=stages,
    )


def _word(reply: Reply) -> str:
    if reply.rcode == codes.REFUSED:
        return "refuse"
    if reply.verdict is not None:
        return "block" if reply.verdict.blocked else "allow"
    return "house"


def _answer(reply: Reply, word: str, target: str | None, generation: Generation) -> str:
    """Say what a device is told; of a block, by looking at the message that would be written."""
    if word == "refuse":
        return "REFUSED"
    if word == "allow":
        return f"that of {target}" if target else "the upstream's"
    if reply.reason is Reason.THIS_HOUSE:
        return "guardian's own address"
    message = generation.scribe.write(reply)
    if message[3] & 0xF == codes.NXDOMAIN:
        return "NXDOMAIN"
    if int.from_bytes(message[6:8], "big") == 0:
        return "NODATA"
    if reply.reason is Reason.LOCAL_RECORD:
        return "the address in the settings"
    if word == "block":
        return "0.0.0.0" if reply.query.qtype == codes.A else "::"  # noqa: S104 - an answer, not a listener
    return "a record of this house"
