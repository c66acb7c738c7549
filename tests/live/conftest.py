"""Give live tests a real `guardian dns`, a nameserver behind it, and ways to ask.

Law 1: only loopback; ports are drawn by the kernel; a process is ended by its id.
Law 2: nothing sleeps: a process is ready when it says so, and every wait has its end.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Self

import dns.message
import dns.query
import pytest
import trustme

from tests.live.authority import Authority
from tests.live.streams import Private, certify, tls_port
from tests.live.town import Town, why_not

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.live.town import Device

PROGRAM = (sys.executable, "-m", "guardian.cli")
SECONDS = 20
COUNTER = itertools.count()
"""Tells the devices of a town apart."""
BANDS = {
    "0-5": "127.0.0.11",
    "6-9": "127.0.0.12",
    "10-12": "127.0.0.13",
    "13-15": "127.0.0.14",
    "16-17": "127.0.0.15",
    "adult": "127.0.0.16",
}
"""A device on loopback for each band."""


def clean_environment() -> dict[str, str]:
    """Give this environment without what would change guardian."""
    return {key: value for key, value in os.environ.items() if not key.startswith("GUARDIAN")} | {"NO_COLOR": "1"}


class Guardian:
    """A `guardian dns` process and what it has said on standard error."""

    def __init__(
        self,
        config: Path,
        *options: str,
        program: Sequence[str] = (),
        environment: Mapping[str, str] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        """Start it, or `program` in its place, with these open `descriptors`; `ready` waits for it."""
        self.config = config
        self.said: list[str] = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            program or [*PROGRAM, "dns", "--config", str(config), *options],
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            env=clean_environment() | dict(environment or {}),
            pass_fds=descriptors,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.port = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def ready(self) -> Self:
        """Wait until it answers, and learn its port."""
        line = self.wait_for("answering on")
        found = re.search(r"port (\d+)", line)
        assert found, line
        self.port = int(found[1])
        return self

    def wait_for(self, text: str, *, times: int = 1) -> str:
        """Wait until it has said `text` so many times; the last line that holds it."""

        def found() -> list[str]:
            return [line for line in self.said if text in line]

        with self._changed:
            self._changed.wait_for(lambda: len(found()) >= times or self._ended(), SECONDS)
            assert len(found()) >= times, f"never said {text!r}:\n" + "".join(self.said)
            return found()[-1]

    def reload(self) -> None:
        """Let it take in the published set anew."""
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> int:
        """End it by SIGTERM; its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self._reader.join(SECONDS)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code

    def log(self) -> str:
        """Everything it has said."""
        with self._changed:
            return "".join(self.said)

    def _ended(self) -> bool:
        return not self._reader.is_alive()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._changed:
                self.said.append(line)
                self._changed.notify_all()


def command(*words: str | Path, cwd: Path | None = None, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run one `guardian` command to its end; `text` is its standard input."""
    return subprocess.run(
        [*PROGRAM, *map(str, words)],
        capture_output=True,
        text=True,
        input=text if text is not None else "",
        cwd=cwd,
        env=clean_environment(),
        timeout=60,
        check=False,
    )


def write_config(folder: Path, upstream: str, *, extra: str = "", unknown: str = "10-12") -> Path:
    """Write a configuration that listens on drawn ports and knows a device for each band."""
    devices = "\n".join(f'  - {{network: {address}/32, band: "{band}"}}' for band, address in BANDS.items())
    text = f"""\
state: ./state
dns: {{listen: ["127.0.0.1:0"]}}
web: {{listen: ["127.0.0.1:0"]}}
upstreams:
  - {{url: "{upstream}"}}
family: {{unknown_devices: "{unknown}"}}
clients:
{devices}
{extra}
"""
    path = folder / "guardian.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def ask(port: int, name: str, qtype: str = "A", *, device: str = "127.0.0.1") -> dns.message.Message:
    """Ask guardian one question from one device."""
    query = dns.message.make_query(name, qtype, use_edns=0)
    return dns.query.udp(query, "127.0.0.1", timeout=10, port=port, source=device)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the lists that ship with guardian, once; return the set."""
    folder = tmp_path_factory.mktemp("compiled")
    done = command("lists", "compile", "--config", write_config(folder, "udp://127.0.0.1:9"))
    assert done.returncode == 0, done.stderr
    return folder / "state" / "sets" / "current.set"


@pytest.fixture
def authority() -> Iterator[Authority]:
    """Serve names on loopback."""
    with Authority() as server:
        yield server


@pytest.fixture
def house(tmp_path: Path, authority: Authority, compiled: Path) -> Path:
    """Return a configuration whose set is compiled and whose upstream is `authority`."""
    publish(compiled, tmp_path / "state")
    return write_config(tmp_path, authority.url)


def publish(made: Path, state: Path) -> None:
    """Put a set in the place of the published one, as guardian does: by rename."""
    sets = state / "sets"
    sets.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(made, sets / "new")
    (sets / "new").replace(sets / "current.set")


@pytest.fixture
def start() -> Iterator[Callable[..., Guardian]]:
    """Return a starter of `guardian dns`; what it starts ends with the test."""
    started: list[Guardian] = []

    def begin(config: Path, *options: str) -> Guardian:
        started.append(Guardian(config, *options))
        return started[-1]

    yield begin
    for one in started:
        one.stop()


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """Build a home out of network namespaces."""
    if reason := why_not():
        pytest.skip(reason)
    with Town() as built:
        yield built


@pytest.fixture
def plugged(town: Town) -> Iterator[Callable[..., Device]]:
    """Return a way to plug devices in that are taken away after the test."""
    with contextlib.ExitStack() as ending:

        def plug_in(hardware: str = "", *, number: int = 0) -> Device:
            device = town.plug_in(f"d{next(COUNTER)}", hardware, number=number)
            ending.callback(device.close)
            return device

        yield plug_in


@pytest.fixture(scope="session")
def ca() -> trustme.CA:
    """Make a certificate authority that nothing else trusts."""
    return trustme.CA()


@pytest.fixture
def private(tmp_path: Path, house: Path, ca: trustme.CA, start: Callable[..., Guardian]) -> Private:
    """Start a guardian that speaks TLS on a drawn port, too."""
    certificate, key, trusted = (tmp_path / name for name in ("tls.crt", "tls.key", "ca.pem"))
    certify(ca, certificate, key)
    ca.cert_pem.write_to_path(str(trusted))
    tls = 'tls: {listen: ["127.0.0.1:0"], certificate: tls.crt, key: tls.key}'
    house.write_text(house.read_text().replace("dns: {", f"dns: {{{tls}, "))
    guardian = start(house).ready()
    return Private(guardian, tls_port(guardian), trusted, certificate, key)
