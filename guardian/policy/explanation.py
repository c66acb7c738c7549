"""Say in words how a policy came to its verdict: the stages that a name meets, in their order.

Law 1: the verdict is the policy's own, never computed a second time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from guardian.model import Asker, ListKind
from guardian.wire.codes import A
from guardian.wire.names import label_offsets, to_text

if TYPE_CHECKING:
    from guardian.lists.domain_set import DomainSet
    from guardian.lists.set_file import ListInfo
    from guardian.model import Verdict
    from guardian.policy.bands import BandRules
    from guardian.policy.policy import Policy


NOBODY = Asker("")
"""An asker that no condition names."""


class Stage(NamedTuple):
    """One stage of the walk and what it found."""

    stage: str
    finding: str


class Explanation(NamedTuple):
    """Why a name is open or closed for a band."""

    verdict: Verdict
    stored: str
    """The name of the set that decided, the name itself or one above it; empty for none."""
    decided_by: ListInfo | None
    stages: tuple[Stage, ...]


def explain(
    name: bytes, domains: DomainSet, policy: Policy, rules: BandRules, qtype: int = A, asker: Asker = NOBODY
) -> Explanation:
    """Explain what `policy`, made from `rules` over `domains`, says of `name` in wire form to this asker."""
    labels = label_offsets(name)
    match = domains.find(name, labels)
    verdict, _ = policy.judge(domains, name, labels, qtype, asker)
    heard = domains.hear(match, name, labels, qtype, asker)
    bits = heard.stored.any | heard.shaped.any
    naming = [info for number, info in enumerate(domains.lists) if bits >> number & 1]
    stored = "" if match is None else to_text(name[labels[match.label] :])
    shapes = domains.patterns.matching(name, labels) if domains.patterns else []
    pattern = domains.patterns.pattern(shapes[0]).text if domains.patterns and shapes else ""
    decided_by = domains.lists[verdict.list_index] if verdict.list_index >= 0 else None
    stages = (
        Stage("compiled set", _met(stored, pattern)),
        Stage("protected names", _named(naming, ListKind.PROTECTED) or "not protected"),
        Stage("allow lists", _allowing(naming, rules)),
        Stage("lists by category", _blocking(naming, rules)),
        Stage("verdict", ("closed: " if verdict.blocked else "open: ") + verdict.reason.value),
    )
    return Explanation(verdict, stored, decided_by, stages)


def _met(stored: str, pattern: str) -> str:
    found = f"{stored} is stored" if stored else "neither the name nor one above it is stored"
    return f"{found}; the pattern {pattern} means it" if pattern else found


def _named(naming: list[ListInfo], kind: ListKind) -> str:
    return ", ".join(info.id for info in naming if info.kind is kind)


def _allowing(naming: list[ListInfo], rules: BandRules) -> str:
    on = _named(naming, ListKind.ALLOW)
    return on or ("on none, and this band opens only what is on one" if rules.allow_only else "on none")


def _blocking(naming: list[ListInfo], rules: BandRules) -> str:
    found = [
        f"{info.id} ({info.category}, {'closed' if info.category in rules.closed else 'open'} for {rules.band})"
        for info in naming
        if info.kind is ListKind.BLOCK
    ]
    return ", ".join(found) or "on none"
