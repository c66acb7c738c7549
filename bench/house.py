"""guardian under measure: its configuration, the compiling of its list, and its start."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bench import encrypted
from bench.family import found_family
from bench.names import listed_names
from bench.process import cpu_ns, memory, pinned
from bench.programs import BenchError, guardian
from bench.report import COMPILED, ENCRYPTED, FAMILY
from bench.servers import Server, free_port, running
from guardian.family.family import DEFAULT_ZONE

if TYPE_CHECKING:
    import contextlib
    from pathlib import Path

COMPILE_SECONDS = 900.0

_CONFIG = """\
state: ./{state}
dns:
  listen: ["127.0.0.1:{port}"]
  allow_from: ["127.0.0.0/8"]
  rate_limit: 0
  ports: {ports}
upstreams:
  - {upstream}
lists:
  embedded: false
  sources:
    - {{name: bench, kind: block, category: gambling, path: names.txt, format: domains, match: suffix}}
family:
  unknown_devices: "10-12"
"""


@dataclass(frozen=True, slots=True)
class Compiling:
    """What compiling a list cost: names, CPU and wall seconds, peak memory in KiB, octets written."""

    names: int
    cpu_seconds: float
    wall_seconds: float
    peak: int
    octets: int


@dataclass(frozen=True, slots=True)
class House:
    """A folder with a configuration and a compiled set of `listed` names."""

    folder: Path
    compiling: Compiling

    def serve(
        self, core: int, upstream: int, *, ports: str = "fresh", compiled: Path | None = None
    ) -> contextlib.AbstractContextManager[Server]:
        """Start `guardian dns` on one core, forwarding to the loopback port `upstream`.

        With `compiled`, it is the guardian of that folder.
        """
        port = free_port()
        form = ports if compiled is None else f"{ports}-compiled"
        config = _write_config(self.folder / f"guardian-{form}.yaml", port, upstream, ports)
        name = "guardian" if ports == "fresh" else f"guardian {ports}"
        command = [_command(), "dns", "--config", str(config)]
        log = config.with_suffix(".log")
        environment = {} if compiled is None else {"PYTHONPATH": str(compiled)}
        return running(name if compiled is None else COMPILED, command, port, core, log, environment)

    def serve_family(self, core: int, upstream: int) -> contextlib.AbstractContextManager[Server]:
        """Start `guardian dns` with a family store: ten children, fifty devices, full schedules."""
        state, port = self.folder / "state-family", free_port()
        shutil.copytree(self.folder / "state" / "sets", state / "sets", copy_function=os.link)
        found_family(state / "family.sqlite3", datetime.now(ZoneInfo(DEFAULT_ZONE)))
        config = _write_config(self.folder / "guardian-family.yaml", port, upstream, "fresh", state.name)
        return running(FAMILY, [_command(), "dns", "--config", str(config)], port, core, config.with_suffix(".log"), {})

    def serve_encrypted(self, core: int, front: encrypted.Front) -> contextlib.AbstractContextManager[Server]:
        """Start `guardian dns` on one core, asking `front` over TLS."""
        port, config = free_port(), self.folder / "guardian-encrypted.yaml"
        upstream = f'{{url: "tls://{encrypted.NAME}:{front.port}", addresses: [127.0.0.1]}}'
        config.write_text(_CONFIG.format(port=port, upstream=upstream, ports="pool", state="state"), encoding="utf-8")
        command = [_command(), "dns", "--config", str(config)]
        environment = {"SSL_CERT_FILE": str(front.authorities)}
        return running(ENCRYPTED, command, port, core, config.with_suffix(".log"), environment)


def _command() -> str:
    command = guardian()
    if command is None:
        message = "bench: there is no guardian command beside this Python: run `make setup`, or give --peers-only"
        raise BenchError(message)
    return str(command)


def _write_config(config: Path, port: int, upstream: int, ports: str, state: str = "state") -> Path:
    plain = f'{{url: "udp://127.0.0.1:{upstream}"}}'
    config.write_text(_CONFIG.format(port=port, upstream=plain, ports=ports, state=state), encoding="utf-8")
    return config


def build_house(folder: Path, listed: int, core: int) -> House:
    """Write a `domains` list of `listed` names and have guardian compile it on one core.

    Raises BenchError when the compiler fails.
    """
    folder.mkdir()
    config = _write_config(folder / "guardian-fresh.yaml", free_port(), 9, "fresh")
    with (folder / "names.txt").open("w", encoding="ascii") as file:
        file.writelines(f"{name}\n" for name in listed_names(listed))
    log = folder / "compile.log"
    with log.open("wb") as output, pinned(core):
        started = time.monotonic()
        process = subprocess.Popen(
            [_command(), "lists", "compile", "--config", str(config)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    code, cpu, peak = _watch(process, started)
    wall = time.monotonic() - started
    if code != 0:
        message = f"bench: guardian lists compile ended with {code}: {log.read_text(errors='replace')[-2000:]}"
        raise BenchError(message)
    (folder / "names.txt").unlink()
    octets = sum(path.stat().st_size for path in (folder / "state").rglob("*") if path.is_file())
    return House(folder, Compiling(listed, cpu, wall, peak, octets))


def _watch(process: subprocess.Popen[bytes], started: float) -> tuple[int, float, int]:
    """Wait for a process; its exit code, CPU seconds with its children, and peak memory in KiB.

    ru_maxrss of a child begins at its parent's, so the peak is read from the process itself while it runs.
    """
    peak = 0
    while True:
        peak = max(peak, memory(process.pid).peak)
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_utime + usage.ru_stime, peak
        if time.monotonic() - started > COMPILE_SECONDS:
            process.kill()
        time.sleep(0.02)


def start_cpu_seconds(house: House, core: int, upstream: int, times: int) -> list[float]:
    """Return the CPU seconds from start to first answer, for each of so many starts."""
    spent = []
    for _ in range(times):
        with house.serve(core, upstream) as server:
            spent.append(cpu_ns(server.pid) / 1e9)
    return spent


def as_numbers(compiling: Compiling) -> dict[str, float]:
    """Return what compiling cost as plain numbers, with CPU microseconds a name."""
    return {**asdict(compiling), "cpu_us_a_name": compiling.cpu_seconds / max(compiling.names, 1) * 1e6}
