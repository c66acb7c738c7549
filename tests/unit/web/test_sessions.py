"""The cookie of a session, over TLS and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from guardian.store.database import open_store, transaction
from guardian.web.sessions import (
    MAX_SESSIONS,
    clear_cookie,
    cookie_name,
    find_session,
    open_session,
    set_cookie,
)

if TYPE_CHECKING:
    from pathlib import Path


def attributes(response: web.Response, name: str) -> set[str]:
    return set(response.cookies[name].OutputString().split("; "))


def test_over_tls_no_other_host_or_path_can_set_the_cookie() -> None:
    response = web.Response()
    set_cookie(response, "secret", secure=True)
    found = attributes(response, "__Host-guardian")
    assert found >= {"__Host-guardian=secret", "Secure", "HttpOnly", "Path=/", "SameSite=Strict"}
    assert not [one for one in found if one.startswith("Domain")]


def test_without_tls_a_browser_takes_it_all_the_same() -> None:
    response = web.Response()
    set_cookie(response, "secret", secure=False)
    assert "Secure" not in attributes(response, "guardian")


@pytest.mark.parametrize("secure", [True, False])
def test_signing_out_lets_the_browser_forget(secure: bool) -> None:  # noqa: FBT001 - a parameter of the table
    response = web.Response()
    clear_cookie(response, secure=secure)
    assert "Max-Age=0" in attributes(response, cookie_name(secure=secure))


def test_an_adult_has_so_many_sessions_and_the_oldest_goes_first(tmp_path: Path) -> None:
    store = open_store(tmp_path / "family.sqlite3")
    with transaction(store):
        store.execute("INSERT INTO adult (name, role) VALUES ('Mira', 'parent')")
        secrets = [open_session(store, 1, now).secret for now in range(MAX_SESSIONS + 1)]
    known = [find_session(store, secret, 1000) is not None for secret in secrets]
    store.close()
    assert known == [False] + [True] * MAX_SESSIONS
