"""A parent decides over the API: children, devices, hours, choices, rules, measures, minutes, holidays, settings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from guardian.control.messages import FamilyChanged, Newcomer, Newcomers, NewcomersFound
from guardian.family.adults import Role
from guardian.web.principals import Scope
from tests.web.house import MIRA, START

if TYPE_CHECKING:
    from tests.web.house import Got, House

HARDWARE = "3c:22:fb:10:20:30"
HOUR = 3600
MIDNIGHT = int(datetime(2026, 11, 25, tzinfo=ZoneInfo("Europe/Tirane")).timestamp())
"""The end of the day in Tirana."""
NOW = int(START)


class Parent:
    """A parent at a browser."""

    def __init__(self, house: House, role: Role = Role.PARENT) -> None:
        self._house = house
        self._headers = house.session(house.adult(role=role)).headers

    def call(self, method: str, path: str, body: object = None) -> Got:
        return self._house.call(method, path, body, headers=self._headers)

    def get(self, path: str) -> Any:  # noqa: ANN401 - JSON may be anything
        got = self.call("GET", path)
        assert got.status == 200, got.text
        return got.json

    def add(self, path: str, **body: object) -> int:
        got = self.call("POST", path, body)
        assert got.status == 201, got.text
        return int(got.json["id"])

    def do(self, method: str, path: str, **body: object) -> None:
        got = self.call(method, path, body or None)
        assert got.status == 204, got.text


@pytest.fixture
def parent(house: House) -> Parent:
    return Parent(house)


@pytest.fixture
def ana(parent: Parent) -> int:
    return parent.add("/children", name="Ana", band="6-9")


def test_a_child_is_a_nickname_a_band_and_a_month(parent: Parent) -> None:
    ana = parent.add("/children", name="Ana", band="6-9")
    ben = parent.add("/children", name="🦊", band="13-15", moves_on="never")
    parent.do("PATCH", f"/children/{ana}", name="Era", video="strict", moves_on="2028-09")
    plain = {"safe_search": None, "video": None}
    assert parent.get("/children")["children"] == [
        {"id": ana, "name": "Era", "band": "6-9", "moves_on": "2028-09", "safe_search": None, "video": "strict"},
        {"id": ben, "name": "🦊", "band": "13-15", "moves_on": None, **plain},
    ]
    parent.do("DELETE", f"/children/{ana}")
    assert [one["id"] for one in parent.get("/children")["children"]] == [ben]


def test_a_child_is_told_as_it_has_grown_by_today(house: House, parent: Parent) -> None:
    parent.add("/children", name="Ana", band="6-9", moves_on="2026-12")
    house.time = START + 30 * 24 * HOUR
    # her session is over by then
    (ana,) = house.call("GET", "/children", headers=house.token(Scope.READ)).json["children"]
    assert (ana["band"], ana["moves_on"]) == ("10-12", "2029-12")


def test_a_label_is_shown_to_who_decides_and_can_be_renewed(house: House, parent: Parent, ana: int) -> None:
    label = parent.get(f"/children/{ana}/label")["label"]
    renewed = parent.call("POST", f"/children/{ana}/label").json["label"]
    assert (len(label), parent.get(f"/children/{ana}/label")["label"]) == (16, renewed)
    assert renewed != label
    assert house.call("GET", f"/children/{ana}/label", headers=house.token(Scope.READ)).status == 403
    assert parent.call("GET", "/children/99/label").status == 404


def test_a_device_is_shared_renamed_and_forgotten(parent: Parent, ana: int) -> None:
    ben = parent.add("/children", name="Ben", band="16-17")
    tablet = parent.add("/devices", name="Tablet", hardware=HARDWARE, children=[ana])
    parent.do("PATCH", f"/devices/{tablet}", name="Old tablet", children=[ana, ben])
    assert parent.get("/devices")["devices"] == [
        {
            "id": tablet,
            "name": "Old tablet",
            "hardware": HARDWARE,
            "network": None,
            "adult": False,
            "children": [ana, ben],
        }
    ]
    parent.do("DELETE", f"/devices/{tablet}")
    assert parent.get("/devices")["devices"] == []


def test_an_adults_device_is_not_put_under_a_childs_rules_from_afar(parent: Parent, ana: int) -> None:
    phone = parent.add("/devices", name="Phone", hardware=HARDWARE, adult=True)
    got = parent.call("PATCH", f"/devices/{phone}", {"children": [ana]})
    assert (got.status, "confirmed on the device itself" in got.json["detail"]) == (409, True)
    assert parent.get("/devices")["devices"][0]["adult"] is True
    assert parent.call("PATCH", f"/devices/{phone}", {}).status == 422


def test_who_is_in_nobodys_list_is_told_without_a_time(house: House, parent: Parent) -> None:
    found = Newcomer(HARDWARE, ("192.168.1.9",), "ana-s-phone", changing=True)
    house.dns.answers[Newcomers] = NewcomersFound((found,))
    told = {"hardware": HARDWARE, "addresses": ["192.168.1.9"], "name": "ana-s-phone", "changing": True}
    assert parent.get("/newcomers") == {"devices": [told]}


def test_hours_are_told_as_they_were_given(parent: Parent, ana: int) -> None:
    bedtime = {
        "child": ana,
        "subject": "everything",
        "title": "Gjumi",
        "days": ["mon", "tue", "sun"],
        "start": "21:30",
        "end": "07:00",
        "on_holidays": False,
    }
    number = parent.add("/hours", **bedtime)
    assert parent.get("/hours")["hours"] == [{"id": number, **bedtime}]
    later = bedtime | {"start": "22:00", "end": "24:00", "child": None}
    parent.do("PUT", f"/hours/{number}", **later)
    assert parent.get("/hours")["hours"] == [{"id": number, **later}]
    parent.do("DELETE", f"/hours/{number}")
    assert parent.get("/hours")["hours"] == []


@pytest.mark.parametrize(
    "fault",
    [{"days": []}, {"days": ["monday"]}, {"start": "24:00"}, {"start": "7:00"}, {"end": "24:01"}, {"until": "22:00"}],
)
def test_hours_that_no_clock_shows_are_refused(parent: Parent, fault: dict[str, object]) -> None:
    got = parent.call("POST", "/hours", {"days": ["mon"], "start": "21:00", "end": "07:00"} | fault)
    assert (got.status, parent.get("/hours")["hours"]) == (422, [])


def test_a_service_is_opened_for_one_child_and_goes_back_to_its_band(parent: Parent, ana: int) -> None:
    parent.do("PUT", f"/children/{ana}/choices/service:tiktok", action="open")
    parent.do("PUT", f"/children/{ana}/choices/category:games", action="block")
    assert parent.get(f"/children/{ana}/choices")["choices"] == [
        {"subject": "category:games", "action": "block"},
        {"subject": "service:tiktok", "action": "open"},
    ]
    parent.do("DELETE", f"/children/{ana}/choices/service:tiktok")
    assert len(parent.get(f"/children/{ana}/choices")["choices"]) == 1
    assert parent.call("PUT", f"/children/{ana}/choices/everything", {"action": "block"}).status == 409
    assert parent.call("GET", "/children/99/choices").status == 404


@pytest.mark.parametrize(
    ("span", "until"),
    [({"minutes": 15}, NOW + 900), ({"through": "today"}, MIDNIGHT), ({"through": "tomorrow"}, MIDNIGHT + 24 * HOUR)],
)
def test_a_site_is_opened_for_a_while_and_then_the_rule_is_gone(
    house: House, parent: Parent, ana: int, span: dict[str, object], until: int
) -> None:
    rule = parent.add("/rules", child=ana, name="https://Chess.example/play", action="open", reason="Turneu", **span)
    told = {"id": rule, "child": ana, "name": "chess.example", "action": "open", "reason": "Turneu", "until": until}
    assert parent.get("/rules")["rules"] == [told]
    house.time = until
    assert parent.get("/rules")["rules"] == []


def test_a_rule_for_good_holds_until_it_is_removed(parent: Parent) -> None:
    rule = parent.add("/rules", name="games.example", action="block")
    assert parent.get("/rules")["rules"][0]["until"] is None
    parent.do("DELETE", f"/rules/{rule}")
    assert parent.call("DELETE", f"/rules/{rule}").status == 409
    both = {"name": "a.example", "action": "open", "minutes": 5, "through": "today"}
    assert parent.call("POST", "/rules", both).status == 422


def test_the_internet_is_off_for_a_while_and_on_again(parent: Parent, ana: int) -> None:
    off = parent.add("/measures", child=ana, kind="off", minutes=30)
    (told,) = parent.get("/measures")["measures"]
    assert told == {
        "id": off,
        "child": ana,
        "kind": "off",
        "subject": "everything",
        "until": NOW + 1800,
        "names": [],
    }
    parent.do("DELETE", f"/measures/{off}")
    assert parent.get("/measures")["measures"] == []
    parent.add("/measures", kind="pause", through="tomorrow")
    assert parent.call("POST", "/measures", {"kind": "pause"}).status == 422
    assert parent.call("POST", "/measures", {"kind": "pause", "minutes": 60 * 48}).status == 409


def test_a_parent_sees_how_many_minutes_there_are_and_not_how_many_are_left(parent: Parent, ana: int) -> None:
    parent.do("PUT", f"/children/{ana}/budgets/category:games", minutes=60)
    assert parent.get("/budgets")["budgets"] == [{"child": ana, "subject": "category:games", "minutes": 60}]
    assert parent.call("PUT", f"/children/{ana}/budgets/category:games", {"minutes": 4}).status == 422
    parent.do("DELETE", f"/children/{ana}/budgets/category:games")
    assert parent.get("/budgets")["budgets"] == []


def test_holidays_are_replaced_as_a_whole(parent: Parent) -> None:
    winter = {"first": "2026-12-24", "last": "2027-01-06", "title": "Dimri"}
    parent.do("PUT", "/holidays", holidays=[winter])
    assert parent.get("/holidays") == {"holidays": [winter]}
    for wrong in ({**winter, "last": "2026-12-01"}, {**winter, "first": "2026-02-30", "last": "2027-02-30"}):
        assert parent.call("PUT", "/holidays", {"holidays": [wrong]}).status == 409
    assert parent.get("/holidays") == {"holidays": [winter]}


def test_the_familys_zone_and_the_band_of_strangers_are_settings(parent: Parent) -> None:
    assert parent.get("/settings") == {"zone": "Europe/Tirane", "unknown_band": None}
    parent.do("PUT", "/settings", zone="Europe/Rome", unknown_band="6-9")
    assert parent.get("/settings") == {"zone": "Europe/Rome", "unknown_band": "6-9"}
    assert parent.call("PUT", "/settings", {"zone": "Mars/Olympus", "unknown_band": None}).status == 409
    assert parent.get("/settings")["zone"] == "Europe/Rome"


def test_the_log_tells_who_and_what_and_never_which_site(parent: Parent, ana: int) -> None:
    parent.add("/rules", child=ana, name="secret.example", action="open", reason="between us")
    lines = parent.get("/log")["lines"]
    newest = {"day": "2026-11-24", "who": MIRA, "what": "rule added", "detail": "open", "child": ana}
    assert lines[0] == newest
    assert "secret" not in str(lines)
    assert "between us" not in str(lines)


def test_each_decision_is_told_to_guardian_dns_and_each_look_is_not(house: House, parent: Parent) -> None:
    parent.get("/children")
    assert FamilyChanged() not in house.dns.heard
    parent.add("/children", name="Ana", band="6-9")
    assert house.dns.heard == [FamilyChanged()]


def test_a_teacher_begins_and_ends_lessons_and_nothing_else(house: House, parent: Parent) -> None:
    teacher = house.session(house.adult("Teuta", Role.TEACHER)).headers
    lesson = {"minutes": 45, "sites": ["wikipedia.org", "https://geogebra.org/"]}
    got = house.call("POST", "/lessons", lesson, headers=teacher)
    assert got.status == 201
    assert house.call("GET", "/lessons", headers=teacher).json["lessons"] == [
        {"id": got.json["id"], "child": None, "until": NOW + 2700, "sites": ["wikipedia.org", "geogebra.org"]}
    ]
    off = parent.add("/measures", kind="off", minutes=30)
    assert house.call("DELETE", f"/lessons/{off}", headers=teacher).status == 404
    assert house.call("DELETE", f"/lessons/{got.json['id']}", headers=teacher).status == 204
    for method, path, body in (
        ("GET", "/children", None),
        ("GET", "/log", None),
        ("POST", "/measures", {"kind": "off", "minutes": 30}),
        ("DELETE", f"/measures/{off}", None),
    ):
        assert house.call(method, path, body, headers=teacher).status == 403


def test_what_there_is_to_decide_on_is_told_in_both_languages(parent: Parent) -> None:
    categories = {one["subject"]: one for one in parent.get("/categories")["categories"]}
    assert categories["category:games"]["title"].keys() == {"sq", "en"}
    assert categories["category:adult"]["bands"]["10-12"] == "block"
    services = parent.get("/services")
    tiktok = next(one for one in services["services"] if one["subject"] == "service:tiktok")
    assert (tiktok["title"]["en"], tiktok["group"] in services["groups"]) == ("TikTok", True)
    search = parent.get("/safe-search")
    assert search["bands"]["6-9"] == {"search": "strict", "youtube": "strict"}
    assert "google" in {one["name"] for one in search["engines"]}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/children", {"name": "Ana", "band": "adult"}),
        ("POST", "/children", {"name": "Ana", "band": "6-9", "birthday": "2019-01-01"}),
        ("POST", "/devices", {"name": "Tablet", "hardware": HARDWARE, "children": [10**20]}),
        ("POST", "/rules", {"child": -1, "name": "a.example", "action": "open"}),
        ("POST", "/rules", {"name": "a.example", "action": "open", "minutes": 10**9}),
        ("POST", "/measures", {"kind": "lesson", "minutes": 5}),
        ("POST", "/lessons", {"minutes": 5, "sites": []}),
    ],
)
def test_what_does_not_fit_a_form_is_said_and_changes_nothing(
    parent: Parent, method: str, path: str, body: object
) -> None:
    before = parent.get("/log")
    assert parent.call(method, path, body).status == 422
    assert parent.get("/log") == before


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/devices", {"name": "Tablet"}),
        ("/devices", {"name": "Tablet", "network": "0.0.0.0/0"}),
        ("/devices", {"name": "Tablet", "hardware": HARDWARE, "children": [99]}),
        ("/rules", {"name": "not a name", "action": "open"}),
        ("/rules", {"child": 99, "name": "a.example", "action": "open"}),
        ("/children", {"name": "a\u202eb", "band": "6-9"}),
    ],
)
def test_what_can_not_be_decided_is_said_for_people(parent: Parent, path: str, body: object) -> None:
    got = parent.call("POST", path, body)
    assert (got.status, bool(got.json["detail"])) == (409, True)
