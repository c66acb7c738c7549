"""What reaches the web at all: whose request, in what form, how long, and what every answer carries."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from guardian.web import server
from guardian.web.api import adults
from guardian.web.guard import HEADERS, MAX_BODY
from guardian.web.pace import BURST
from guardian.web.principals import Scope
from tests.web.house import MIRA, PASSWORD, SECONDS, Got, House

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SIGN_IN = json.dumps({"name": MIRA, "password": PASSWORD}).encode()
SENDS = b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
OURS = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Return a house in which Mira can sign in, for requests that leave it as it was."""
    with House(tmp_path_factory.mktemp("door") / "state") as house:
        house.adult()
        yield house


def talk(house: House, text: bytes, *, source: str = "127.0.0.1") -> bytes:
    """Say exactly these octets, and give all that comes until the other side ends it."""
    with socket.create_connection(("127.0.0.1", house.port), SECONDS, (source, 0)) as line:
        line.sendall(text)
        return b"".join(iter(lambda: line.recv(65_536), b""))


def refused_with(house: House, headers: Mapping[str, str], data: bytes | None = SIGN_IN, method: str = "POST") -> Got:
    """Send what would sign a parent in, with these headers in place of ours."""
    got = house.raw(method, "/api/v1/session", data, headers={**OURS, **headers})
    assert "set-cookie" not in got.headers
    return got


# --- R22: whose request -----------------------------------------------------------------------------------------------

FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8080",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "guardian.home.arpa.evil.example",
    "evilguardian.home.arpa",
    "192.168.1.1",
    "127.0.0.2",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "2130706433",
    "0x7f.0.0.1",
    "127.1",
    "localhost@evil.example",
    "localhost:80:80",
    "localhost:port",
    "localhost/",
    "localhost,evil.example",
    "localhost evil.example",
    "*",
    "",
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
def test_a_name_that_is_not_this_machines_is_misdirected(door: House, host: str) -> None:
    assert refused_with(door, {"Host": host}).status == 421


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "guardian.home.arpa", "guardian.home.arpa."]
)
def test_a_name_of_this_machine_is_served(door: House, host: str) -> None:
    assert door.raw("POST", "/api/v1/session", SIGN_IN, headers={**OURS, "Host": host}).status == 201


def test_a_request_without_a_host_or_with_two_is_served_nothing(door: House) -> None:
    assert b" 421 " in talk(door, b"GET /api/v1/openapi.json HTTP/1.0\r\n\r\n").partition(b"\r\n")[0]
    two = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"
    assert b" 400 " in talk(door, two).partition(b"\r\n")[0]


FOREIGN_PAGES: list[dict[str, str]] = [
    {"Origin": "http://evil.example"},
    {"Origin": "https://localhost"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "null"},
    {"Origin": "file://"},
    {"Origin": "http://"},
    {"Origin": "localhost"},
    {"Origin": "http://localhost, http://evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    {"Sec-Fetch-Site": "same-origin, cross-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
]


@pytest.mark.parametrize("page", FOREIGN_PAGES)
def test_a_page_of_another_site_changes_nothing(door: House, page: dict[str, str]) -> None:
    assert refused_with(door, {"Host": "localhost", **page}).status == 403


def test_a_page_of_another_site_reads_nothing_but_may_link_here(door: House) -> None:
    token = door.token(Scope.READ)
    foreign = {"Sec-Fetch-Site": "cross-site", **token}
    assert door.call("GET", "/adults", headers={**foreign, "Sec-Fetch-Mode": "no-cors"}).status == 403
    assert door.call("GET", "/adults", headers={**foreign, "Sec-Fetch-Mode": "navigate"}).status == 200
    assert door.call("GET", "/adults", headers={**token, "Sec-Fetch-Site": "none"}).status == 200


def test_our_own_page_is_served(door: House) -> None:
    own = {"Host": "localhost:8080", "Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-origin"}
    assert door.raw("POST", "/api/v1/session", SIGN_IN, headers={**OURS, **own}).status == 201


# --- R22: in what form ------------------------------------------------------------------------------------------------

FOREIGN_TYPES = [
    "text/plain",
    "text/plain; charset=application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json-patch+json",
    "application/jsonx",
    "application/json; charset=utf-16",
    "application/json, text/plain",
    "text/html",
    "",
]


@pytest.mark.parametrize("kind", FOREIGN_TYPES)
def test_what_a_form_of_another_page_could_send_is_not_read(door: House, kind: str) -> None:
    assert refused_with(door, {"Content-Type": kind}).status == 415
    # nor without a body: a form always says what it sends
    assert refused_with(door, {"Content-Type": kind}, data=None).status == 415


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity", "x"])
def test_nothing_is_inflated(door: House, coding: str) -> None:
    assert refused_with(door, {"Content-Encoding": coding}).status == 415


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PROPFIND", "post", "FOO"])
def test_another_method_is_not_known(door: House, method: str) -> None:
    got = refused_with(door, {}, method=method)
    assert got.status in {400, 501}
    assert not [name for name in got.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "HEAD"])
def test_a_method_that_a_route_has_not_is_told_which_it_has(door: House, method: str) -> None:
    got = door.raw(method, "/api/v1/session", None)
    assert (got.status, got.headers["allow"]) == (405, "DELETE, GET, POST")


@pytest.mark.parametrize(
    ("framing", "status"),
    [
        (f"Content-Length: {MAX_BODY + 1}", 413),
        ("Content-Length: 999999999", 413),
        ("Content-Length: 5\r\nContent-Length: 6", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: +5", 400),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", 400),
        ("Transfer-Encoding: gzip, chunked", 400),
        ("Transfer-Encoding: identity", 400),
        ("Upgrade: h2c\r\nConnection: Upgrade", 400),
        ("Cookie: a=b\r\nCookie: c=d", 400),
    ],
)
def test_a_request_that_two_readers_could_read_in_two_ways_is_not_read(door: House, framing: str, status: int) -> None:
    answer = talk(door, SENDS + f"{framing}\r\n\r\n".encode()).decode()
    assert answer.startswith((f"HTTP/1.1 {status} ", f"HTTP/1.0 {status} ")), answer
    assert answer.count("HTTP/1.") == 1


def test_more_than_the_body_may_hold_is_not_read_however_it_comes(door: House) -> None:
    head = SENDS + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    assert b" 413 " in talk(door, head + chunk * 5 + b"0\r\n\r\n").partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"NaN",
        b'{"name": "a", "name": "b", "password": ""}',
        b'{"name": Infinity, "password": ""}',
        b"[" * 30_000 + b"]" * 30_000,
        b'{"name": "' + b"[" * 50 + b'"}',
        b'{"name": 5, "password": ""}',
        b'{"name": "a", "password": "b", "more": 1}',
        b'{"name": "a"}',
        b"\xff\xfe",
        b'{"name": "\\ud800", "password": ""}',
        b'{"name": "a", "password": "\\u0000"}',
    ],
)
def test_what_does_not_fit_is_a_problem_in_words_and_never_a_fault_of_ours(door: House, body: bytes) -> None:
    got = door.raw("POST", "/api/v1/session", body, headers=OURS)
    assert got.status in {400, 401, 422}
    assert got.headers["content-type"].startswith("application/problem+json")
    assert got.json["detail"]


# --- where ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/api",
        "/api/v1/",
        "/api/v1/adults/",
        "/api/v1//adults",
        "/api/v1/./adults",
        "/api/v1/x/../adults",
        "/api/v1/%61dults",
        "/api/v1/adults%2f",
        "/api/v1/adults/1/2",
        "/api/v1/adults/-1",
        "/api/v1/adults/01",
        "/api/v1/adults/9999999999",
        "/api/v1/adults/%31",
        "/etc/passwd",
        "/../../etc/passwd",
        "/api/v1/tokens/",
        "//evil.example/api/v1/adults",
    ],
)
def test_what_is_not_in_the_table_is_not_there_for_a_parent_either(door: House, target: str) -> None:
    session = door.session(1)
    assert door.raw("GET", target, headers=session.headers).status == 404


def test_a_request_for_a_whole_address_is_not_served(door: House) -> None:
    text = b"GET http://evil.example/api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    assert b" 400 " in talk(door, text).partition(b"\r\n")[0]


def test_nothing_stands_behind_a_question_mark_that_nobody_reads(door: House) -> None:
    assert door.raw("GET", "/api/v1/openapi.json?name=somebody").status == 422


# --- what comes back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/api/v1/openapi.json", "/api/v1/adults", "/nowhere", "/api/v1/openapi.json?x"])
def test_every_answer_carries_the_headers(door: House, target: str) -> None:
    got = door.raw("GET", target)
    assert {name: got.headers.get(name.lower()) for name in HEADERS} == dict(HEADERS)
    assert not [name for name in got.headers if name.startswith("access-control-")]


def test_what_is_no_http_is_answered_in_our_own_words(door: House) -> None:
    for text in (b"<script>alert(1)</script>\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        answer = talk(door, text).decode()
        assert "script" not in answer
        assert "this is no request that can be read" in answer
        assert "Content-Security-Policy: default-src 'self'" in answer


def test_what_was_sent_is_never_markup_in_what_comes_back(house: House) -> None:
    session = house.session(house.adult())
    body = {"name": "<img src=x onerror=alert(1)>&", "role": "parent", "password": PASSWORD}
    assert house.call("POST", "/adults", body, headers=session.headers).status == 201
    listed = house.call("GET", "/adults", headers=session.headers)
    assert listed.json["adults"][1]["name"] == body["name"]
    assert not set("<>&") & set(listed.text)
    faulty = house.call("POST", "/session", {"<b>": 1}, headers=session.headers)
    assert "b>" not in faulty.text
    assert {"where": "", "what": "has a key that is not known here"} in faulty.json["faults"]


def test_a_fault_of_ours_says_nothing_of_itself(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise ValueError("Ana")

    token = house.token(Scope.READ)
    monkeypatch.setattr(adults, "read_adults", fail)
    got = house.call("GET", "/adults", headers=token)
    assert (got.status, got.json["detail"]) == (500, "guardian made a mistake here; its log says where")
    assert "please report it" in caplog.text
    assert "Ana" not in caplog.text + got.text


# --- how many, and how long -------------------------------------------------------------------------------------------


def test_an_address_that_asks_without_end_waits_and_costs_guardian_dns_no_more(house: House) -> None:
    house.device("127.0.0.21", 3)
    answers = [house.call("GET", "/own/requests", source="127.0.0.21").status for _ in range(BURST + 10)]
    assert answers == [200] * BURST + [429] * 10
    assert len(house.dns.heard) == BURST
    assert house.call("GET", "/openapi.json", source="127.0.0.22").status == 200
    house.time += 1
    assert house.call("GET", "/own/requests", source="127.0.0.21").status == 200


def test_one_address_can_not_take_all_connections(house: House) -> None:
    held = []
    try:
        for _ in range(server.MAX_OF_ONE + 5):
            held += [socket.create_connection(("127.0.0.1", house.port), SECONDS, ("127.0.0.21", 0))]
        assert [line.recv(1) for line in held[server.MAX_OF_ONE :]] == [b""] * 5
        assert house.call("GET", "/openapi.json", source="127.0.0.22").status == 200
    finally:
        for line in held:
            line.close()


def test_a_connection_that_never_says_a_whole_request_ends(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    monkeypatch.setattr(server, "KEEP_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", house.port), SECONDS) as line:
        line.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: loc")
        assert line.recv(1) == b""


def test_a_body_that_never_comes_ends(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    monkeypatch.setattr("guardian.web.app.BODY_SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", house.port), SECONDS) as line:
        line.sendall(SENDS + b"Content-Length: 9\r\n\r\n{")
        said = b"".join(iter(lambda: line.recv(65_536), b""))
    assert said.startswith(b"HTTP/1.1 408 ")


def ask_and_never_read(line: socket.socket) -> None:
    """Ask again and again for as long as a test may take; ConnectionError once the other side has left."""
    ends = time.monotonic() + SECONDS
    while time.monotonic() < ends:
        with contextlib.suppress(TimeoutError):
            line.sendall(b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n")


def test_a_client_that_never_reads_its_answers_is_left(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    monkeypatch.setattr(server, "UNREAD_SECONDS", 0.5)
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(0.1)
        line.connect(("127.0.0.1", house.port))
        with pytest.raises(ConnectionError):
            ask_and_never_read(line)


def test_many_who_sign_in_at_once_are_bounded_as_if_one_by_one(house: House) -> None:
    house.adult()
    answers: list[int] = []

    def guess() -> None:
        answers.append(house.raw("POST", "/api/v1/session", SIGN_IN.replace(b"four", b"five"), headers=OURS).status)

    threads = [threading.Thread(target=guess) for _ in range(16)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(SECONDS)
    assert sorted(answers) == [401] * 5 + [429] * 11
    assert house.call("POST", "/setup", {"code": "A", "name": MIRA, "password": PASSWORD}).status == 429
