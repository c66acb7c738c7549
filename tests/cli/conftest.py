"""Run commands in this process and keep what they print."""

from __future__ import annotations

import io
import json
import logging
import sys
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from guardian.cli.main import main
from guardian.family.children import add_child
from guardian.family.growing import NEVER
from guardian.model import Band
from guardian.store.database import open_store, transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = """\
state: ./state
dns: {listen: ["127.0.0.1:1053"], allow_from: [192.168.1.0/24]}
web: {listen: []}
upstreams:
  - {url: "udp://192.168.1.1"}
clients:
  - {network: 192.168.1.20/32, band: "6-9"}
"""


class Done(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON may be anything
        """Read the output as one JSON value."""
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        """Read the output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def guardian(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Done]:
    """Return a runner of `guardian WORDS`, in an empty folder that holds guardian.yaml; `text` is standard input."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUARDIAN_CONFIG", "guardian.yaml")
    (tmp_path / "guardian.yaml").write_text(CONFIG, encoding="utf-8")
    # as a program has it that sets up no log: warnings go to standard error as they are
    monkeypatch.setattr(logging.getLogger("guardian"), "propagate", False)

    def run(*words: str, text: str = "") -> Done:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="session")
def two_children(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the family store of a house with Ana, 6-9, and Beni, 13-15."""
    path = tmp_path_factory.mktemp("family") / "family.sqlite3"
    with closing(open_store(path)) as store, transaction(store):
        for name, band in (("Ana", Band.PRIMARY), ("Beni", Band.TEEN)):
            add_child(store, name, band, NEVER, "a test", date(2026, 11, 24))
    return path.read_bytes()


@pytest.fixture
def house(guardian: Callable[..., Done], two_children: bytes, tmp_path: Path) -> Callable[..., Done]:
    """Return a runner of `guardian WORDS` in a house with two children, where no guardian runs."""
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "family.sqlite3").write_bytes(two_children)
    return guardian
