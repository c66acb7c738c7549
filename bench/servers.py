"""Servers under measure: each started by us on a loopback port with its own configuration, and ended by its pid."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bench.names import listed_names
from bench.process import pinned
from bench.programs import BenchError, build, find
from bench.questions import packet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

START_SECONDS = 180.0
"""How long a server may take from start to its first answer (unbound reads a million zones)."""

_HEADER_OCTETS = 12

UNBOUND_SERVER = """\
  access-control: 127.0.0.0/8 allow
  num-threads: 1
  do-daemonize: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  logfile: ""
  verbosity: 0
  module-config: "iterator"
  do-not-query-localhost: no
  outgoing-range: 8192
  num-queries-per-thread: 4096
"""
"""How every unbound of the bench runs."""
_UNBOUND = f"""\
server:
  interface: 127.0.0.1@{{port}}
{UNBOUND_SERVER}  msg-cache-size: 64m
  rrset-cache-size: 128m
  serve-expired: no
  include: "{{zones}}"
remote-control:
  control-enable: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{{upstream}}
"""

_DNSMASQ = """\
port={port}
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
server=127.0.0.1#{upstream}
cache-size=10000
conf-file={zones}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers on a loopback port."""

    name: str
    port: int
    pid: int

    @property
    def echoes(self) -> bool:
        """Whether it only sends the question back."""
        return self.name == "echo"


Start: TypeAlias = "Callable[[Path, int, int, int], contextlib.AbstractContextManager[Server]]"
"""Starts a peer: its folder, its core, the number of listed names, the port of the upstream."""


def free_port() -> int:
    """Return a loopback port that is free for UDP and TCP at this moment."""
    for _ in range(64):
        with socket.socket(type=socket.SOCK_STREAM) as stream, socket.socket(type=socket.SOCK_DGRAM) as datagram:
            stream.bind(("127.0.0.1", 0))
            port = int(stream.getsockname()[1])
            with contextlib.suppress(OSError):
                datagram.bind(("127.0.0.1", port))
                return port
    message = "bench: no loopback port is free"
    raise BenchError(message)


def _is_answering(port: int, question: bytes) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.05)
        client.connect(("127.0.0.1", port))
        with contextlib.suppress(OSError):
            client.send(question)
            return len(client.recv(4096)) >= _HEADER_OCTETS
    return False


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str], port: int, core: int, log: Path, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Start a server on one core, wait for its first answer, and end it by its pid afterwards.

    `environment` is added to this one.

    Raises BenchError with the end of its log when it stops, or does not answer within START_SECONDS.
    """
    question = packet("first.question.example.com", edns=True)
    with log.open("wb") as output, pinned(core):
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            env=os.environ | dict(environment or {}),
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _is_answering(port, question):
            if process.poll() is not None or time.monotonic() > deadline:
                end = log.read_text(errors="replace")[-2000:]
                message = f"bench: {name} does not answer on port {port} (exit code {process.poll()}): {end}"
                raise BenchError(message)
            time.sleep(0.005)
        yield Server(name, port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _write_lines(path: Path, listed: int, before: str, after: str) -> Path:
    if not path.exists():
        with path.open("w", encoding="ascii") as file:
            file.writelines(f"{before}{name}{after}\n" for name in listed_names(listed))
    return path


def authority(folder: Path, core: int) -> contextlib.AbstractContextManager[Server]:
    """Start the upstream of all the servers."""
    port = free_port()
    return running("authority", [str(build("authority")), str(port)], port, core, folder / "authority.log")


def echo(folder: Path, core: int) -> contextlib.AbstractContextManager[Server]:
    """Start the C program that only echoes."""
    port = free_port()
    return running("echo", [str(build("echo")), str(port)], port, core, folder / "echo.log")


def unbound(folder: Path, core: int, listed: int, upstream: int) -> contextlib.AbstractContextManager[Server]:
    """Start unbound, one thread, forwarding, with the listed names as `local-zone: … always_nxdomain`."""
    program = needed("unbound", "apt install unbound")
    zones = _write_lines(folder / "unbound-zones.conf", listed, 'local-zone: "', '." always_nxdomain')
    port, config = free_port(), folder / "unbound.conf"
    config.write_text(_UNBOUND.format(port=port, folder=folder, zones=zones, upstream=upstream), encoding="utf-8")
    return running("unbound", [str(program), "-d", "-c", str(config)], port, core, folder / "unbound.log")


def dnsmasq(folder: Path, core: int, listed: int, upstream: int) -> contextlib.AbstractContextManager[Server]:
    """Start dnsmasq, forwarding, with the listed names as `local=/…/`."""
    program = needed("dnsmasq", "apt install dnsmasq-base")
    zones = _write_lines(folder / "dnsmasq-zones.conf", listed, "local=/", "/")
    port, config = free_port(), folder / "dnsmasq.conf"
    config.write_text(_DNSMASQ.format(port=port, zones=zones, upstream=upstream), encoding="utf-8")
    quiet = ["--keep-in-foreground", "--user=", "--pid-file=", "--log-facility=-"]
    command = [str(program), *quiet, f"--conf-file={config}"]
    return running("dnsmasq", command, port, core, folder / "dnsmasq.log")


def needed(name: str, how: str) -> Path:
    """Return where a program is; BenchError that says `how` to install it where it is nowhere."""
    program = find(name)
    if program is None:
        message = f"bench: {name} is not installed ({how})"
        raise BenchError(message)
    return program
