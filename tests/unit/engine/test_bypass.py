"""Names that lead round the filter: closed for every type, and never given an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode
import pytest

from guardian.engine.engine import Engine
from guardian.wire import codes
from tests.unit.engine.world import error, records

if TYPE_CHECKING:
    from guardian.engine.generation import Generation
    from tests.unit.engine.conftest import House

TYPES = [codes.A, codes.AAAA, codes.HTTPS, codes.SVCB, 15, 16, codes.ANY]


@pytest.mark.parametrize("qtype", TYPES)
@pytest.mark.parametrize("name", ["canary.example", "www.relay.example"])
def test_a_name_round_the_filter_is_gone_in_every_mode(
    house: House, without_addresses: Generation, name: str, qtype: int
) -> None:
    for of_the_mode in (house, type(house)(Engine(without_addresses))):
        for client in (house.little, house.teen, house.guest):
            told = of_the_mode.told(name, client, qtype)
            # an address, even 0.0.0.0, would tell a browser to go round
            assert (told.rcode(), records(told), error(told)) == (dns.rcode.NXDOMAIN, [], (17, "bypass"))


def test_other_closed_names_have_no_real_address_in_that_mode(house: House, without_addresses: Generation) -> None:
    house.engine.replace(without_addresses)
    assert records(house.told("win.example", house.teen)) == ["win.example 10 A 0.0.0.0"]
    assert records(house.told("win.example", house.teen, codes.AAAA)) == ["win.example 10 AAAA ::"]
    assert records(house.told("win.example", house.teen, codes.HTTPS)) == []


def test_an_adult_may_go_round(house: House) -> None:
    for qtype in TYPES[:4]:
        house.asked("canary.example", house.parent, qtype)
