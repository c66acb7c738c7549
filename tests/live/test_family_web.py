"""The whole way with the real programs: a child's browser, `guardian web`, `guardian dns`, and what it asks for."""

from __future__ import annotations

import http.client
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from guardian.control.client import ask as tell
from guardian.control.messages import Troubleshoot, WindowShown
from guardian.family.children import add_child
from guardian.family.devices import add_device
from guardian.model import Band
from guardian.store.database import open_store, transaction
from guardian.system.paths import State
from guardian.web.principals import Scope
from guardian.web.tokens import make_token
from tests.live.conftest import PROGRAM, SECONDS, Guardian, ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

ERA, BEN, GUEST = "127.0.0.31", "127.0.0.32", "127.0.0.34"
SOCIAL, OTHER, SITE = "tiktok.com", "instagram.com", "news.example"
TODAY = date(2026, 11, 24)


class Web:
    """A `guardian dns` and the `guardian web` beside it."""

    def __init__(self, server: Guardian, port: int, token: str) -> None:
        self.server = server
        self._port = port
        self._parent = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: object = None, *, device: str = "") -> tuple[int, Any]:
        """Ask as a device, or as a parent's program."""
        headers = {} if device else dict(self._parent)
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        asking = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=SECONDS, source_address=(device or "127.0.0.1", 0)
        )
        try:
            asking.request(method, f"/api/v1{path}", data, headers)
            answer = asking.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None
        finally:
            asking.close()

    def is_open(self, device: str, name: str) -> bool:
        return bool(ask(self.server.port, name, device=device).answer)

    def stopped(self, device: str) -> list[str]:
        status, told = self.call("GET", "/own/troubleshooting", device=device)
        assert status == 200, told
        return [one["name"] for one in told["names"]]


@pytest.fixture
def web(house: Path, start: Callable[..., Guardian]) -> Iterator[Web]:
    """Start both for a family of Era, who is eight, and Ben, who is seventeen, each with a device."""
    state = State(house.parent / "state")
    store = open_store(state.family)
    with transaction(store):
        era = add_child(store, "Era", Band.PRIMARY, None, "Mum", TODAY)
        ben = add_child(store, "Ben", Band.YOUTH, None, "Mum", TODAY)
        for name, network, child in (("tablet", ERA, era), ("phone", BEN, ben)):
            add_device(store, name, network=network, children=[child], who="Mum", today=TODAY)
        token = make_token(store, "Mum's program", [Scope.READ, Scope.WRITE], "Mum", TODAY)
    store.close()
    server = start(house).ready()
    with Guardian(house, program=[*PROGRAM, "web", "--config", str(house), "--listen", "127.0.0.1:0"]) as pages:
        found = re.search(r":(\d+)$", pages.wait_for("the family's web is at").strip())
        assert found
        yield Web(server, int(found[1]), token)


def test_a_device_sees_what_is_stopped_on_it_and_no_other_device_does(web: Web) -> None:
    assert not web.is_open(ERA, SOCIAL)
    assert web.stopped(ERA) == []
    status, told = web.call("POST", "/own/troubleshooting", device=ERA)
    assert (status, told["open"], 290 <= told["seconds"] <= 300) == (200, True, True)
    for _ in range(4):
        assert not web.is_open(ERA, SOCIAL)
    assert web.is_open(ERA, SITE)
    assert not web.is_open(GUEST, OTHER)
    _, told = web.call("GET", "/own/troubleshooting", device=ERA)
    assert [(one["name"], one["list"], one["category"]) for one in told["names"]] == [(SOCIAL, "tiktok", "social")]
    assert web.stopped(BEN) == []
    assert [web.call("GET", "/own/troubleshooting", device=one)[0] for one in (GUEST, "")] == [403, 403]
    assert web.call("DELETE", "/own/troubleshooting", device=ERA) == (204, None)
    assert not web.is_open(ERA, OTHER)
    assert web.stopped(ERA) == []


def test_no_message_shows_one_device_what_is_stopped_on_another(web: Web, house: Path) -> None:
    control = State(house.parent / "state").control
    web.call("POST", "/own/troubleshooting", device=ERA)
    web.is_open(ERA, SOCIAL)
    for address in (BEN, GUEST, "127.0.0.1", "::1"):
        shown = tell(control, Troubleshoot(address, "show"))
        assert isinstance(shown, WindowShown)
        assert (shown.seconds, shown.names) == (0, ())
    assert web.stopped(ERA) == [SOCIAL]
    assert SOCIAL not in web.server.log()


def test_a_yes_opens_the_site_for_that_child_at_once(web: Web) -> None:
    assert not web.is_open(ERA, SOCIAL)
    status, made = web.call("POST", "/own/requests", {"kind": "open", "about": SOCIAL, "words": "Valle"}, device=ERA)
    assert status == 201
    assert web.call("GET", "/waiting") == (200, {"requests": 1})
    yes = {"answer": "yes", "span": "15m"}
    assert web.call("POST", f"/requests/{made['id']}/answer", yes) == (204, None)
    assert web.is_open(ERA, SOCIAL)
    assert not web.is_open(GUEST, SOCIAL)
    assert web.call("GET", "/own/requests", device=ERA)[1]["requests"][0]["answer"] == "yes"
    assert web.call("DELETE", f"/own/requests/{made['id']}", device=ERA) == (204, None)
    assert web.call("GET", "/own/requests", device=ERA) == (200, {"requests": []})


def test_what_a_parent_decides_holds_at_once_and_the_childs_page_says_so(web: Web) -> None:
    assert web.is_open(BEN, SITE)
    status, made = web.call("POST", "/measures", {"child": 2, "kind": "off", "minutes": 30})
    assert status == 201
    assert not web.is_open(BEN, SITE)
    assert web.is_open(ERA, SITE)
    _, told = web.call("GET", "/own/standing", device=BEN)
    (closed,) = told["children"][0]["closed"]
    assert (closed["subject"], closed["why"], closed["until"] is not None) == ("everything", "off", True)
    assert web.call("DELETE", f"/measures/{made['id']}")[0] == 204
    assert web.is_open(BEN, SITE)
    assert web.call("GET", "/own/standing", device=BEN)[1]["children"][0]["closed"] == []


def test_minutes_run_while_the_child_lets_them(web: Web) -> None:
    path = "/own/budgets/everything"
    assert web.call("PUT", "/children/1/budgets/everything", {"minutes": 30})[0] == 204
    assert not web.is_open(ERA, SITE)
    assert web.call("POST", f"{path}/start", {}, device=ERA) == (200, {"seconds": 1800})
    assert web.is_open(ERA, SITE)
    assert web.call("POST", f"{path}/stop", {}, device=ERA)[0] == 200
    assert not web.is_open(ERA, SITE)
