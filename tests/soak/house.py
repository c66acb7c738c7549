"""Prepare the house of a soak: two sets, with and without the second own list, and a configuration beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.live.conftest import command, publish, write_config
from tests.soak.questions import OWN_RECORD, own_lists

if TYPE_CHECKING:
    from pathlib import Path

_EXTRA = """\
records: [{{name: {record}, address: 192.168.1.9}}]
lists:
  sources:
    - {{name: always, category: malware, path: always.txt}}
"""
_BESIDES = "    - {name: swings, category: malware, path: swings.txt}\n"


class SoakHouse(NamedTuple):
    """A configuration and the two sets that take turns."""

    config: Path
    sets: tuple[Path, Path]
    """Without the second own list, and with it."""

    def publish(self, number: int) -> None:
        """Put one of the two in the place of the published set."""
        publish(self.sets[number], self.config.parent / "state")


def build_house(folder: Path, upstream: str) -> SoakHouse:
    """Write the lists and compile both sets; AssertionError with what guardian said when it can't."""
    always, swings = own_lists()
    (folder / "always.txt").write_text(always, encoding="ascii")
    (folder / "swings.txt").write_text(swings, encoding="ascii")
    made = []
    extra = _EXTRA.format(record=OWN_RECORD)
    for number, text in enumerate((extra, extra + _BESIDES)):
        config = write_config(folder, upstream, extra=text)
        done = command("lists", "compile", "--config", config)
        assert done.returncode == 0, done.stderr
        made.append((folder / "state" / "sets" / "current.set").rename(folder / f"{number}.set"))
    house = SoakHouse(config, (made[0], made[1]))
    house.publish(0)
    return house
