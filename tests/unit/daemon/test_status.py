"""How the set in force stands to the files on disk, and who may ask."""

from __future__ import annotations

import io
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.cli.house import shipped_categories, shipped_safe_search
from guardian.config.settings import read_settings
from guardian.daemon.parts import FamilyNow, Parts
from guardian.daemon.status import network_status, set_status
from guardian.engine.household import UNKNOWN
from guardian.family.family import Family
from guardian.family.members import Child
from guardian.family.standing import Standing
from guardian.lists.compiler import Compiler
from guardian.lists.domain_set import DomainSet
from guardian.lists.set_file import ListInfo
from guardian.model import Band, ListKind, Rule
from guardian.system.paths import State, blocklists
from guardian.wire.names import to_wire

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400


def compiled(*names: str) -> bytes:
    compiler, output = Compiler(io.BytesIO(), io.BytesIO()), io.BytesIO()
    rules = [Rule(to_wire(name), True, True, False, False, 1) for name in names]
    compiler.add(ListInfo("bets", "Bets", ListKind.BLOCK, "gambling", "bets.txt"), rules)
    compiler.write(output)
    return output.getvalue()


ONE, OTHER = compiled("bet.example"), compiled("casino.example", "bet.example")


def house(folder: Path, text: str = "") -> Parts:
    (folder / "sets").mkdir()
    shipped = blocklists()
    tables = shipped_categories(shipped), shipped_safe_search(shipped)
    settings = read_settings(f"state: {folder}\n{text}".encode(), "guardian.yaml", str(folder))
    return Parts(settings, State(folder), *tables, lambda: memoryview(b""))


def put(path: Path, octets: bytes, *, days: int = 0) -> None:
    path.write_bytes(octets)
    then = time.time() - days * DAY - 60
    os.utime(path, (then, then))


@pytest.mark.parametrize(
    ("current", "previous", "told"),
    [
        (ONE, None, ("in force", 3)),
        (OTHER, ONE, ("waiting", 9)),
        (OTHER, None, ("waiting", None)),
        (b"noise" * 40, ONE, ("unusable", 9)),
        (OTHER[:-1] + b"?", ONE, ("unusable", 9)),
        (b"", ONE, ("unusable", 9)),
        (None, ONE, ("missing", 9)),
        (None, None, ("missing", None)),
    ],
)
def test_the_published_set_is_compared_with_the_one_in_force(
    tmp_path: Path, current: bytes | None, previous: bytes | None, told: tuple[str, int | None]
) -> None:
    parts = house(tmp_path)
    if current is not None:
        put(parts.state.current, current, days=3)
    if previous is not None:
        put(parts.state.previous, previous, days=9)
    found = set_status(parts, DomainSet(memoryview(ONE)))
    assert (found.published, found.days) == told
    assert (found.names, found.lists, found.oldest) == (1, 1, ())


def test_ones_own_lists_are_named_by_age_the_oldest_three_first(tmp_path: Path) -> None:
    ages = {"one": 5, "two": 400, "three": 30, "four": 31}
    sources = "".join(f"    - {{name: {name}, kind: allow, path: {name}.txt}}\n" for name in (*ages, "gone"))
    parts = house(tmp_path, f"lists:\n  sources:\n{sources}")
    for name, days in ages.items():
        put(tmp_path / f"{name}.txt", b"a.example\n", days=days)
    assert set_status(parts, DomainSet(memoryview(ONE))).oldest == ("two, 400 days", "four, 31 days", "three, 30 days")


def test_networks_are_counted_only_where_local_may_ask(tmp_path: Path) -> None:
    parts = house(tmp_path, "dns: {allow_from: [192.168.1.0/24]}\n")
    assert network_status(parts, gateway_only=False, named=0).local == 0
    settings = read_settings(b"state: ./state\n", "guardian.yaml", str(tmp_path))
    assert network_status(replace(parts, settings=settings), gateway_only=True, named=0).local >= 1


ERA = Child(1, "Era", Band.PRIMARY, None, None, None, "abcdefghijklmnop")
NETWORKS = """\
clients:
  - {network: 192.168.1.0/24, band: adult}
  - {network: 192.168.2.0/24, band: "6-9"}
  - {network: 192.168.1.9/32, band: adult}
  - {mac: "3c:22:fb:10:20:30", band: adult}
"""


@pytest.mark.parametrize(("children", "told"), [((), ()), ((ERA,), ("192.168.1.0/24 is adult",))])
def test_a_network_in_which_a_lost_device_is_freer_is_told_where_there_are_children(
    tmp_path: Path, children: tuple[Child, ...], told: tuple[str, ...]
) -> None:
    family = FamilyNow(Family(children=children), {UNKNOWN: (Standing(Band.PRIMARY),)})
    parts = replace(house(tmp_path, NETWORKS), family=family)
    assert network_status(parts, gateway_only=False, named=0).loose == told
