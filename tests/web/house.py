"""Hold a house for tests: the web's real server and store, a clock that tests set, a `guardian dns` of paper."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from guardian.control.messages import AskerFound, FamilyChanged, FamilyTaken, Refused, WhoAsks
from guardian.daemon.control import Control
from guardian.family.adults import Role, add_adult
from guardian.store.writer import Writer
from guardian.system.paths import State
from guardian.web.app import App
from guardian.web.auth import Auth
from guardian.web.guard import Guard
from guardian.web.home import Home
from guardian.web.passwords import digest_of
from guardian.web.server import serve
from guardian.web.sessions import cookie_name, open_session
from guardian.web.table import whole_table
from guardian.web.tokens import make_token

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from guardian.control.messages import Answer, Request
    from guardian.web.principals import Scope

SECONDS = 10
START = 1_795_532_400.0
"""24 November 2026, 17:00 in Tirana."""
PASSWORD = "four words in a row"  # noqa: S105 - of nobody
MIRA = "Mira"


class Got(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    """By lower-case name."""
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON may be anything
        """Read it as JSON."""
        return json.loads(self.text)


class SignedIn(NamedTuple):
    """What a browser keeps of a session."""

    cookie: str
    form: str

    @property
    def headers(self) -> dict[str, str]:
        """Give what a page of ours sends with a change."""
        return {"Cookie": f"{cookie_name(secure=False)}={self.cookie}", "Guardian-Form": self.form}


@dataclass
class PaperDns:
    """A `guardian dns` that answers what a test has put there, and remembers what it was told."""

    answers: dict[type, Answer] = field(default_factory=lambda: {FamilyChanged: FamilyTaken(0)})
    devices: dict[str, AskerFound] = field(default_factory=dict)
    """By address."""
    heard: list[Request] = field(default_factory=list)

    async def answer(self, request: Request) -> Answer:
        """Answer as `guardian dns` would."""
        self.heard.append(request)
        if isinstance(request, WhoAsks):
            return self.devices.get(request.address, AskerFound("", "unknown", ()))
        return self.answers.get(type(request), Refused("this guardian is of paper"))


class House:
    """A running web; everything in one process, on loopback."""

    def __init__(self, folder: Path) -> None:
        """Start it."""
        self.state = State(folder)
        self.time = START
        """Seconds of Unix time, for whoever asks; also of the clock that is never put back."""
        self.dns = PaperDns()
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        self.port: int = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._store = Writer(self.state.family)
        self._up = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(listener),))
        self._thread.start()
        assert self._up.wait(SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(SECONDS)
        self._loop.close()

    async def _serve(self, listener: socket.socket) -> None:
        control = Control(self.state.control, self.dns.answer)
        await self._store.open()
        await control.open()
        home = Home(self._store, self.state.control, lambda: self.time)
        app = App(whole_table("0"), Guard(["guardian.home.arpa"]), Auth(home, lambda: self.time), home)
        # the socket listens already: who connects from now on waits until it is taken
        self._up.set()
        try:
            await serve(app, [listener], self._stopped)
        finally:
            await control.close()
            await self._store.close()

    def write(self, change: Callable[[sqlite3.Connection], Any]) -> Any:  # noqa: ANN401 - what the change gives
        """Change the store as the web does."""
        return asyncio.run_coroutine_threadsafe(self._store.write(change), self._loop).result(SECONDS)

    def adult(self, name: str = MIRA, role: Role = Role.PARENT) -> int:
        """Add an adult with PASSWORD."""
        digest, today = digest_of(PASSWORD), _date(self.time)
        return int(self.write(lambda store: add_adult(store, name, role, digest, name, today)))

    def session(self, adult: int) -> SignedIn:
        """Open a session as signing in would."""
        opened = self.write(lambda store: open_session(store, adult, int(self.time)))
        return SignedIn(opened.secret, opened.form)

    def token(self, *scopes: Scope, title: str = "program") -> dict[str, str]:
        """Make a token; the header by which a program signs in."""
        today = _date(self.time)
        made = self.write(lambda store: make_token(store, title, scopes, MIRA, today))
        return {"Authorization": f"Bearer {made}"}

    def device(self, address: str, *children: int, hardware: str = "3c:22:fb:10:20:30") -> None:
        """Let an address be that of these children's device."""
        self.dns.devices[address] = AskerFound(hardware, f"child:{'+'.join(map(str, children))}", children)

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Got:
        """Ask `/api/v1` + path, from a source address; a body goes as JSON."""
        sent = {**({} if body is None else {"Content-Type": "application/json"}), **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        return self.raw(method, f"/api/v1{path}", data, headers=sent, source=source)

    def raw(
        self,
        method: str,
        target: str,
        data: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
    ) -> Got:
        """Ask exactly this."""
        asking = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS, source_address=(source, 0))
        try:
            asking.request(method, target, data, dict(headers or {}))
            answer = asking.getresponse()
            found = {key.lower(): value for key, value in answer.getheaders()}
            return Got(answer.status, found, answer.read().decode())
        finally:
            asking.close()


def _date(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()
