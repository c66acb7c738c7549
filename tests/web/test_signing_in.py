"""Who gets in, and who does not."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest

from guardian.family.adults import Role
from guardian.web.principals import Scope
from guardian.web.second_factor import STEP, code_at
from guardian.web.setup_code import MINUTES, make_code
from tests.web.house import MIRA, PASSWORD, SignedIn

if TYPE_CHECKING:
    from tests.web.house import Got, House

ANOTHER = "five words in a row, even"


def sign_in(house: House, password: str = PASSWORD, *, source: str = "127.0.0.1", **more: str) -> Got:
    return house.call("POST", "/session", {"name": MIRA, "password": password, **more}, source=source)


def kept(answer: Got) -> SignedIn:
    cookie = SimpleCookie(answer.headers["set-cookie"])["guardian"]
    return SignedIn(cookie.value, answer.json["form"])


# --- the first parent -------------------------------------------------------------------------------------------------


def test_the_code_of_the_terminal_makes_a_parent_once(house: House) -> None:
    code = house.write(lambda store: make_code(store, int(house.time)))
    body = {"code": code.lower().replace("-", " "), "name": MIRA, "password": PASSWORD}
    assert house.call("POST", "/setup", body).status == 204
    assert sign_in(house).json["rights"] == ["account", "admit", "decide", "see", "teach"]
    assert house.call("POST", "/setup", body | {"name": "Beni"}).status == 401


def test_a_code_of_the_terminal_ends_after_its_minutes(house: House) -> None:
    code = house.write(lambda store: make_code(store, int(house.time)))
    house.time += MINUTES * 60
    assert house.call("POST", "/setup", {"code": code, "name": MIRA, "password": PASSWORD}).status == 401


def test_without_a_code_of_the_terminal_nobody_becomes_a_parent(house: House) -> None:
    for code in ("", "0", "AAAA-AAAA-AAAA"):
        assert house.call("POST", "/setup", {"code": code, "name": MIRA, "password": PASSWORD}).status == 401


def test_a_parent_without_password_gets_a_new_one_by_a_code_and_is_signed_out_everywhere(house: House) -> None:
    before = house.session(house.adult())
    code = house.write(lambda store: make_code(store, int(house.time)))
    assert house.call("POST", "/setup", {"code": code, "name": "mira", "password": ANOTHER}).status == 204
    assert house.call("GET", "/session", headers=before.headers).status == 401
    assert (sign_in(house).status, sign_in(house, ANOTHER).status) == (401, 201)


def test_a_password_that_is_refused_leaves_the_code_good(house: House) -> None:
    code = house.write(lambda store: make_code(store, int(house.time)))
    weak = house.call("POST", "/setup", {"code": code, "name": MIRA, "password": "aaaaaaaaaaaa"})
    assert (weak.status, weak.json["detail"]) == (
        409,
        "this password is too easy to guess; four words in a row are good",
    )
    assert house.call("POST", "/setup", {"code": code, "name": MIRA, "password": PASSWORD}).status == 204


# --- sessions ---------------------------------------------------------------------------------------------------------


def test_a_session_has_a_new_name_at_each_signing_in_whatever_the_browser_brings(house: House) -> None:
    house.adult()
    planted = "planted-by-somebody-else"
    answer = house.call(
        "POST", "/session", {"name": MIRA, "password": PASSWORD}, headers={"Cookie": f"guardian={planted}"}
    )
    first, second = kept(answer), kept(sign_in(house))
    assert len({planted, first.cookie, second.cookie}) == 3
    assert house.call("GET", "/session", headers={"Cookie": f"guardian={planted}"}).status == 401
    assert house.call("GET", "/session", headers=first.headers).json["name"] == MIRA


def test_the_cookie_is_for_our_pages_alone_and_no_script_reads_it(house: House) -> None:
    house.adult()
    cookie = sign_in(house).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=2592000"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_change_needs_the_word_that_only_our_page_knows(house: House) -> None:
    session = house.session(house.adult())
    cookie = {"Cookie": session.headers["Cookie"]}
    for form in ({}, {"Guardian-Form": ""}, {"Guardian-Form": "x" * 43}):
        assert house.call("DELETE", "/session", headers=cookie | form).status == 403
    assert house.call("GET", "/session", headers=cookie).status == 200
    assert house.call("DELETE", "/session", headers=session.headers).status == 204
    assert house.call("GET", "/session", headers=cookie).status == 401


def test_a_session_ends_after_thirty_days(house: House) -> None:
    session = house.session(house.adult())
    house.time += 30 * 86_400 - 1
    assert house.call("GET", "/session", headers=session.headers).status == 200
    house.time += 1
    assert house.call("GET", "/session", headers=session.headers).status == 401


def test_the_store_holds_neither_password_nor_cookie_nor_token(house: House) -> None:
    session = house.session(house.adult())
    token = house.token(Scope.READ)["Authorization"].removeprefix("Bearer ")
    files = b"".join(one.read_bytes() for one in house.state.folder.glob("family.sqlite3*"))
    assert b"Mira" in files
    assert not [secret for secret in (PASSWORD, session.cookie, token) if secret.encode() in files]


def test_a_new_password_signs_out_everywhere(house: House) -> None:
    session = house.session(house.adult())
    wrong = house.call("PUT", "/password", {"old": ANOTHER, "new": ANOTHER}, headers=session.headers)
    assert wrong.status == 401
    done = house.call("PUT", "/password", {"old": PASSWORD, "new": ANOTHER}, headers=session.headers)
    assert done.status == 204
    assert house.call("GET", "/session", headers=session.headers).status == 401
    assert sign_in(house, ANOTHER).status == 201


# --- the second factor ------------------------------------------------------------------------------------------------


def test_with_a_second_factor_the_password_alone_is_not_enough_and_a_code_is_good_once(house: House) -> None:
    session = house.session(house.adult())
    secret = house.call("POST", "/second-factor", headers=session.headers).json["secret"]
    body = {"password": PASSWORD, "secret": secret, "new_code": "000000"}
    assert house.call("PUT", "/second-factor", body, headers=session.headers).status == 422
    body["new_code"] = code_at(secret, int(house.time) // STEP)
    assert house.call("PUT", "/second-factor", body, headers=session.headers).status == 204
    assert sign_in(house).status == 401
    code = code_at(secret, int(house.time) // STEP)
    assert sign_in(house, code=code).status == 201
    assert sign_in(house, code=code).status == 401
    house.time += STEP
    assert sign_in(house, code=code_at(secret, int(house.time) // STEP)).status == 201


def test_a_wrong_name_a_wrong_password_and_a_wrong_code_are_one_answer(house: House) -> None:
    house.adult()
    nobody = house.call("POST", "/session", {"name": "Beni", "password": PASSWORD})
    assert nobody.text == sign_in(house, ANOTHER).text
    assert nobody.status == 401


# --- roles and scopes -------------------------------------------------------------------------------------------------

WAYS = [("GET", "/adults"), ("GET", "/tokens"), ("GET", "/session"), ("POST", "/second-factor")]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.PARENT, [200, 200, 200, 200]),
        (Role.SECOND_PARENT, [200, 403, 200, 200]),
        (Role.TEACHER, [403, 403, 200, 200]),
    ],
)
def test_a_role_may_do_what_its_table_says(house: House, role: Role, may: list[int]) -> None:
    session = house.session(house.adult(role=role))
    assert [house.call(*way, headers=session.headers).status for way in WAYS] == may


@pytest.mark.parametrize(
    ("scope", "may"),
    [
        (Scope.READ, [200, 403, 403, 403]),
        (Scope.WRITE, [200, 403, 403, 403]),
        (Scope.ADGUARD, [403, 403, 403, 403]),
    ],
)
def test_a_token_may_do_what_its_scope_says(house: House, scope: Scope, may: list[int]) -> None:
    token = house.token(scope)
    assert [house.call(*way, headers=token).status for way in WAYS] == may


def test_a_token_is_shown_once_and_ends_when_it_is_removed(house: House) -> None:
    session = house.session(house.adult())
    made = house.call("POST", "/tokens", {"title": "Home Assistant", "scopes": ["read"]}, headers=session.headers)
    token = {"Authorization": f"Bearer {made.json['token']}"}
    assert house.call("GET", "/adults", headers=token).status == 200
    listed = house.call("GET", "/tokens", headers=session.headers)
    assert made.json["token"] not in listed.text
    assert listed.json["tokens"] == [{"title": "Home Assistant", "scopes": ["read"], "used": "2026-11-24"}]
    assert house.call("DELETE", "/tokens/Home%20Assistant", headers=session.headers).status == 204
    assert house.call("GET", "/adults", headers=token).status == 401


def test_of_a_token_only_the_day_of_its_use_is_kept(house: House) -> None:
    session, token = house.session(house.adult()), house.token(Scope.READ)
    house.time += 2 * 86_400
    house.call("GET", "/adults", headers=token)
    assert house.call("GET", "/tokens", headers=session.headers).json["tokens"][0]["used"] == "2026-11-26"


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Basic", "Basic %", "Basic QQ==", "Digest x", "Bearer " + "x" * 3000],
)
def test_what_is_no_token_is_nobody(house: House, header: str) -> None:
    assert house.call("GET", "/adults", headers={"Authorization": header}).status == 401


@pytest.mark.parametrize("octets", [b"\xff", "ë".encode(), b"\x80\x81"])
def test_octets_that_are_no_text_are_no_secret_and_no_fault(house: House, octets: bytes) -> None:
    session = house.session(house.adult())
    odd = octets.decode("latin-1")
    for header in (f"Bearer {odd}", f"Basic {odd}", odd):
        assert house.call("GET", "/adults", headers={"Authorization": header}).status == 401
    assert house.call("GET", "/adults", headers={"Cookie": f"guardian={odd}"}).status == 401
    assert house.call("DELETE", "/session", headers={**session.headers, "Guardian-Form": odd}).status == 403


def test_an_adult_who_is_removed_is_signed_out_and_the_last_parent_stays(house: House) -> None:
    mira, beni = house.adult(), house.adult("Beni", Role.SECOND_PARENT)
    session, other = house.session(mira), house.session(beni)
    assert house.call("DELETE", f"/adults/{beni}", headers=session.headers).status == 204
    assert house.call("GET", "/session", headers=other.headers).status == 401
    assert house.call("DELETE", f"/adults/{mira}", headers=session.headers).status == 409
    assert house.call("GET", "/session", headers=session.headers).status == 200


# --- guessing ---------------------------------------------------------------------------------------------------------


def test_who_guesses_waits_and_a_parent_elsewhere_signs_in_all_the_same(house: House) -> None:
    house.adult()
    answers = [sign_in(house, f"guess number {number}", source="127.0.0.21").status for number in range(8)]
    assert answers == [401] * 5 + [429] * 3
    assert sign_in(house, source="127.0.0.21").status == 429
    assert sign_in(house, source="127.0.0.22").status == 201
    house.time += 600
    assert sign_in(house, source="127.0.0.21").status == 201
