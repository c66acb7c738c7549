"""Tell systemd how the service is, by hand (sd_notify(3)): a line a fact, one datagram, and nobody waits for it.

Law 1: a service manager that is gone or slow never holds guardian up, and is no fault of it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from typing import NamedTuple


class Notify(NamedTuple):
    """Where a service manager listens; nowhere, if there is none."""

    address: str = ""
    """A path, or `@` and a name of the abstract kind."""
    watchdog: float = 0.0
    """Within how many seconds it wants to hear that guardian is well; 0 for never."""

    @classmethod
    def from_environment(cls) -> Notify:
        """Read NOTIFY_SOCKET, and WATCHDOG_USEC where it is meant for this process."""
        microseconds = os.environ.get("WATCHDOG_USEC", "")
        meant = os.environ.get("WATCHDOG_PID", "") in {"", str(os.getpid())}
        seconds = int(microseconds) / 1e6 if meant and microseconds.isdecimal() else 0.0
        return cls(os.environ.get("NOTIFY_SOCKET", ""), seconds)

    def ready(self, status: str) -> None:
        """Say that guardian answers, at the start or after a reload, and how it is in a sentence."""
        self._send("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """Say that settings and set are being taken in anew; `ready` ends it."""
        self._send("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        """Say that guardian ends."""
        self._send("STOPPING=1")

    def alive(self) -> None:
        """Feed the watchdog."""
        self._send("WATCHDOG=1")

    def _send(self, *lines: str) -> None:
        if self.address[:1] not in {"/", "@"}:
            return
        place = "\0" + self.address[1:] if self.address[0] == "@" else self.address
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.setblocking(False)
            manager.sendto("\n".join(lines).encode(), place)
