"""An outside name that points into the house: an attack, unless the house says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.rcode
import pytest

from guardian.wire import codes
from tests.unit.engine.world import error, records, said

if TYPE_CHECKING:
    from guardian.model import Answer
    from tests.unit.engine.conftest import House

T = 1000.0
INWARD = [
    ("A", "192.168.1.1"),
    ("A", "10.1.2.3"),
    ("A", "172.31.0.1"),
    ("A", "127.0.0.1"),
    ("A", "169.254.1.1"),
    ("A", "0.0.0.0"),
    ("AAAA", "fd00::1"),
    ("AAAA", "fe80::1"),
    ("AAAA", "::1"),
    ("AAAA", "::"),
    ("AAAA", "::ffff:192.168.1.1"),
    ("AAAA", "64:ff9b::10.0.0.1"),
    ("HTTPS", "1 . ipv4hint=192.168.1.1"),
    ("HTTPS", "1 . ipv6hint=fd00::1"),
    ("SVCB", "1 . alpn=h2 ipv4hint=192.0.2.1,10.0.0.1"),
]
TYPES = {"A": codes.A, "AAAA": codes.AAAA, "HTTPS": codes.HTTPS, "SVCB": codes.SVCB}


def pointing(name: str, rtype: str, data: str) -> Answer:
    return said(name, rtype, f"{name} {rtype} {data}")


@pytest.mark.parametrize(("rtype", "data"), INWARD)
def test_an_outside_name_never_points_into_the_house(house: House, rtype: str, data: str) -> None:
    answer = pointing("attack.example", rtype, data)
    told = house.hear("attack.example", house.parent, answer, TYPES[rtype], now=T)
    assert (told.rcode(), records(told), error(told)) == (dns.rcode.NOERROR, [], (15, ""))
    assert [one.name.to_text() for one in told.authority] == ["attack.example."]
    for client in (house.parent, house.teen, house.guest):
        assert records(house.told("attack.example", client, TYPES[rtype], now=T)) == []


@pytest.mark.parametrize(
    ("rtype", "data"),
    [("A", "192.0.2.1"), ("A", "172.32.0.1"), ("A", "11.0.0.1"), ("AAAA", "2001:db8::1"), ("HTTPS", "1 . alpn=h2")],
)
def test_an_address_of_the_world_passes(house: House, rtype: str, data: str) -> None:
    answer = pointing("news.example", rtype, data)
    assert len(records(house.hear("news.example", house.teen, answer, TYPES[rtype], now=T))) == 1


@pytest.mark.parametrize("name", ["lan", "nas.lan", "a.b.school.lan", "vpn.example", "office.vpn.example"])
@pytest.mark.parametrize(("rtype", "data"), [INWARD[0], INWARD[6], INWARD[12]])
def test_a_name_of_the_house_may_point_into_it(house: House, name: str, rtype: str, data: str) -> None:
    answer = pointing(name, rtype, data)
    for client in (house.parent, house.little):
        told = house.hear(name, client, answer, TYPES[rtype], now=T)
        assert (len(records(told)), error(told)) == (1, None)
        house.engine.forget(T + 100_000)


@pytest.mark.parametrize("name", ["notvpn.example", "other.example", "lan.example", "vpn.example.attack.example"])
def test_a_name_that_only_looks_like_one_of_the_house_may_not(house: House, name: str) -> None:
    told = house.hear(name, house.parent, pointing(name, "A", "192.168.1.1"), now=T)
    assert (records(told), error(told)) == ([], (15, ""))


@pytest.mark.parametrize("name", ["stories.example", "help.bet.example"])
def test_not_even_an_allowed_or_protected_name_points_into_the_house(house: House, name: str) -> None:
    told = house.hear(name, house.teen, pointing(name, "A", "192.168.1.1"), now=T)
    assert error(told) == (15, "")


def test_one_bad_address_among_good_ones_spoils_the_answer(house: House) -> None:
    answer = said("news.example", "A", "news.example A 192.0.2.1", "news.example A 192.168.1.1")
    assert records(house.hear("news.example", house.teen, answer, now=T)) == []


def test_an_alias_hides_no_address_of_the_house(house: House) -> None:
    answer = said("news.example", "A", "news.example CNAME nas.lan.", "nas.lan A 192.168.1.1")
    assert error(house.hear("news.example", house.teen, answer, now=T)) == (15, "")
