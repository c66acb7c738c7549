"""Listen for browsers and programs, and bound who holds a connection, how many and for how long.

Law 1: no name, address or time of a request is logged: there is no access log to be switched on.
Law 2: a connection that says nothing whole within KEEP_SECONDS ends; one address has at most `MAX_OF_ONE` of them.
Law 3: what can't be read as HTTP is answered in our own words, never in its own.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web

from guardian.web.app import App, guarded, our_fault
from guardian.web.errors import ProblemError, problem_response

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP_SECONDS = 15.0
MAX_CONNECTIONS = 128
MAX_OF_ONE = 32
MAX_LINE, MAX_FIELD, MAX_HEADERS = 4096, 4096, 64
"""Octets of the request line and of a header; how many headers."""
UNREAD_SECONDS = 20.0
"""For what was sent to be taken; then the kernel ends the connection (tcp(7))."""
LINGER_SECONDS = 1.0
"""For the rest of a body that is not read."""
STOP_SECONDS = 5.0
_SILENT = logging.getLogger("guardian.web.aiohttp")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class Connection(web.RequestHandler):
    """One connection."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        """`door` knows all the others."""
        super().__init__(
            door,
            loop=loop,
            keepalive_timeout=KEEP_SECONDS,
            logger=_SILENT,
            access_log=None,  # type: ignore[arg-type] # None is how there is none
            max_line_size=MAX_LINE,
            max_field_size=MAX_FIELD,
            max_headers=MAX_HEADERS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
        )
        self._door = door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take it, or end it at once where there are too many."""
        super().connection_made(transport)
        line: socket.socket = transport.get_extra_info("socket")
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNREAD_SECONDS * 1000))
        if not self._door.has_room(self):
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,  # noqa: ARG002 - as in the base
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what can't be read as HTTP, and our own faults."""
        if status < HTTPStatus.INTERNAL_SERVER_ERROR:
            response = problem_response(ProblemError(HTTPStatus.BAD_REQUEST, "this is no request that can be read"))
        else:
            response = our_fault(exc or RuntimeError(message))
        response.force_close()
        return guarded(response)


class Door(web.Server):
    """All connections."""

    def __init__(self, app: App, max_connections: int = MAX_CONNECTIONS, max_of_one: int = MAX_OF_ONE) -> None:
        """`app` answers what comes."""
        super().__init__(app.answer)
        self._max_connections = max_connections
        self._max_of_one = max_of_one

    def __call__(self) -> web.RequestHandler:
        """Make the next connection."""
        return Connection(self, asyncio.get_running_loop())

    def has_room(self, newest: Connection) -> bool:
        """Say whether the newest connection, which is among ours already, is one of as many as there may be."""
        addresses = Counter(_address(one) for one in self.connections)
        return addresses.total() <= self._max_connections and addresses[_address(newest)] <= self._max_of_one


def _address(connection: web.RequestHandler) -> str:
    return str(connection.peername[0]) if connection.peername else ""


async def serve(app: App, listeners: Sequence[socket.socket], stopped: asyncio.Event) -> None:
    """Answer on these sockets until it is said to stop."""
    runner = web.ServerRunner(Door(app), shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    try:
        for listener in listeners:
            await web.SockSite(runner, listener).start()
        await stopped.wait()
    finally:
        await runner.cleanup()
