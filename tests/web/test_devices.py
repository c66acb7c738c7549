"""A child's device needs no password, and is nobody else's."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from guardian.control.messages import WhoAsks
from guardian.family.adults import Role
from guardian.web import table
from guardian.web.principals import Right, Scope
from guardian.web.routes import PREFIX, Route, Told
from tests.web.house import House

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from guardian.web.routes import Call

ANA, BENI = "127.0.0.21", "127.0.0.22"
"""Their devices' addresses."""


class Mine(Told):
    children: list[int]


async def say_whose(call: Call) -> Mine:
    return Mine(children=list(call.principal.children))


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Return a house with one more route, that tells a device whose it is."""
    routes = tuple(
        Route(method, f"{PREFIX}/mine", Right.OWN, "Whose device this is", say_whose, gives=Mine)
        for method in ("GET", "POST")
    )
    monkeypatch.setattr(table, "RESOURCES", (*table.RESOURCES, SimpleNamespace(ROUTES=routes)))
    with House(tmp_path / "state") as house:
        yield house


def test_a_device_is_known_by_the_address_that_it_asks_from(house: House) -> None:
    house.device(ANA, 3)
    house.device(BENI, 3, 5)
    assert house.call("GET", "/mine", source=ANA).json == {"children": [3]}
    assert house.call("GET", "/mine", source=BENI).json == {"children": [3, 5]}
    assert house.dns.heard == [WhoAsks(ANA), WhoAsks(BENI)]


def test_no_header_makes_a_device_another_one(house: House) -> None:
    house.device(ANA, 3)
    said = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"), ANA)
    assert house.call("GET", "/mine", headers=said, source=BENI).status == 403


def test_an_unknown_device_is_told_what_a_parent_can_do(house: House) -> None:
    got = house.call("GET", "/mine")
    assert (got.status, got.json["detail"]) == (403, "this is no child's device; a parent can assign it")


def test_neither_a_session_nor_a_token_makes_a_device_a_childs(house: House) -> None:
    session = house.session(house.adult(role=Role.PARENT))
    assert house.call("GET", "/mine", headers=session.headers).status == 403
    assert house.call("GET", "/mine", headers=house.token(Scope.WRITE)).status == 403


def test_a_childs_device_sees_and_decides_nothing_of_the_family(house: House) -> None:
    house.device(ANA, 3)
    for route in table.whole_table("0").routes:
        if route.right not in {Right.ANYBODY, Right.OWN, Right.HERE}:
            path = route.plain_path()
            for name, kind in route.parameters():
                path = path.replace(f"{{{name}}}", "1" if kind is int else "x")
            assert house.raw(route.method, path, source=ANA).status == 401, (route.method, path)


def test_a_page_of_another_site_can_not_act_by_a_childs_device(house: House) -> None:
    house.device(ANA, 3)
    assert house.call("POST", "/mine", source=ANA).status == 200
    for page in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Content-Type": "text/plain"}):
        assert house.call("POST", "/mine", headers=page, source=ANA).status in {403, 415}


def test_while_guardian_dns_is_away_nobody_is_taken_for_a_child(house: House) -> None:
    house.state.control.unlink()
    got = house.call("GET", "/mine", source=ANA)
    assert (got.status, "no guardian runs here" in got.json["detail"]) == (503, True)
