"""Make all that decisions depend on, out of the settings and the compiled set."""

from __future__ import annotations

import logging
from ipaddress import ip_network
from typing import TYPE_CHECKING

from guardian.config.values import LOCAL
from guardian.daemon.house_names import own_zones, records_of
from guardian.engine.generation import Generation
from guardian.engine.household import UNKNOWN, Household, Named
from guardian.family.standing import Standing
from guardian.lists import regexes
from guardian.lists.safe_search import Asked
from guardian.model import Band, ListKind
from guardian.policy.children import rules_now
from guardian.policy.policy import Policy
from guardian.policy.weighing import weigh
from guardian.system.interfaces import own_links
from guardian.wire.answers import Scribe
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from guardian.config.settings import Settings
    from guardian.daemon.parts import Parts
    from guardian.engine.household import Network
    from guardian.lists.catalog import Categories
    from guardian.lists.domain_set import DomainSet
    from guardian.policy.bands import BandRules
    from guardian.system.interfaces import OwnAddress

LOG = logging.getLogger("guardian")


def generation_of(parts: Parts, domains: DomainSet, judged: Judged | None = None) -> Generation:
    """Make all that decisions depend on; `judged` keeps what has been judged over the same set."""
    settings = parts.settings
    if domains.patterns is not None and domains.patterns.has_regexes and regexes.engine() is None:
        LOG.warning("the set's regular expressions are not in force: install guardian-dns[regex] where guardian runs")
    policies = policies_of(parts, domains, judged)
    return Generation(
        domains=domains,
        policies=policies,
        household=household_of(settings, family=parts.family.named),
        scribe=Scribe(
            mode=settings.dns.block_mode,
            block_ttl=settings.dns.block_ttl,
            topics=[info.category for info in domains.lists],
            never_null=[name for name, category in parts.categories.categories.items() if category.never_null],
        ),
        records=records_of(settings),
        zones={to_wire(forward.zone): number for number, forward in enumerate(settings.forward, start=1)},
        own_zones=own_zones(settings),
        rewrites=rewrites_of(parts),
        inside_names=frozenset(map(to_wire, settings.dns.inside_names)),
    )


def policies_of(
    parts: Parts, domains: DomainSet, judged: Judged | None = None, *, paused: bool = False
) -> dict[str, Policy]:
    """Judge every class of the set for each profile, as it is usually or while filtering is `paused`.

    `judged` keeps what has been judged before over the same set.
    """
    table = parts.categories
    strange = _strange_categories(domains, table)
    wanted = {}
    for profile, standings in _standings(parts).items():
        rules = [rules_now(one, table, strange, known=profile != UNKNOWN) for one in standings]
        wanted[profile] = tuple(one.pausing() if paused else one for one in rules)
    return (judged or Judged(domains)).policies(wanted)


def rewrites_of(parts: Parts) -> dict[str, dict[bytes, bytes]]:
    """Give for each profile the names that safe search rewrites, those with the same choice sharing one table."""
    tables: dict[tuple[Asked, ...], dict[bytes, bytes]] = {}
    found = {}
    for profile, standings in _standings(parts).items():
        asked = tuple(Asked(one.band, one.safe_search, one.video) for one in standings)
        if asked not in tables:
            tables[asked] = parts.safe_search.strictest(asked)
        found[profile] = tables[asked]
    return found


def _standings(parts: Parts) -> dict[str, tuple[Standing, ...]]:
    """Give what holds for each profile: the bands, a device that nobody has named, and those of the family."""
    usual = {band.value: (Standing(band),) for band in Band}
    usual[UNKNOWN] = (Standing(parts.settings.family.unknown_devices),)
    return usual | dict(parts.family.standings)


class Judged:
    """Policies over one set, each judged once: devices with the same rules share one."""

    def __init__(self, domains: DomainSet, *, max_policies: int = 128) -> None:
        """Hold none yet; who has been without use for longest goes first."""
        self.domains = domains
        self._max_policies = max_policies
        self._policies: dict[tuple[BandRules, ...], Policy] = {}

    def policies(self, wanted: Mapping[str, tuple[BandRules, ...]]) -> dict[str, Policy]:
        """Give for each profile the policy by the rules of its children."""
        kept = self._policies
        if any(rules not in kept for rules in wanted.values()):
            lists, rows = self.domains.lists, self.domains.rows()
            weighed = weigh(lists, rows)
            for rules in wanted.values():
                if rules not in kept:
                    kept[rules] = Policy(rules[0], lists, rows, rules[1:], weighed)
        found = {profile: kept[rules] for profile, rules in wanted.items()}
        for rules in wanted.values():
            # to the end: of those in use none goes
            kept[rules] = kept.pop(rules)
        while len(kept) > self._max_policies:
            del kept[next(iter(kept))]
        return found


def _strange_categories(domains: DomainSet, table: Categories) -> frozenset[str]:
    """Find the categories that the set has and the table has not: renamed since, and never silently open."""
    strange = (
        frozenset(info.category for info in domains.lists if info.kind is ListKind.BLOCK) - table.categories.keys()
    )
    if strange:
        words = ", ".join(sorted(strange))
        LOG.warning("categories without a rule are closed to every child: %s; run `guardian lists compile`", words)
    return strange


def household_of(
    settings: Settings,
    own: frozenset[OwnAddress] | None = None,
    family: Named = Named(),  # noqa: B008 - frozen
) -> Household:
    """Say which networks may ask and which profiles their devices have.

    `own` are this machine's addresses, for `local` and for who is met on its wires; without them the kernel is asked.
    `family` are the devices that the family has named.
    """
    if own is None:
        matters = LOCAL in settings.dns.allow_from or family.devices or any(one.mac for one in settings.clients)
        own = own_links() if matters else frozenset()
    inside: list[Network] = []
    for allowed in settings.dns.allow_from:
        if allowed == LOCAL:
            inside += [ip_network("127.0.0.0/8"), ip_network("::1/128"), *(one.interface.network for one in own)]
        else:
            inside.append(allowed)
    return Household(
        inside=inside,
        operator=Named(
            networks={one.network: one.band.value for one in settings.clients if one.network is not None},
            devices={one.mac: one.band.value for one in settings.clients if one.mac is not None},
        ),
        family=family,
        wires=[one.interface for one in own if one.link.is_wire],
        routers=map(str, settings.dns.trusted_routers),
    )
