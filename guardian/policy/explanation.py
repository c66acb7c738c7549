"""Say in words how a policy came to its verdict: the stages that a name meets, in their order.

Law 1: the verdict is the policy's own, never computed a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from guardian.model import ListKind, Reason
from guardian.policy.bands import CATEGORY, EVERYTHING, SERVICE
from guardian.wire.names import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.domain_set import DomainSet
    from guardian.lists.set_file import ListInfo
    from guardian.model import Asker, Verdict
    from guardian.policy.bands import BandRules
    from guardian.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of the walk and what it found."""

    stage: str
    finding: str


class Findings(NamedTuple):
    """Why a policy leaves a name open or closes it."""

    stored: str
    """The name of the set that decided, the name itself or one above it; empty for none."""
    stages: tuple[Stage, ...]
    kept_open: tuple[str, ...]
    """Of an open name: the lists that would close it, were their categories closed for this band."""


def find_out(
    name: bytes,
    labels: tuple[int, ...],
    domains: DomainSet,
    policy: Policy,
    qtype: int,
    asker: Asker,
    verdict: Verdict,
) -> Findings:
    """Find out why `policy`, made for `domains`, came to this verdict of `name`, in wire form, for this asker."""
    rules = policy.rules_of(domains, name, labels, qtype, asker)
    match = domains.find(name, labels)
    heard = domains.hear(match, name, labels, qtype, asker)
    said = heard.stored.union(heard.shaped)
    naming = [info for number, info in enumerate(domains.lists) if said.any >> number & 1]
    blocking = [info for number, info in enumerate(domains.lists) if said.blocking >> number & 1]
    stored = "" if match is None else to_text(name[labels[match.label] :])
    shapes = domains.patterns.matching(name, labels) if domains.patterns else []
    pattern = domains.patterns.pattern(shapes[0]).text if domains.patterns and shapes else ""
    stages = (
        Stage("compiled set", _met(stored, pattern)),
        Stage("protected names", _named(naming, ListKind.PROTECTED) or "not protected"),
        *_decided(name, labels, rules, blocking),
        Stage("malicious software and scams", _blocking(naming, blocking, rules, threats=True)),
        Stage("allow lists", _named(naming, ListKind.ALLOW) or "on none"),
        Stage("lists by category", _blocking(naming, blocking, rules, threats=False)),
        Stage("all else", _all_else(rules)),
    )
    kept_open: tuple[str, ...] = ()
    if not verdict.blocked and verdict.reason is Reason.DEFAULT:
        kept_open = tuple(
            f"{info.id} ({info.category})"
            for info in blocking
            if info.kind is ListKind.BLOCK and info.category not in rules.closed
        )
    return Findings(stored, stages, kept_open)


def _decided(name: bytes, labels: tuple[int, ...], rules: BandRules, blocking: list[ListInfo]) -> Iterator[Stage]:
    """Tell what a family has decided of a name, as far as it has decided anything of the kind."""
    above = {name[at:] for at in labels}
    typed = (("opens", rules.allows), ("closes", rules.blocks), ("opens for a lesson", rules.lesson))
    if any(names for _, names in typed):
        said = [f"{word} {to_text(one)}" for word, names in typed for one in sorted(above & names)]
        yield Stage("names that a parent typed", ", ".join(said) or "none of them")
    if leading := [info for info in blocking if info.category in rules.bypass]:
        yield Stage("names that lead past guardian", ", ".join(f"{info.id}, closed" for info in leading))
    if rules.timed:
        subjects = {EVERYTHING} | {f"{SERVICE}:{info.id}" for info in blocking}
        subjects |= {f"{CATEGORY}:{info.category}" for info in blocking}
        said = [f"{subject}: {why.value}" for subject, why in rules.timed if subject in subjects]
        yield Stage("time", "; ".join(said) or "nothing that closes this now")
    if rules.services or rules.opened:
        said = [f"{info.id}, closed" for info in blocking if info.id in rules.services]
        said += [f"{info.id}, opened" for info in blocking if info.id in rules.opened - rules.services]
        yield Stage("services decided on", ", ".join(said) or "none of them")


def _met(stored: str, pattern: str) -> str:
    found = f"{stored} is stored" if stored else "neither the name nor one above it is stored"
    return f"{found}; the pattern {pattern} means it" if pattern else found


def _named(naming: list[ListInfo], kind: ListKind) -> str:
    return ", ".join(info.id for info in naming if info.kind is kind)


def _blocking(naming: list[ListInfo], blocking: list[ListInfo], rules: BandRules, *, threats: bool) -> str:
    """Tell the lists that name it for blocking, and of each what comes of that."""

    def outcome(info: ListInfo) -> str:
        if info not in blocking:
            return "which excepts it itself"
        return f"{'closed' if info.category in rules.closed else 'open'} for {rules.band}"

    found = [
        f"{info.id} ({info.category}, {outcome(info)})"
        for info in naming
        if info.kind is ListKind.BLOCK and (info.category in rules.threats) is threats
    ]
    return ", ".join(found) or "on none"


def _all_else(rules: BandRules) -> str:
    if rules.allow_only:
        return f"closed: {rules.band} opens only what is protected or on an allow list"
    return f"open for {rules.band}"
