"""A phone asks whether it may take its questions elsewhere: for a child it may not, for an adult it is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.flow.conftest import Home

CANARIES = ["use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com", "dns-tunnel-check.googlezip.net"]
RESOLVERS = ["dns.google", "one.one.one.one", "mozilla.cloudflare-dns.com", "dns.quad9.net"]
TYPES = [1, 28, 64, 65]


@pytest.mark.parametrize("name", [*CANARIES, *RESOLVERS])
def test_the_way_round_does_not_exist_for_any_minor(home: Home, blank_home: Home, name: str) -> None:
    for of_mode in (home, blank_home):
        for device in home.everyone:
            if device == home.parent:
                continue
            for qtype in TYPES:
                told = of_mode.ask(device, name, qtype)
                # even 0.0.0.0 would tell a browser that it may go
                assert (told.rcode, told.addresses, told.asked) == ("NXDOMAIN", [], ()), device


@pytest.mark.parametrize("name", [*CANARIES[1:], *RESOLVERS])
def test_an_adult_decides_alone(home: Home, name: str) -> None:
    assert home.ask(home.parent, name).addresses == ["192.0.2.1"]


@pytest.mark.parametrize("name", ["resolver.arpa", "_dns.resolver.arpa"])
def test_nobody_is_handed_to_another_resolver(home: Home, name: str) -> None:
    for device in home.everyone:
        told = home.ask(device, name, 64)
        assert (told.rcode, told.addresses, told.asked) == ("NOERROR", [], ())


def test_an_advertiser_has_no_real_address_where_the_house_wants_it_so(home: Home, blank_home: Home) -> None:
    assert home.ask(home.six, "ads.example").addresses == []
    assert blank_home.ask(home.six, "ads.example").addresses == ["0.0.0.0"]
