"""`guardian web` as it runs: beside `guardian run`, under systemd, from sudo, and by a code of the terminal."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.conftest import PROGRAM, SECONDS, Guardian, ask, command, publish, write_config
from tests.live.test_inherited import HIGH, LAUNCHER
from tests.live.test_privileges import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.live.authority import Authority

AT_ONCE = 1.0
"""Seconds within which a decision is in force."""
PASSWORD = "four words in a row"  # noqa: S105 - of nobody


def web_port(guardian: Guardian) -> int:
    """Wait until the web says where it is."""
    found = re.search(r"http://[^ ]*:(\d+)$", guardian.wait_for("the family's web is at").strip())
    assert found
    return int(found[1])


def call(
    port: int, method: str, path: str, body: object = None, *, source: str = "127.0.0.1", **headers: str
) -> tuple[int, Any]:
    """Ask the API; status and what came back."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS, source_address=(source, 0))
    try:
        sent = {"Content-Type": "application/json"} if body is not None else {}
        asking.request(method, f"/api/v1{path}", None if body is None else json.dumps(body), {**sent, **headers})
        answer = asking.getresponse()
        text = answer.read()
        cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        told = json.loads(text) if text else {}
        return answer.status, {**told, "cookie": cookie}
    finally:
        asking.close()


@pytest.fixture
def web(house: Path) -> Iterator[Guardian]:
    """Return a `guardian web` alone."""
    with Guardian(house, program=(*PROGRAM, "web", "--config", str(house))) as web:
        yield web


def test_a_parent_begins_at_the_terminal_and_goes_on_in_the_browser(house: Path, web: Guardian) -> None:
    port = web_port(web)
    web.wait_for("nobody can sign in there yet: `guardian setup-code` makes a parent")
    done = command("setup-code", "--json", "--config", house)
    code = json.loads(done.stdout)
    assert code["minutes"] == 10
    assert call(port, "POST", "/setup", {"code": code["code"], "name": "Mira", "password": PASSWORD})[0] == 204
    status, told = call(port, "POST", "/session", {"name": "Mira", "password": PASSWORD})
    assert status == 201
    assert call(port, "GET", "/adults", Cookie=told["cookie"])[1]["adults"][0]["name"] == "Mira"
    status, problem = call(port, "GET", "/status", Cookie=told["cookie"])
    assert (status, "no guardian runs here" in problem["detail"]) == (503, True)
    with Guardian(house) as dns:
        dns.ready()
        status, told = call(port, "GET", "/status", Cookie=told["cookie"])
        assert (status, told["paused_until"]) == (200, None)
    assert web.stop() == 0


def test_what_a_parent_decides_in_the_browser_is_in_force_when_the_answer_comes(
    house: Path, web: Guardian, start: Callable[..., Guardian]
) -> None:
    dns, port = start(house).ready(), web_port(web)
    ana = "127.0.0.41"

    def decide(method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON may be anything
        began = time.monotonic()
        status, told = call(port, method, path, body, **signed_in)
        assert status in {201, 204}, told
        assert time.monotonic() - began < AT_ONCE
        return told.get("id")

    def closed(name: str) -> bool:
        return not ask(dns.port, name, device=ana).answer

    code = json.loads(command("setup-code", "--json", "--config", house).stdout)["code"]
    call(port, "POST", "/setup", {"code": code, "name": "Mira", "password": PASSWORD})
    told = call(port, "POST", "/session", {"name": "Mira", "password": PASSWORD})[1]
    signed_in = {"Cookie": told["cookie"], "Guardian-Form": told["form"]}
    child = decide("POST", "/children", {"name": "Ana", "band": "6-9"})
    decide("POST", "/devices", {"name": "tablet", "network": ana, "children": [child]})
    assert not closed("school.example")
    rule = decide("POST", "/rules", {"child": child, "name": "school.example", "action": "block"})
    assert closed("www.school.example")
    decide("DELETE", f"/rules/{rule}")
    assert not closed("www.school.example")
    status, told = call(port, "GET", "/own/standing", source=ana)
    assert (status, told["children"][0]["name"]) == (200, "Ana")
    assert call(port, "GET", "/own/standing", source="127.0.0.42")[0] == 403


def test_the_web_says_nothing_of_who_asks_it(web: Guardian) -> None:
    port = web_port(web)
    for path in ("/session", "/nowhere/anadrejt.example", "/adults?name=anadrejt.example"):
        call(port, "GET", path)
    call(port, "POST", "/session", {"name": "anadrejt", "password": PASSWORD})
    assert web.stop() == 0
    assert not [line for line in web.said if "anadrejt" in line or "127.0.0.1" in line.replace("http://127.0.0.1", "")]


def test_run_starts_the_web_beside_itself_and_the_web_ends_with_it(tmp_path: Path, authority: Authority) -> None:
    config = write_config(tmp_path, authority.url)
    program = (*PROGRAM, "run", "--config", str(config))
    with Guardian(config, program=program, environment={"GUARDIAN_UPSTREAM": authority.url}) as guardian:
        port = web_port(guardian.ready())
        assert call(port, "GET", "/openapi.json")[0] == 200
        held = socket.create_connection(("127.0.0.1", port), SECONDS)
        # not even a chance to say goodbye
        guardian.process.send_signal(signal.SIGKILL)
        with held:
            assert held.recv(1) == b"", "the web ends, and its connections with it"


def test_names_are_answered_where_the_web_can_not_listen(tmp_path: Path, authority: Authority) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        config = write_config(tmp_path, authority.url)
        at = f"127.0.0.1:{taken.getsockname()[1]}"
        text = config.read_text(encoding="utf-8").replace(
            'web: {listen: ["127.0.0.1:0"]}', f'web: {{listen: ["{at}"]}}'
        )
        config.write_text(text, encoding="utf-8")
        program = (*PROGRAM, "run", "--config", str(config))
        with Guardian(config, program=program, environment={"GUARDIAN_UPSTREAM": authority.url}) as guardian:
            guardian.ready()
            guardian.wait_for("or set another port at web.listen")
            assert ask(guardian.port, "school.example").answer


def test_systemd_may_hold_the_socket(house: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        high = os.dup2(held.fileno(), HIGH)
        words = [sys.executable, "-c", LAUNCHER, "web", str(high), *PROGRAM, "web", "--config", str(house)]
        try:
            with Guardian(house, program=words, descriptors=[high]) as web:
                port = web_port(web)
                assert port == held.getsockname()[1]
                assert call(port, "GET", "/openapi.json")[0] == 200
        finally:
            os.close(high)


def test_without_an_address_to_serve_it_says_so(house: Path) -> None:
    house.write_text(house.read_text(encoding="utf-8").replace('web: {listen: ["127.0.0.1:0"]}', "web: {listen: []}"))
    done = command("web", "--config", house)
    assert done.returncode == 1
    assert "web.listen names no address" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give back")
def test_what_sudo_started_serves_as_the_person_who_typed_it(compiled: Path, house: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        publish(compiled, folder / "state")
        for place in (folder, *folder.rglob("*")):
            os.chown(place, NOBODY, NOBODY)
        config = folder / "guardian.yaml"
        config.write_bytes(house.read_bytes())
        program = (*PROGRAM, "web", "--config", str(config))
        sudo = {"SUDO_UID": str(NOBODY), "SUDO_GID": str(NOBODY)}
        with Guardian(config, program=program, environment=sudo) as web:
            port = web_port(web)
            assert call(port, "GET", "/openapi.json")[0] == 200
            process = Path(f"/proc/{web.process.pid}")
            status = (process / "status").read_text(encoding="utf-8")
            assert f"Uid:\t{NOBODY}\t{NOBODY}\t{NOBODY}\t{NOBODY}" in status
            assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
            # its memory, in which passwords pass, is closed to all but root
            assert (process / "mem").stat().st_uid == 0
            assert (folder / "state" / "family.sqlite3").stat().st_uid == NOBODY


def test_what_answers_names_carries_no_web_stack() -> None:
    text = "import sys, guardian.cli.dns_command; print(*(set(sys.modules) & {'aiohttp', 'guardian.web'}))"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=SECONDS, check=True)
    assert done.stdout == "\n"
