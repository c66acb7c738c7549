"""Home Assistant's integration of AdGuard Home, by both majors of its client, with the real programs behind it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from guardian.store.database import open_store, transaction
from guardian.system.paths import State
from guardian.web.principals import Scope
from guardian.web.tokens import make_token
from tests.live.conftest import PROGRAM, SECONDS, Guardian, ask
from tests.live.test_web import call, web_port
from tests.web.installed import LOCKS, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEVICE, CLOSED = "127.0.0.13", "tiktok.com"
REFUSED = {0: 5, 1: 6}
"""How much of what each client tries is refused: features off, and logs on."""


def client(major: int, port: int, token: str, turn: str = "") -> dict[str, Any]:
    """Let a client look at everything and use the switches."""
    script = LOCKS / f"adguardhome_{major}.py"
    done = run(f"adguardhome-{major}", script, str(port), token, turn, seconds=2 * SECONDS)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("major", [0, 1])
def test_home_assistant_sees_and_pauses_filtering_and_reads_nothing_of_anybody(
    major: int, house: Path, start: Callable[..., Guardian]
) -> None:
    store = open_store(State(house.parent / "state").family)
    with transaction(store):
        token = make_token(store, "Home Assistant", [Scope.ADGUARD], "Mum", date(2026, 11, 24))
    store.close()
    server = start(house).ready()
    with Guardian(house, program=(*PROGRAM, "web", "--config", str(house))) as web:
        port = web_port(web)
        assert not ask(server.port, CLOSED, device=DEVICE).answer
        told = client(major, port, token)
        assert (told["protection"], told["log"], told["update"]) == (True, False, False)
        assert told["features"] == [True] * 4
        assert told["figures"] == [0] * 7
        assert told["names"] > 1000
        assert told["refused"] == REFUSED[major]
        assert told.get("supported", True)
        assert told.get("entries", 0) == 0
        told = client(major, port, token, "off")
        assert not told["protection"]
        assert told.get("back_in", 3600) == 3600
        assert ask(server.port, CLOSED, device=DEVICE).answer
        assert client(major, port, token, "on")["protection"]
        assert not ask(server.port, CLOSED, device=DEVICE).answer
        # and it may do nothing else
        assert call(port, "GET", "/children", Authorization=f"Bearer {token}")[0] == 403
