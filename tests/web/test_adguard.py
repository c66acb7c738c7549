"""AdGuard Home's API as guardian answers it: a pause has an end, and nothing of anybody's questions is there."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from guardian.control.messages import Pause, Paused, Resume, Resumed
from guardian.web.adguard import ROUTES
from guardian.web.principals import Scope

if TYPE_CHECKING:
    from tests.web.house import Got, House


@pytest.fixture
def token(house: House) -> dict[str, str]:
    """Return the header of a program that may ask as AdGuard Home's clients do."""
    house.dns.answers |= {Pause: Paused(60, "18:00"), Resume: Resumed(was_paused=True)}
    return house.token(Scope.ADGUARD) | {"Content-Type": "application/json"}


def protection(house: House, token: dict[str, str], text: bytes) -> Got:
    return house.raw("POST", "/control/protection", text, headers=token)


@pytest.mark.parametrize(
    ("milliseconds", "minutes"),
    [(None, 60), (0, 60), (1, 5), (300_000, 5), (300_001, 6), (1_800_000, 30), (3_600_001, 60), (10**15, 60)],
)
def test_protection_off_is_a_pause_of_five_minutes_to_an_hour(
    house: House, token: dict[str, str], milliseconds: int | None, minutes: int
) -> None:
    duration = b"" if milliseconds is None else b', "duration": %d' % milliseconds
    assert protection(house, token, b'{"enabled": false%s}' % duration).status == 204
    assert house.dns.heard == [Pause(minutes)]


@pytest.mark.parametrize("duration", [b"-1", b"1.5", b'"1"', b"1e400", b"true", b"[]", b"9007199254740993"])
def test_a_duration_that_is_none_pauses_nothing(house: House, token: dict[str, str], duration: bytes) -> None:
    assert protection(house, token, b'{"enabled": false, "duration": %s}' % duration).status in {400, 422}
    assert house.dns.heard == []


def test_the_settings_log_says_which_program_paused(house: House, token: dict[str, str]) -> None:
    protection(house, token, b'{"enabled": false}')
    protection(house, token, b'{"enabled": true}')
    lines = house.call("GET", "/log", headers=house.token(Scope.READ, title="reader")).json["lines"]
    found = [(one["who"], one["what"], one["detail"]) for one in lines if one["detail"].startswith("pause")]
    assert found == [
        ("program", "measure ended", "pause everything"),
        ("program", "measure taken", "pause everything"),
    ]


def test_the_token_is_the_password_whatever_the_user_is_called(house: House, token: dict[str, str]) -> None:
    secret = token["Authorization"].partition(" ")[2]
    for text, status in ((f"home:{secret}", 200), (f":{secret}", 200), (f"{secret}:", 401), ("home:wrong", 401)):
        headers = {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}
        assert house.raw("GET", "/control/querylog", headers=headers).status == status


def test_nothing_is_answered_without_the_scope_for_it(house: House) -> None:
    other = house.token(Scope.READ, Scope.WRITE)
    parent = house.session(house.adult()).headers
    for route in ROUTES:
        path = route.plain_path().replace("{feature}", "parental")
        for headers, status in (({}, 401), (other, 403), (parent, 403)):
            assert house.raw(route.method, path, headers=headers).status == status, path
    assert house.dns.heard == []


def test_what_is_searched_in_the_query_log_is_never_there(house: House, token: dict[str, str]) -> None:
    for query in ("", "?search=anadrejt.example", "?limit=500&older_than=2026-11-24", "?response_status=filtered"):
        got = house.raw("GET", f"/control/querylog{query}", headers={"Authorization": token["Authorization"]})
        assert (got.status, got.json) == (200, {"data": [], "oldest": ""})


@pytest.mark.parametrize("feature", ["parental", "safebrowsing", "safesearch"])
def test_what_is_decided_for_each_child_can_not_be_switched_off_here(
    house: House, token: dict[str, str], feature: str
) -> None:
    assert house.raw("POST", f"/control/{feature}/enable", headers=token).status == 204
    got = house.raw("POST", f"/control/{feature}/disable", headers=token)
    assert (got.status, "decided for each child" in got.json["detail"]) == (409, True)
    assert house.raw("GET", f"/control/{feature}/status", headers=token).json == {"enabled": True}


def test_a_feature_that_guardian_does_not_know_is_not_there(house: House, token: dict[str, str]) -> None:
    for method, path in (("GET", "dhcp/status"), ("POST", "rewrite/enable"), ("POST", "%2e%2e/disable")):
        assert house.raw(method, f"/control/{path}", headers=token).status == 404


def test_a_filter_that_does_not_run_is_said_to_be_silent_not_off(house: House, token: dict[str, str]) -> None:
    house.dns.answers.clear()
    assert house.raw("GET", "/control/status", headers=token).status == 503
    assert protection(house, token, b'{"enabled": false}').status == 503
