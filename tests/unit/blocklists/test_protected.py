"""What no list and no band closes: help first, then what a home can't do without; never a page of everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from guardian.lists.catalog import read_protected
from guardian.model import Band
from guardian.policy.bands import BandRules
from guardian.policy.policy import Policy
from guardian.wire.names import label_offsets, to_wire
from tests.unit.blocklists.pages import CATEGORIES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from guardian.lists.domain_set import DomainSet

FOLDER: Final = ROOT / "blocklists"
ENTRIES: Final = read_protected((FOLDER / "protected.yaml").read_bytes(), "protected.yaml").entries
CLASS_OF: Final = {entry.name: entry.class_ for entry in ENTRIES}
PLATFORMS: Final = """
    archive.org blogger.com blogspot.com discord.com facebook.com fandom.com github.com github.io gitlab.io google.com
    instagram.com medium.com netlify.app pages.dev quora.com reddit.com sites.google.com stackexchange.com substack.com
    t.me telegram.org tiktok.com tumblr.com vercel.app vk.com wattpad.com weebly.com whatsapp.com wix.com wixsite.com
    wordpress.com workers.dev x.com youtube.com cloudfront.net amazonaws.com akamaihd.net akamaized.net azureedge.net
    fastly.net googleapis.com googleusercontent.com gstatic.com icloud.com windows.net
"""
"""Where anybody puts a page, and plumbing: one bad page there must stay closable."""
MUST: Final = {
    "chat.alo116.al": 1,
    "www.isigurt.al": 1,
    "www.azzurro.it": 1,
    "www.nummergegenkummer.de": 1,
    "www.hamogelo.gr": 1,
    "aksk.gov.al": 8,
    "asp.gov.al": 2,
    "ekosova.rks-gov.net": 2,
    "uslugi.gov.mk": 2,
    "www.gov.me": 2,
    "www.poliziadistato.it": 2,
    "www.bka.bund.de": 2,
    "www.who.int": 3,
    "www.nhs.uk": 3,
    "smokefree.gov": 3,
    "www.aleancalgbt.org": 4,
    "www.balkanweb.com": 5,
    "kallxo.com": 5,
    "www.alsat.mk": 5,
    "www.vijesti.me": 5,
    "www.albinfo.ch": 5,
    "sq.wikipedia.org": 6,
    "ftgm.edu.al": 6,
    "tile.openstreetmap.org": 6,
    "e-albania.al": 7,
    "www.bkt.com.al": 7,
    "e-banking.raiffeisen-kosovo.com": 7,
    "al.pool.ntp.org": 7,
    "time.windows.com": 7,
    "ocsp.digicert.com": 7,
    "e5.c.lencr.org": 7,
    "o.pki.goog": 7,
    "ctldl.windowsupdate.com": 7,
    "updates.cdn-apple.com": 7,
    "dl.google.com": 7,
    "downloads.openwrt.org": 7,
    "captive.apple.com": 7,
    "www.msftconnecttest.com": 7,
    "connectivitycheck.gstatic.com": 7,
    "detectportal.firefox.com": 7,
    "sos.epdg.epc.mnc001.mcc276.pub.3gppnetwork.org": 7,
    "supl.google.com": 7,
    "push.apple.com": 7,
    "guardian.home.arpa": 8,
}
"""What somebody would miss on the first day, with its class."""


def _upwards(name: str) -> Iterator[str]:
    labels = name.split(".")
    return (".".join(labels[start:]) for start in range(len(labels)))


@pytest.mark.parametrize("name", MUST)
def test_what_a_home_would_miss_on_the_first_day_is_protected(name: str) -> None:
    assert next((CLASS_OF[above] for above in _upwards(name) if above in CLASS_OF), None) == MUST[name]


def test_no_page_of_everybody_is_protected_as_a_whole() -> None:
    guarded = {host for entry in ENTRIES for host in (entry.name, *entry.needs)}
    assert sorted(guarded & set(PLATFORMS.split())) == []


def test_what_a_name_needs_is_not_itself_or_below_it() -> None:
    assert [(entry.name, host) for entry in ENTRIES for host in entry.needs if entry.name in _upwards(host)] == []


def test_every_protected_name_and_what_it_needs_is_open_in_every_band_with_all_categories_closed(
    shipped: DomainSet,
) -> None:
    for band in Band:
        rules = BandRules(
            band, allow_only=True, closed=frozenset(CATEGORIES.categories), threats=frozenset({"malware"})
        )
        policy = Policy(rules, shipped.lists, shipped.rows())
        for entry in ENTRIES:
            for host in (entry.name, f"www.{entry.name}", *entry.needs):
                wire = to_wire(host)
                assert not policy.decide(shipped.find(wire, label_offsets(wire))).blocked, (band, host)


def test_a_reason_names_what_it_speaks_of_and_where() -> None:
    for entry in ENTRIES:
        for text in (entry.reason.sq, entry.reason.en):
            kind, _, named = text.partition(": ")
            assert kind, entry.name
            assert named.endswith("."), entry.name
