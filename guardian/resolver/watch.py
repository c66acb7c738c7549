"""Watch the sockets that wait for upstreams, all by one epoll.

Law 1: the loop knows one descriptor, ours: a new port costs one system call, where a reader in the loop is dear.
Law 2: at most MAX_READY ports are read a wake, so that answers starve no questions.
"""

from __future__ import annotations

import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

MAX_READY = 64


class Watch:
    """Which socket calls whom when it can be read."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin, with no socket, in `loop`."""
        self.loop = loop
        self._epoll = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        loop.add_reader(self._epoll.fileno(), self._readable)

    def add(self, descriptor: int, reader: Callable[[], None]) -> None:
        """Call `reader` whenever the socket of this descriptor can be read."""
        self._epoll.register(descriptor, select.EPOLLIN)
        self._readers[descriptor] = reader

    def wake_to_write(self, descriptor: int, *, wanted: bool) -> None:
        """Call its reader also whenever the socket can be written to, or no longer."""
        self._epoll.modify(descriptor, select.EPOLLIN | select.EPOLLOUT if wanted else select.EPOLLIN)

    def remove(self, descriptor: int) -> None:
        """Call nobody any longer; for a socket that is closed next, which is what makes the kernel forget it."""
        self._readers.pop(descriptor, None)

    def close(self) -> None:
        """Watch nothing any longer."""
        self.loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _readable(self) -> None:
        readers, poll = self._readers, self._epoll.poll
        left = MAX_READY
        while left and (ready := poll(0, left)):
            left -= len(ready)
            for descriptor, _ in ready:
                # what was read before it may have closed this one
                reader = readers.get(descriptor)
                if reader is not None:
                    reader()
