"""What the bench found, as a table for a terminal and as JSON."""

from __future__ import annotations

import platform
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.process import Memory
    from bench.rounds import Outcome

PEERS = ("unbound", "dnsmasq", "echo")
TARGETS = {("A", "unbound"): 1.2, ("A", "dnsmasq"): 1.05, ("A", "echo"): 2.0, ("B", "unbound"): 1.3}
"""The highest ratio of guardian to a peer that the project wants to reach, by mix."""
COMPILED = "guardian, compiled"
"""How the guardian with compiled hot modules is called; it is to stay below unbound."""
FAMILY = "guardian family"
"""How the guardian with a family store is called; it is to cost no more than FAMILY_TARGET of the one without."""
FAMILY_TARGET = 1.05

ENCRYPTED, POOLED = "guardian DoT", "guardian pool"
"""The guardian that asks over TLS, and the one that asks over UDP from a pool of ports."""
ENCRYPTED_TARGET = 4.0


@dataclass(frozen=True, slots=True)
class Line:
    """All rounds of one server under one mix and window: medians, with the quartiles and the least of the CPU."""

    server: str
    mix: str
    window: int
    cpu_us: float
    least: float
    lower: float
    upper: float
    questions_a_second: float
    sleeps_a_question: float
    ratios: dict[str, float]


def summarise(outcomes: Sequence[Outcome]) -> list[Line]:
    """Return one line for each mix, window and server, cheapest first, with its ratio to each peer of the same run."""
    groups: dict[tuple[str, int], dict[str, list[Outcome]]] = {}
    for one in outcomes:
        groups.setdefault((one.mix, one.window), {}).setdefault(one.server, []).append(one)
    lines: list[Line] = []
    for (mix, window), servers in groups.items():
        medians = {name: statistics.median(one.cpu_us for one in rounds) for name, rounds in servers.items()}
        for name in sorted(servers, key=medians.__getitem__):
            costs = [one.cpu_us for one in servers[name]]
            quartiles = statistics.quantiles(costs, n=4, method="inclusive") if len(costs) > 1 else costs * 3
            lines.append(
                Line(
                    server=name,
                    mix=mix,
                    window=window,
                    cpu_us=medians[name],
                    least=min(costs),
                    lower=quartiles[0],
                    upper=quartiles[2],
                    questions_a_second=statistics.median(one.questions_a_second for one in servers[name]),
                    sleeps_a_question=statistics.median(one.sleeps_a_question for one in servers[name]),
                    ratios={peer: medians[name] / medians[peer] for peer in PEERS if peer in medians},
                ),
            )
    return lines


def cpu_table(lines: Iterable[Line]) -> str:
    """Return the CPU of every server as a table."""
    head = (
        f"{'mix':5}{'window':>6}  {'server':20}{'CPU us':>8}{'quartiles':>16}{'least':>8}{'asked/s':>10}{'sleeps':>8}"
    )
    rows = [head + "".join(f"{'x ' + peer:>11}" for peer in PEERS)]
    for line in lines:
        ratios = "".join(f"{line.ratios[peer]:>11.2f}" if peer in line.ratios else f"{'-':>11}" for peer in PEERS)
        rows.append(
            f"{line.mix:5}{line.window:>6}  {line.server:20}{line.cpu_us:>8.2f}"
            f"{line.lower:>9.2f}-{line.upper:<6.2f}{line.least:>8.2f}{line.questions_a_second:>10,.0f}{line.sleeps_a_question:>8.2f}{ratios}",
        )
    return "\n".join(rows)


def target_table(lines: Sequence[Line]) -> str:
    """Return each wanted ratio beside the one measured; empty without guardian."""
    rows = []
    pooled = {(line.mix, line.window): line.cpu_us for line in lines if line.server == POOLED}
    alone = {(line.mix, line.window): line.cpu_us for line in lines if line.server == "guardian"}
    for line in lines:
        if line.server == ENCRYPTED:
            ratio = line.cpu_us / pooled[line.mix, line.window]
            word = "reached" if ratio <= ENCRYPTED_TARGET else "NOT reached"
            rows.append(
                f"mix {line.mix}, window {line.window}: {ratio:.2f} x {POOLED}, over TLS, "
                f"wanted <= {ENCRYPTED_TARGET:.0f}: {word}",
            )
        for (mix, peer), wanted in TARGETS.items():
            if line.server == "guardian" and line.mix == mix and peer in line.ratios:
                word = "reached" if line.ratios[peer] <= wanted else "NOT reached"
                rows.append(
                    f"mix {mix}, window {line.window}: {line.ratios[peer]:.2f} x {peer}, wanted <= {wanted}: {word}",
                )
        if line.server == FAMILY:
            ratio = line.cpu_us / alone[line.mix, line.window]
            word = "reached" if ratio <= FAMILY_TARGET else "NOT reached"
            rows.append(
                f"mix {line.mix}, window {line.window}: {ratio:.2f} x guardian without a family, "
                f"wanted <= {FAMILY_TARGET}: {word}",
            )
        if line.server == COMPILED and line.mix in "AB" and "unbound" in line.ratios:
            ratio = line.ratios["unbound"]
            word = "reached" if ratio < 1 else "NOT reached"
            rows.append(
                f"mix {line.mix}, window {line.window}: {ratio:.2f} x unbound, compiled: below unbound wanted: {word}",
            )
    return "\n".join(rows)


def memory_table(memories: dict[str, Memory]) -> str:
    """Return the resident memory of every server in MiB."""
    rows = [f"{'memory, MiB':34}{'RssAnon':>9}{'RSS':>9}{'peak':>9}"]
    for name, one in memories.items():
        rows.append(f"{name:34}{one.anonymous / 1024:>9.1f}{one.rss / 1024:>9.1f}{one.peak / 1024:>9.1f}")
    return "\n".join(rows)


def compiling_line(one: dict[str, float]) -> str:
    """Return what compiling a list cost as one line."""
    return (
        f"compile {one['names']:,} names: {one['cpu_us_a_name']:.2f} us of CPU a name, {one['wall_seconds']:.1f} s, "
        f"peak {one['peak'] / 1024:.0f} MiB, {one['octets'] / 2**20:.1f} MiB written"
    )


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, kernel, Python."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return {"processor": model, "kernel": platform.release(), "python": platform.python_version()}


def as_json(lines: Iterable[Line], outcomes: Iterable[Outcome], memories: dict[str, Memory]) -> dict[str, Any]:
    """Return everything measured in rounds as plain values."""
    return {
        "machine": machine(),
        "lines": [asdict(line) for line in lines],
        "rounds": [asdict(one) for one in outcomes],
        "memory_kib": {name: asdict(one) for name, one in memories.items()},
    }
