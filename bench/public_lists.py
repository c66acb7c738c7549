"""What the public lists of the catalogue would close among popular sites and sites that others keep open.

Law 1: each list is judged alone, by the same reader, set and policy as in `guardian dns`.
Law 2: only rules that can speak of the sites asked for are compiled: the verdicts are the same, and it costs a tenth.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.formats import read_rules
from guardian.lists.public import read_public
from guardian.lists.set_file import ListInfo
from guardian.lists.suffixes import without_too_wide
from guardian.lists.text import Report
from guardian.model import Asker, Band, Format, ListKind
from guardian.policy.bands import BandRules
from guardian.policy.policy import Policy
from guardian.wire.names import label_offsets, to_wire

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from guardian.lists.public import PublicList

COPIES = {
    "threatfox": "malware/threatfox-2023.txt.gz",
    "dandelion-sprout-anti-malware": "malware/dandelionsprout.agh.txt",
    "shadowwhisperer-malware": "malware/shadowwhisperer-malware.txt.gz",
    "blp-ransomware": "malware/blp-ransomware.hosts.txt",
    "kadhosts": "phishing/kadhosts-2021.hosts.txt.gz",
    "durablenapkin-scam": "phishing/durablenapkin-scam.hosts.txt",
    "gaso-scam": "phishing/gaso-abp.txt",
    "jarelllama-scams-light": "phishing/jarelllama-scams-light.wildcard.txt",
    "shadowwhisperer-scam": "phishing/shadowwhisperer-scam.txt",
    "blp-scam": "phishing/blp-scam.hosts.txt",
    "nocoin": "malware/nocoin.hosts.txt",
    "ut1-cryptojacking": "malware/ut1-cryptojacking.txt",
    "stevenblack-hosts": "ads-trackers/stevenblack-2022.dnsmasq.conf.gz",
    "adaway": "ads-trackers/adaway.hosts.txt",
    "1hosts-lite": "ads-trackers/1hosts-lite-2021.txt.gz",
    "nextdns-cname-cloaking": "ads-trackers/nextdns-cname-cloaking.txt",
    "perflyst-smarttv": "ads-trackers/perflyst-smarttv.txt",
    "shadowwhisperer-adult": "adult/shadowwhisperer-adult.txt.gz",
    "sinfonietta-pornography": "adult/sinfonietta-pornography.hosts.txt.gz",
    "ut1-mixed-adult": "adult/ut1-mixed_adult.txt",
    "shadowwhisperer-gambling": "gambling/shadowwhisperer-gambling.txt",
    "sinfonietta-gambling": "gambling/sinfonietta-gambling.hosts.txt",
    "blp-drugs": "drugs/blp-drugs.txt.gz",
    "ut1-drogue": "drugs/ut1-drogue.txt",
    "blp-vaping": "drugs/blp-vaping.hosts.txt",
    "sinfonietta-snuff": "violence/sinfonietta-snuff.hosts.txt",
    "shadowwhisperer-dating": "dating/shadowwhisperer-dating.txt",
    "ut1-dating": "dating/ut1-dating.txt",
    "hagezi-bypass": "vpn-proxy-doh/hagezi-bypass.wildcard.txt",
    "nextdns-vpn": "vpn-proxy-doh/nextdns-vpn.txt",
    "nextdns-proxies": "vpn-proxy-doh/nextdns-proxies.txt",
    "shadowwhisperer-tunnels": "vpn-proxy-doh/shadowwhisperer-tunnels.txt",
    "ut1-vpn": "vpn-proxy-doh/ut1-vpn.txt",
    "dibdot-doh": "vpn-proxy-doh/dibdot-doh-domains.txt",
    "nextdns-encrypted-dns": "vpn-proxy-doh/nextdns-encrypted-dns.txt",
    "nextdns-torrents": "piracy/nextdns-torrent-websites.txt",
    "ut1-ai": "ai/ut1-ai.txt",
}
"""The copy that the corpus has of a list, by its id in public.yaml; a list that is missing has none there."""
SOMEBODY = Asker("")
TYPE_A = 1


class Judged(NamedTuple):
    """One public list, and which of the sites it closes."""

    listed: PublicList
    rules: int
    closed: frozenset[str]


def judge(corpus: Path, folder: Path, sites: Iterable[str]) -> list[Judged]:
    """Judge the sites by every list of public.yaml that the corpus has a copy of."""
    asked = [(name, wire, label_offsets(wire)) for name in sites for wire in (to_wire(name),)]
    speaking = {wire[label:] for _, wire, labels in asked for label in labels}
    lists = [one for one in read_public((folder / "public.yaml").read_bytes(), "public.yaml").lists if one.id in COPIES]
    compiler = Compiler(io.BytesIO(), io.BytesIO())
    counts = []
    for one in lists:
        report = Report(name=one.id)
        with (corpus / COPIES[one.id]).open("rb") as source:
            rules = read_rules(source, form=Format.AUTO, scope=one.match, report=report)
            heard = (rule for rule in rules if rule.pattern or rule.name in speaking)
            compiler.add(ListInfo(one.id, "", ListKind.BLOCK, one.id, ""), without_too_wide(heard, Report()))
        counts.append(report.rules)
    output = io.BytesIO()
    compiler.write(output)
    domains = DomainSet(memoryview(output.getvalue()))
    patterns = domains.patterns
    met = [
        (name, wire, labels)
        for name, wire, labels in asked
        if domains.find(wire, labels) or (patterns and patterns.matching(wire, labels))
    ]
    return [
        Judged(one, count, frozenset(name for name, wire, labels in met if _closes(policy, domains, wire, labels)))
        for one, count in zip(lists, counts, strict=True)
        for policy in (_alone(one.id, domains),)
    ]


def _alone(list_id: str, domains: DomainSet) -> Policy:
    """Make a policy for which this list is the only one."""
    rules = BandRules(Band.ADULT, allow_only=False, closed=frozenset({list_id}), threats=frozenset())
    return Policy(rules, domains.lists, domains.rows())


def _closes(policy: Policy, domains: DomainSet, wire: bytes, labels: tuple[int, ...]) -> bool:
    verdict, _ = policy.judge(domains, wire, labels, TYPE_A, SOMEBODY)
    return verdict.blocked
