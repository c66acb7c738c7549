"""systemd hears when guardian is ready, reloads, ends, and that it answers; a stalled one it does not hear."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from tests.live.conftest import Guardian

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 20


class Manager:
    """A service manager's notify socket, and what it has heard."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self.socket.settimeout(SECONDS)

    def environment(self, watchdog: float = 0) -> dict[str, str]:
        limit = {"WATCHDOG_USEC": str(int(watchdog * 1e6))} if watchdog else {}
        return {"NOTIFY_SOCKET": self.address, **limit}

    def hears(self, wanted: str) -> dict[str, str]:
        """Wait for a message that begins with a line; give all its lines."""
        while True:
            lines = self.socket.recv(4096).decode().split("\n")
            if lines[0] == wanted:
                return dict(line.split("=", 1) for line in lines)

    def drain(self) -> None:
        """Forget what has been said until now."""
        self.socket.setblocking(False)
        try:
            while self.socket.recv(4096):
                pass
        except BlockingIOError:
            self.socket.settimeout(SECONDS)


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """Return a notify socket of each kind."""
    address = str(tmp_path / "notify") if request.param == "path" else f"@guardian-{tmp_path.name}"
    one = Manager(address)
    yield one
    one.socket.close()


def test_ready_reloading_and_stopping_are_told(manager: Manager, house: Path) -> None:
    with Guardian(house, environment=manager.environment()) as server:
        assert manager.hears("READY=1")["STATUS"].startswith("answering on 127.0.0.1 port ")
        server.ready()
        server.reload()
        assert int(manager.hears("RELOADING=1")["MONOTONIC_USEC"]) > 0
        manager.hears("READY=1")
        assert server.stop() == 0
        manager.hears("STOPPING=1")


def test_a_reload_that_fails_is_told_and_ends_as_well(manager: Manager, house: Path) -> None:
    with Guardian(house, environment=manager.environment()) as server:
        server.ready()
        manager.hears("READY=1")
        house.write_text(house.read_text() + "unknown_key: 1\n")
        server.reload()
        manager.hears("RELOADING=1")
        assert "can't be used" in manager.hears("READY=1")["STATUS"]


def test_the_watchdog_is_fed_by_answers_and_not_by_a_stalled_guardian(manager: Manager, house: Path) -> None:
    with Guardian(house, environment=manager.environment(watchdog=0.9)) as server:
        server.ready()
        for _ in range(3):
            manager.hears("WATCHDOG=1")
        server.process.send_signal(signal.SIGSTOP)
        os.waitpid(server.process.pid, os.WUNTRACED)
        manager.drain()
        # silence for longer than the manager waits
        manager.socket.settimeout(1.5)
        with pytest.raises(TimeoutError):
            manager.hears("WATCHDOG=1")
        server.process.send_signal(signal.SIGCONT)
        manager.socket.settimeout(SECONDS)
        manager.hears("WATCHDOG=1")


def test_without_a_watchdog_none_is_fed(house: Path, tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    with Guardian(house, environment=manager.environment()) as server:
        server.ready()
        assert server.stop() == 0
    heard = []
    manager.socket.setblocking(False)
    try:
        while True:
            heard.append(manager.socket.recv(4096))
    except BlockingIOError:
        manager.socket.close()
    assert [one.split(b"\n")[0] for one in heard] == [b"READY=1", b"STOPPING=1"]


def test_a_watchdog_of_another_process_is_not_ours(house: Path, tmp_path: Path) -> None:
    manager = Manager(str(tmp_path / "notify"))
    environment = manager.environment(watchdog=0.3) | {"WATCHDOG_PID": "1"}
    with Guardian(house, environment=environment) as server:
        server.ready()
        manager.hears("READY=1")
        manager.socket.settimeout(1)
        with pytest.raises(TimeoutError):
            manager.hears("WATCHDOG=1")
    manager.socket.close()


def test_a_manager_that_is_gone_hinders_nobody(house: Path, tmp_path: Path) -> None:
    environment = {"NOTIFY_SOCKET": str(tmp_path / "nobody"), "WATCHDOG_USEC": "300000"}
    with Guardian(house, environment=environment) as server:
        server.ready()
        assert server.stop() == 0
