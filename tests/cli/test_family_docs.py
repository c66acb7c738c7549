"""Each command that README and docs/family.md show to a parent is one that guardian takes, in the order of the page."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"^ {4}guardian (.+)$|`guardian ([^`…]+)`", re.MULTILINE)
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b")
LEFT_OUT = {("devices", "new"), ("status",), ("web",), ("resume",), ("children", "remove", "Ana"), ("wipe",)}
"""Commands that speak with a guardian that runs, or take away what the rest of the page is about."""


def shown(text: str) -> list[list[str]]:
    """Give the words of each command that stands whole on a page."""
    lines = [" ".join((block or inline).split()) for block, inline in SHOWN.findall(text)]
    return [shlex.split(line, comments=True) for line in lines if not PLACEHOLDER.search(line.partition("#")[0])]


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("page", "heading", "least"), [("docs/family.md", "", 25), ("README.md", "Children", 7)], ids=["family", "readme"]
)
def test_what_a_page_shows_can_be_typed(guardian: Callable[..., Done], page: str, heading: str, least: int) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    commands = [words for words in shown(section(text, heading) if heading else text) if tuple(words) not in LEFT_OUT]
    assert len(commands) >= least
    guardian("children", "add", "Beni", "--band", "13-15")
    for words in commands:
        done = guardian(*words)
        # a second time, a child or a device is there already, and a request is answered
        again = "already" in done.err or "no request" in done.err
        assert done.code == 0 or (done.code == 1 and again), (words, done)


def test_a_command_that_is_none_would_be_found() -> None:
    assert shown("    guardian fly --high   # no\n") == [["fly", "--high"]]
    assert shown("type `guardian allow NAME` or `guardian off 30`") == [["off", "30"]]
