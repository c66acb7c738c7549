"""A child's own device: what holds now, its minutes, what it asks for, and why something is broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from guardian.control.messages import (
    AskerFound,
    ChildNow,
    Closing,
    FamilyChanged,
    HowAreYou,
    Standings,
    StandingsNow,
    StoppedName,
    Troubleshoot,
    WindowShown,
)
from guardian.family.budgets import set_budget
from guardian.family.children import add_child
from guardian.family.claims import make_code
from guardian.family.decisions import Hours
from guardian.family.hours import Window
from guardian.family.measures import take_measure
from guardian.family.rules import add_rule
from guardian.family.schedules import set_hours
from guardian.model import Band
from guardian.web.pace import AT_ONCE
from guardian.web.principals import Scope
from tests.unit.control.statuses import WELL
from tests.web.house import MIRA, START

if TYPE_CHECKING:
    from typing import Any

    from tests.web.house import House

NOW = datetime.fromtimestamp(START, ZoneInfo("Europe/Tirane"))
TODAY = NOW.date()
ANAS, BENS, BOTH, MUMS, GUEST = (f"127.0.0.{number}" for number in range(21, 26))
ANA, BEN = 1, 2
HARDWARE = "8e:00:00:00:00:09"
SITE = "chess.example"
DAY = 24 * 3600


@pytest.fixture
def home(house: House) -> House:
    """Return a house with Ana, who is eight, Ben, who is fourteen, a device of each and one of both."""
    house.write(lambda store: add_child(store, "Ana", Band.PRIMARY, "2028-09", MIRA, TODAY))
    house.write(lambda store: add_child(store, "Ben", Band.TEEN, None, MIRA, TODAY))
    house.device(ANAS, ANA)
    house.device(BENS, BEN)
    house.device(BOTH, ANA, BEN)
    house.dns.devices[MUMS] = AskerFound("3c:22:fb:00:00:01", "adult", ())
    house.dns.devices[GUEST] = AskerFound(HARDWARE, "unknown", ())
    closed = (Closing("category:games", "budget", None), Closing("service:tiktok", "hours", int(START) + 60))
    house.dns.answers[HowAreYou] = WELL
    house.dns.answers[Standings] = StandingsNow(
        clock_known=True,
        trouble="",
        children=(
            ChildNow(None, "6-9", paused=False, lesson=(), closed=()),
            ChildNow(ANA, "6-9", paused=False, lesson=(), closed=closed),
            ChildNow(BEN, "13-15", paused=True, lesson=("wikipedia.org",), closed=()),
        ),
    )
    return house


def get(house: House, path: str, device: str) -> Any:  # noqa: ANN401 - JSON may be anything
    got = house.call("GET", f"/own{path}", source=device)
    assert got.status == 200, got.text
    return got.json


def ask(house: House, device: str, about: str = SITE, **more: object) -> int:
    got = house.call("POST", "/own/requests", {"kind": "open", "about": about, **more}, source=device)
    assert got.status == 201, got.text
    return int(got.json["id"])


def asked(house: House, device: str) -> list[str]:
    return [one["about"] for one in get(house, "/requests", device)["requests"]]


def devices(house: House) -> Any:  # noqa: ANN401 - JSON may be anything
    return house.call("GET", "/devices", headers=house.token(Scope.READ, title="a reader")).json["devices"]


# --- what holds now ---------------------------------------------------------------------------------------------------


def test_a_child_sees_what_holds_for_it_until_when_and_what_was_changed(home: House) -> None:
    home.write(lambda store: set_budget(store, ANA, "category:games", 60, MIRA, NOW))
    home.write(lambda store: add_rule(store, ANA, SITE, opens=True, reason="Turneu", who=MIRA, now=NOW))
    home.write(lambda store: add_rule(store, BEN, "bens.example", opens=True, who=MIRA, now=NOW))
    told = get(home, "/standing", ANAS)
    assert (told["clock_known"], told["shared"], told["counted"]) == (True, False, [])
    (ana,) = told["children"]
    assert (ana["name"], ana["band"], ana["moves_on"]) == ("Ana", "6-9", "2028-09")
    assert ana["closed"] == [
        {"subject": "category:games", "why": "budget", "until": None},
        {"subject": "service:tiktok", "why": "hours", "until": int(START) + 60},
    ]
    assert ana["minutes"] == [{"subject": "category:games", "minutes": 60, "left_seconds": 3600, "runs": False}]
    assert ana["rules"] == [{"name": SITE, "action": "open", "reason": "Turneu", "until": None}]
    assert [one["what"] for one in ana["changed"]] == ["rule added", "budget set", "child added"]
    assert "bens.example" not in str(told)
    assert MIRA not in str(told)


def test_a_child_sees_its_week_and_what_its_band_does_with_each_kind_of_site(home: House) -> None:
    window = Window(frozenset({0, 4}), 21 * 60, 7 * 60)
    for child, title in ((ANA, "Gjumi"), (None, "Dreka"), (BEN, "Bens")):
        hours = Hours(0, child, "everything", title, window, on_holidays=True)
        home.write(partial(set_hours, hours=hours, who=MIRA, today=TODAY))
    (ana,) = get(home, "/standing", ANAS)["children"]
    assert [(one["title"], one["days"], one["start"], one["end"]) for one in ana["hours"]] == [
        ("Gjumi", ["mon", "fri"], "21:00", "07:00"),
        ("Dreka", ["mon", "fri"], "21:00", "07:00"),
    ]
    social = next(one for one in ana["categories"] if one["subject"] == "category:social")
    assert (social["action"], social["why"].keys()) == ("block", {"sq", "en"})


def test_a_pause_is_told_with_its_end_be_it_the_childs_or_the_houses(home: House) -> None:
    (ana,) = get(home, "/standing", ANAS)["children"]
    assert (ana["paused"], ana["paused_until"]) == (False, None)
    until = int(START) + 1200
    home.write(lambda store: take_measure(store, ANA, "pause", "everything", until, (), who=MIRA, now=NOW))
    (ana,) = get(home, "/standing", ANAS)["children"]
    assert (ana["paused"], ana["paused_until"]) == (True, until)
    home.dns.answers[HowAreYou] = replace(WELL, paused_minutes=30, paused_until="16:30")
    assert [one["paused_until"] for one in get(home, "/standing", BOTH)["children"]] == [int(START) + 1800] * 2


def test_what_was_changed_long_ago_is_no_news(home: House) -> None:
    home.time = START + 31 * DAY
    assert get(home, "/standing", ANAS)["children"][0]["changed"] == []


def test_a_shared_device_shows_no_site_that_one_child_alone_has_a_rule_on(home: House) -> None:
    home.write(lambda store: add_rule(store, BEN, "bens.example", opens=True, reason="private", who=MIRA, now=NOW))
    home.write(lambda store: add_rule(store, None, "all.example", opens=False, who=MIRA, now=NOW))
    told = get(home, "/standing", BOTH)
    assert told["shared"] is True
    assert [one["name"] for one in told["children"]] == ["Ana", "Ben"]
    assert [[rule["name"] for rule in one["rules"]] for one in told["children"]] == [["all.example"]] * 2
    assert "private" not in str(told)


def test_a_shared_device_shows_no_site_of_a_lesson_that_one_child_alone_has(home: House) -> None:
    assert get(home, "/standing", BENS)["children"][0]["lesson"] == ["wikipedia.org"]
    assert [one["lesson"] for one in get(home, "/standing", BOTH)["children"]] == [[], []]
    until = int(START) + 600
    home.write(
        lambda store: take_measure(store, None, "lesson", "everything", until, ["wikipedia.org"], who=MIRA, now=NOW)
    )
    assert [one["lesson"] for one in get(home, "/standing", BOTH)["children"]] == [[], ["wikipedia.org"]]


def test_a_parent_sees_what_holds_for_each_child_and_not_whether_its_minutes_run(home: House) -> None:
    got = home.call("GET", "/standings", headers=home.token(Scope.READ))
    closed = {one["child"]: [why["subject"] for why in one["closed"]] for one in got.json["children"]}
    assert closed == {None: [], ANA: ["service:tiktok"], BEN: []}
    assert got.json["children"][2]["lesson"] == ["wikipedia.org"]


def test_from_thirteen_a_child_sees_who_changed_its_rules(home: House) -> None:
    window = Window(frozenset({0}), 60, 120)
    home.write(lambda store: set_hours(store, Hours(0, ANA, "everything", "", window, True), MIRA, TODAY))
    home.write(lambda store: set_hours(store, Hours(0, BEN, "everything", "", window, True), MIRA, TODAY))
    lines = get(home, "/log", BENS)["lines"]
    assert lines[0] == {"day": "2026-11-24", "who": MIRA, "what": "hours set", "detail": "everything", "child": BEN}
    assert {one["child"] for one in lines} <= {None, BEN}
    assert [home.call("GET", "/own/log", source=one).status for one in (ANAS, BOTH, MUMS)] == [403] * 3


# --- minutes ----------------------------------------------------------------------------------------------------------


def test_a_child_starts_and_stops_its_minutes_and_no_log_tells(home: House) -> None:
    home.write(lambda store: set_budget(store, ANA, "category:games", 60, MIRA, NOW))
    before = home.call("GET", "/log", headers=home.token(Scope.READ)).json
    path = "/own/budgets/category:games"
    assert home.call("POST", f"{path}/start", {}, source=ANAS).json == {"seconds": 3600}
    assert home.dns.heard[-1] == FamilyChanged()
    home.time += 600
    assert home.call("POST", f"{path}/stop", {}, source=ANAS).json == {"seconds": 3000}
    home.time += 600
    assert get(home, "/standing", ANAS)["children"][0]["minutes"][0]["left_seconds"] == 3000
    lines = home.call("GET", "/log", headers=home.token(Scope.READ, title="another")).json["lines"]
    assert [one for one in lines if one["what"] != "setting changed"] == [
        one for one in before["lines"] if one["what"] != "setting changed"
    ]


def test_nobody_starts_the_minutes_of_another_child(home: House) -> None:
    home.write(lambda store: set_budget(store, ANA, "category:games", 60, MIRA, NOW))
    path = "/own/budgets/category:games/start"
    assert home.call("POST", path, {}, source=BENS).status == 409
    assert home.call("POST", path, {"child": ANA}, source=BENS).status == 403
    assert home.call("POST", path, {}, source=BOTH).status == 422
    assert home.call("POST", path, {"child": ANA}, source=BOTH).status == 200
    assert home.call("POST", path, {"child": ANA}, source=GUEST).status == 403


# --- ask and answer ---------------------------------------------------------------------------------------------------


def test_a_child_asks_a_parent_answers_and_the_request_is_gone_once_seen(home: House) -> None:
    number = ask(home, ANAS, words="Turneu i shkollës")
    parent = home.session(home.adult()).headers
    assert home.call("GET", "/waiting", headers=parent).json == {"requests": 1}
    (told,) = home.call("GET", "/requests", headers=parent).json["requests"]
    assert told == {
        "id": number,
        "child": ANA,
        "kind": "open",
        "about": SITE,
        "words": "Turneu i shkollës",
        "made": "2026-11-24",
        "answer": None,
        "answer_words": None,
        "answer_until": None,
    }
    yes = {"answer": "yes", "span": "1h", "words": "Suksese!"}
    assert home.call("POST", f"/requests/{number}/answer", yes, headers=parent).status == 204
    assert home.dns.heard[-1] == FamilyChanged()
    (rule,) = home.call("GET", "/rules", headers=parent).json["rules"]
    assert (rule["child"], rule["name"], rule["until"]) == (ANA, SITE, int(START) + 3600)
    (seen,) = get(home, "/requests", ANAS)["requests"]
    assert (seen["answer"], seen["answer_words"], seen["answer_until"]) == ("yes", "Suksese!", int(START) + 3600)
    assert home.call("GET", "/waiting", headers=parent).json == {"requests": 0}
    assert home.call("DELETE", f"/own/requests/{number}", source=ANAS).status == 204
    assert home.call("GET", "/requests", headers=parent).json == {"requests": []}


@pytest.mark.parametrize(("span", "seconds"), [("15m", 900), ("1h", 3600), ("today", 8 * 3600), ("always", None)])
def test_a_yes_lasts_as_long_as_it_says(home: House, span: str, seconds: int | None) -> None:
    number = ask(home, ANAS)
    token = home.token(Scope.WRITE)
    assert home.call("POST", f"/requests/{number}/answer", {"answer": "yes", "span": span}, headers=token).status == 204
    (rule,) = home.call("GET", "/rules", headers=token).json["rules"]
    assert rule["until"] == (None if seconds is None else int(START) + seconds)


def test_a_no_needs_a_reason_and_a_yes_its_length(home: House) -> None:
    number, token = ask(home, ANAS), home.token(Scope.WRITE)
    path = f"/requests/{number}/answer"
    assert home.call("POST", path, {"answer": "no"}, headers=token).status == 409
    assert home.call("POST", path, {"answer": "yes"}, headers=token).status == 422
    assert home.call("POST", path, {"answer": "no", "words": "Nesër"}, headers=token).status == 204
    assert home.call("GET", "/rules", headers=token).json == {"rules": []}
    assert get(home, "/requests", ANAS)["requests"][0]["answer_words"] == "Nesër"


def test_a_child_objects_to_a_rule_and_a_yes_opens_nothing_by_itself(home: House) -> None:
    got = home.call("POST", "/own/requests", {"kind": "objection", "about": "Gjumi në orën 20"}, source=ANAS)
    token = home.token(Scope.WRITE)
    yes = {"answer": "yes", "words": "Flasim sonte"}
    assert home.call("POST", f"/requests/{got.json['id']}/answer", yes, headers=token).status == 204
    assert home.call("GET", "/rules", headers=token).json == {"rules": []}
    assert get(home, "/requests", ANAS)["requests"][0]["answer"] == "yes"


def test_no_child_sees_or_ends_what_another_asked(home: House) -> None:
    number = ask(home, BENS, "bens.example")
    assert asked(home, ANAS) == []
    assert home.call("DELETE", f"/own/requests/{number}", source=ANAS).status == 404
    assert home.call("POST", "/own/requests", {"kind": "open", "about": SITE, "child": BEN}, source=ANAS).status == 403
    assert asked(home, BENS) == ["bens.example"]


def test_a_shared_device_shows_what_was_asked_on_it_alone(home: House) -> None:
    own = ask(home, BENS, "bens.example")
    ask(home, BOTH, child=BEN)
    assert asked(home, BOTH) == [SITE]
    assert home.call("DELETE", f"/own/requests/{own}", source=BOTH).status == 404
    assert asked(home, BENS) == ["bens.example", SITE]
    assert home.call("POST", "/own/requests", {"kind": "open", "about": SITE}, source=BOTH).status == 422


def test_ten_requests_of_a_child_wait_and_no_more(home: House) -> None:
    for number in range(10):
        ask(home, ANAS, f"{number}.example")
    ask(home, ANAS, "0.example")
    got = home.call("POST", "/own/requests", {"kind": "open", "about": SITE}, source=ANAS)
    assert (got.status, "take one back" in got.json["detail"]) == (409, True)
    ask(home, BENS)


def test_a_count_of_what_waits_names_nobody_and_nothing(home: House) -> None:
    ask(home, ANAS)
    got = home.call("GET", "/waiting", headers=home.token(Scope.READ))
    assert got.text == '{"requests":1}'


# --- why is this broken? ----------------------------------------------------------------------------------------------


def test_a_device_looks_at_itself_and_at_no_other(home: House) -> None:
    stopped = (StoppedName("bet.example", "category", "bets", "gambling"), StoppedName("x.example", "hours", "", ""))
    home.dns.answers[Troubleshoot] = WindowShown(287, stopped, is_full=False, trouble="")
    assert home.call("POST", "/own/troubleshooting", source=ANAS).json["open"] is True
    told = get(home, "/troubleshooting", ANAS)
    assert (told["seconds"], told["is_full"]) == (287, False)
    assert told["names"] == [
        {
            "name": "bet.example",
            "why": "category",
            "why_text": "in a category that this band blocks",
            "list": "bets",
            "category": "gambling",
        },
        {
            "name": "x.example",
            "why": "hours",
            "why_text": "the family's hours close this now",
            "list": None,
            "category": None,
        },
    ]
    assert home.call("DELETE", "/own/troubleshooting", source=MUMS).status == 204
    looked = [one for one in home.dns.heard if isinstance(one, Troubleshoot)]
    assert looked == [Troubleshoot(ANAS, "open"), Troubleshoot(ANAS, "show"), Troubleshoot(MUMS, "close")]


def test_neither_a_parent_nor_a_program_looks_at_a_childs_device(home: House) -> None:
    parent, program = home.session(home.adult()).headers, home.token(Scope.READ, Scope.WRITE)
    for headers in (parent, program):
        for method in ("GET", "POST", "DELETE"):
            assert home.call(method, "/own/troubleshooting", headers=headers, source=GUEST).status == 403
        assert home.call("GET", f"/own/troubleshooting?address={ANAS}", headers=headers, source=ANAS).status == 422
    assert home.call("POST", "/own/troubleshooting", {"address": ANAS}, source=BENS).status in {200, 409, 503}
    looked = {one.address for one in home.dns.heard if isinstance(one, Troubleshoot)}
    assert looked <= {BENS}


def test_a_device_through_which_others_ask_is_told_why_it_has_no_window(home: House) -> None:
    home.dns.answers[Troubleshoot] = WindowShown(0, (), is_full=False, trouble="several devices ask through this one")
    got = home.call("POST", "/own/troubleshooting", source=ANAS)
    assert (got.status, got.json["detail"]) == (409, "several devices ask through this one")


# --- claims -----------------------------------------------------------------------------------------------------------


def test_a_device_becomes_a_childs_by_a_code_that_works_once(home: House) -> None:
    made = home.call("POST", "/codes", {"child": ANA}, headers=home.token(Scope.WRITE))
    assert (made.status, made.json["seconds"], len(made.json["code"])) == (201, 600, 8)
    claim = {"code": made.json["code"], "name": "Tablet"}
    got = home.call("POST", "/claim", claim, source=GUEST)
    assert got.status == 201
    (device,) = devices(home)
    assert (device["id"], device["hardware"], device["children"]) == (got.json["id"], HARDWARE, [ANA])
    assert home.dns.heard[-1] == FamilyChanged()
    assert home.call("POST", "/claim", claim, source=GUEST).status == 401


def test_who_guesses_voids_the_code_and_whose_device_is_not_known_keeps_it(home: House) -> None:
    code = home.write(lambda store: make_code(store, ANA, MIRA, int(home.time)))
    wrong = f"{(int(code) + 1) % 10**8:08}"
    assert home.call("POST", "/claim", {"code": code, "name": "Tablet"}).status == 409
    for _ in range(10):
        assert home.call("POST", "/claim", {"code": wrong, "name": "Tablet"}, source=GUEST).status == 401
    assert home.call("POST", "/claim", {"code": code, "name": "Tablet"}, source=GUEST).status == 401
    assert devices(home) == []


def test_a_guess_while_no_code_is_open_writes_nothing(home: House) -> None:
    before = home.state.family.stat().st_mtime_ns
    for _ in range(20):
        assert home.call("POST", "/claim", {"code": "12345678", "name": "Tablet"}, source=GUEST).status == 401
    assert (home.state.family.stat().st_mtime_ns, home.dns.heard) == (before, [])


# --- how often --------------------------------------------------------------------------------------------------------


def test_a_device_that_changes_things_all_the_time_waits_and_looks_on(home: House) -> None:
    told = [home.call("DELETE", "/own/requests/7", source=ANAS) for _ in range(AT_ONCE + 1)]
    assert [one.status for one in told] == [404] * AT_ONCE + [429]
    assert 0 < int(told[-1].headers["retry-after"]) <= 30
    assert asked(home, ANAS) == []
    ask(home, BENS)
    home.time += 30
    ask(home, ANAS)
