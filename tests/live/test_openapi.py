"""Every route of the document, asked by schemathesis and by nobody, with the real programs behind it."""

from __future__ import annotations

import http.client
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest

from guardian.family.adults import Role, add_adult
from guardian.family.children import add_child
from guardian.family.devices import add_device
from guardian.model import Band
from guardian.store.database import open_store, transaction
from guardian.system.paths import State
from guardian.web.passwords import digest_of
from guardian.web.principals import Right, Scope
from guardian.web.sessions import cookie_name, open_session
from guardian.web.table import whole_table
from guardian.web.tokens import make_token
from tests.live.conftest import PROGRAM, SECONDS, Guardian, ask
from tests.live.test_web import web_port
from tests.web.installed import LOCKS, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TODAY = date(2026, 11, 24)
CASES = "2"
"""At most for each route, beyond those that try each bound and each missing key."""
STRANGER = "127.0.0.99"
SIGN_OUT = "DELETE /api/v1/session"
"""Left out, for nothing after it would be asked by a parent; test_signing_in has it."""
EVERY = re.compile(r"Tested: (\d+)")


class Family(NamedTuple):
    """A house whose family has a parent who is signed in, a program, and a child at 127.0.0.1."""

    server: Guardian
    web: Guardian
    port: int
    parent: tuple[str, ...]
    program: tuple[str, ...]


@pytest.fixture
def family(house: Path, start: Callable[..., Guardian]) -> Iterator[Family]:
    """Start both programs."""
    store = open_store(State(house.parent / "state").family)
    with transaction(store):
        era = add_child(store, "Era", Band.PRIMARY, None, "Mum", TODAY)
        add_device(store, "tablet", network="127.0.0.1", children=[era], who="Mum", today=TODAY)
        mum = add_adult(store, "Mum", Role.PARENT, digest_of("four words in a row"), "Mum", TODAY)
        session = open_session(store, mum, int(datetime.now(UTC).timestamp()))
        token = make_token(store, "program", [Scope.ADGUARD], "Mum", TODAY)
    store.close()
    cookie = f"Cookie:{cookie_name(secure=False)}={session.secret}"
    server = start(house).ready()
    with Guardian(house, program=(*PROGRAM, "web", "--config", str(house))) as web:
        parent = ("-H", cookie, "-H", f"Guardian-Form:{session.form}")
        yield Family(server, web, web_port(web), parent, ("-H", f"Authorization:Bearer {token}"))


def tried(family: Family, folder: Path, *words: str) -> int:
    """Let schemathesis ask with these words; give how many routes it asked."""
    at = f"http://127.0.0.1:{family.port}"
    program = ("-m", "schemathesis.cli", "--config-file", LOCKS / "schemathesis.toml", "--no-color", "run")
    checks = ("--checks", "not_a_server_error", "--phases", "examples,coverage,fuzzing", "--seed", "1")
    bounds = ("--max-examples", CASES, "--warnings", "off", "--generation-database", "none")
    document = (f"{at}/api/v1/openapi.json", "--url", at)
    done = run("schemathesis", *program, *document, *checks, *bounds, *words, seconds=120, folder=folder)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    found = EVERY.search(done.stdout)
    assert found, done.stdout
    return int(found[1])


@pytest.mark.long
def test_no_route_has_a_fault_whatever_a_parent_a_program_or_a_childs_device_sends(
    family: Family, tmp_path: Path
) -> None:
    parents = tried(family, tmp_path, *family.parent, "--exclude-path-regex", "^/control/", "--exclude-name", SIGN_OUT)
    programs = tried(family, tmp_path, *family.program, "--include-path-regex", "^/control/")
    # all but the end of the session, and the document itself, which schemathesis reads to begin with
    assert parents + programs == len(whole_table("0").routes) - 2
    assert "a fault of guardian's own" not in family.web.log()
    assert "Traceback" not in family.web.log() + family.server.log()
    assert ask(family.server.port, "school.example", device=STRANGER).answer


def test_nothing_but_four_routes_is_answered_to_who_is_not_known(family: Family) -> None:
    answered = []
    for route in whole_table("0").routes:
        path = re.sub(r"\{[a-z_]+\}", "1", route.plain_path())
        asking = http.client.HTTPConnection("127.0.0.1", family.port, timeout=SECONDS, source_address=(STRANGER, 0))
        body = None if route.body is None else b"{}"
        asking.request(route.method, path, body, {} if body is None else {"Content-Type": "application/json"})
        answer = asking.getresponse()
        text = answer.read().decode()
        asking.close()
        refused = answer.status == (403 if route.right in {Right.OWN, Right.HERE} else 401)
        if not refused:
            answered.append((route.method, route.path))
        assert refused or route.right is Right.ANYBODY, (route.method, path, answer.status)
        assert "Era" not in text
    assert len(answered) <= 4
