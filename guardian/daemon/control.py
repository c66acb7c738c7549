"""Listen on the control socket and hand each request to who can answer it.

Law 1: at most `max_connections` at once; a line comes within SECONDS or the connection ends; nothing is logged of it.
Law 2: who may write to the socket is decided by its mode alone: root, and the user and group that own the state.
Law 3: without the socket, guardian answers all the same: names are worth more than status.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from guardian.control.lines import MAX_LINE
from guardian.control.messages import Refused, read_request, write_answer
from guardian.daemon.faults import tell_fault
from guardian.errors import GuardianError, StoreError, WireError
from guardian.system.local_sockets import local_listener

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from guardian.control.messages import Answer, Request

LOG = logging.getLogger("guardian")
SECONDS = 2.0
"""For a line to come, or to be taken."""


class Control:
    """The control socket of a running guardian."""

    def __init__(self, path: Path, answer: Callable[[Request], Awaitable[Answer]], *, max_connections: int = 8) -> None:
        """`answer` does what a request asks for; a GuardianError of it is told to who asked."""
        self._path = path
        self._answer = answer
        self._max_connections = max_connections
        self._talks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen; where that can't be, say why and go on without."""
        try:
            listener = local_listener(self._path)
        except StoreError as error:
            LOG.warning("status, pause and resume are not to be had: %s", error)
            return
        self._server = await asyncio.start_unix_server(self._begin, sock=listener, limit=MAX_LINE)

    async def close(self) -> None:
        """Listen no longer, and take the socket away."""
        if self._server is None:
            return
        self._server.close()
        with contextlib.suppress(OSError):
            self._path.unlink()
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._talks) >= self._max_connections:
            writer.write(write_answer(Refused("too many ask guardian at once; ask again")))
            writer.close()
            return
        talk = asyncio.create_task(self._talk(reader, writer))
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await _line(reader):
                await _send(writer, await self._answered(line))
        except (OSError, ValueError, asyncio.IncompleteReadError):
            # late, gone, or longer than a line may be: whoever it was gets no more
            return
        finally:
            writer.close()

    async def _answered(self, line: bytes) -> Answer:
        try:
            return await self._answer(read_request(line))
        except WireError as error:
            return Refused(f"not understood: {error}")
        except GuardianError as error:
            return Refused(str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end guardian, and must not be silent
            tell_fault(error)
            return Refused("guardian made a mistake here; its log says where: please report this")


async def _line(reader: asyncio.StreamReader) -> bytes:
    async with asyncio.timeout(SECONDS):
        return await reader.readline()


async def _send(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(write_answer(answer))
    async with asyncio.timeout(SECONDS):
        await writer.drain()
