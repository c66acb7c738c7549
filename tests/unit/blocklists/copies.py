"""Say where the corpus keeps a copy of a public list, for the tests and counts that read real lists."""

from __future__ import annotations

from typing import Final

from guardian.model import Format, Scope

COPIES: Final = {
    "threatfox": ("malware/threatfox-2023.txt.gz", Format.DOMAINS, Scope.SUFFIX),
    "dandelion-sprout-anti-malware": ("malware/dandelionsprout.agh.txt", Format.ADGUARD, None),
    "shadowwhisperer-malware": ("malware/shadowwhisperer-malware.txt.gz", Format.DOMAINS, Scope.SUFFIX),
    "blp-ransomware": ("malware/blp-ransomware.hosts.txt", Format.HOSTS, None),
    "kadhosts": ("phishing/kadhosts-2021.hosts.txt.gz", Format.HOSTS, None),
    "durablenapkin-scam": ("phishing/durablenapkin-scam.hosts.txt", Format.HOSTS, None),
    "gaso-scam": ("phishing/gaso-abp.txt", Format.ADGUARD, None),
    "jarelllama-scams-light": ("phishing/jarelllama-scams-light.wildcard.txt", Format.DOMAINS, Scope.SUFFIX),
    "shadowwhisperer-scam": ("phishing/shadowwhisperer-scam.txt", Format.DOMAINS, Scope.SUFFIX),
    "blp-scam": ("phishing/blp-scam.hosts.txt", Format.HOSTS, None),
    "nocoin": ("malware/nocoin.hosts.txt", Format.HOSTS, None),
    "ut1-cryptojacking": ("malware/ut1-cryptojacking.txt", Format.DOMAINS, Scope.SUFFIX),
    "stevenblack-hosts": ("ads-trackers/stevenblack-2022.dnsmasq.conf.gz", Format.DNSMASQ, None),
    "adaway": ("ads-trackers/adaway.hosts.txt", Format.HOSTS, None),
    "1hosts-lite": ("ads-trackers/1hosts-lite-2021.txt.gz", Format.DOMAINS, Scope.SUFFIX),
    "nextdns-cname-cloaking": ("ads-trackers/nextdns-cname-cloaking.txt", Format.DOMAINS, Scope.SUFFIX),
    "perflyst-smarttv": ("ads-trackers/perflyst-smarttv.txt", Format.HOSTS, None),
    "shadowwhisperer-adult": ("adult/shadowwhisperer-adult.txt.gz", Format.DOMAINS, Scope.SUFFIX),
    "sinfonietta-pornography": ("adult/sinfonietta-pornography.hosts.txt.gz", Format.HOSTS, None),
    "ut1-mixed-adult": ("adult/ut1-mixed_adult.txt", Format.DOMAINS, Scope.SUFFIX),
    "shadowwhisperer-gambling": ("gambling/shadowwhisperer-gambling.txt", Format.DOMAINS, Scope.SUFFIX),
    "sinfonietta-gambling": ("gambling/sinfonietta-gambling.hosts.txt", Format.HOSTS, None),
    "blp-drugs": ("drugs/blp-drugs.txt.gz", Format.DOMAINS, Scope.SUFFIX),
    "ut1-drogue": ("drugs/ut1-drogue.txt", Format.DOMAINS, Scope.SUFFIX),
    "blp-vaping": ("drugs/blp-vaping.hosts.txt", Format.HOSTS, None),
    "sinfonietta-snuff": ("violence/sinfonietta-snuff.hosts.txt", Format.HOSTS, None),
    "shadowwhisperer-dating": ("dating/shadowwhisperer-dating.txt", Format.DOMAINS, Scope.SUFFIX),
    "ut1-dating": ("dating/ut1-dating.txt", Format.DOMAINS, Scope.SUFFIX),
    "hagezi-bypass": ("vpn-proxy-doh/hagezi-bypass.wildcard.txt", Format.WILDCARD, None),
    "nextdns-vpn": ("vpn-proxy-doh/nextdns-vpn.txt", Format.DOMAINS, Scope.SUFFIX),
    "nextdns-proxies": ("vpn-proxy-doh/nextdns-proxies.txt", Format.DOMAINS, Scope.SUFFIX),
    "shadowwhisperer-tunnels": ("vpn-proxy-doh/shadowwhisperer-tunnels.txt", Format.DOMAINS, Scope.SUFFIX),
    "ut1-vpn": ("vpn-proxy-doh/ut1-vpn.txt", Format.DOMAINS, Scope.SUFFIX),
    "dibdot-doh": ("vpn-proxy-doh/dibdot-doh-domains.txt", Format.DOMAINS, Scope.SUFFIX),
    "nextdns-encrypted-dns": ("vpn-proxy-doh/nextdns-encrypted-dns.txt", Format.DOMAINS, Scope.SUFFIX),
    "nextdns-torrents": ("piracy/nextdns-torrent-websites.txt", Format.DOMAINS, Scope.SUFFIX),
    "ut1-ai": ("ai/ut1-ai.txt", Format.DOMAINS, Scope.SUFFIX),
}
"""The path below the corpus and the form of the copy, which may be another than the list's own, by the list's id."""
