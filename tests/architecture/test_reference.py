"""Hold what the documents say of settings, commands, categories, files and messages to the code that decides them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from guardian.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = {
    "Top of the file": "",
    "dns": "Dns",
    "dns.tls": "Tls",
    "upstreams": "Upstream",
    "forward": "Forward",
    "records": "Record",
    "names": "Names",
    "lists": "Lists",
    "family": "Family",
    "web": "Web",
    "clients": "Client",
}
"""Each heading of docs/configuration.md that has keys, and its model in config/schema.json."""

ROW = re.compile(r"^\| `([a-z_]+)` \| (.+) \| (.+) \|$", re.MULTILINE)
PLACEHOLDER = re.compile(r"…|\b[A-Z]{1,7}\b")
"""What stands in a quoted message for something that differs: FILE, LINE, NAME, N, or three dots."""


def read(name: str) -> str:
    return (ROOT / name).read_text()


def headed(document: str, heading: str) -> str:
    """Give the text under a heading of the second level."""
    return document.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def models() -> dict[str, dict[str, Any]]:
    schema = json.loads(read("config/schema.json"))
    return {"": schema, **schema["$defs"]}


def rows(heading: str) -> dict[str, tuple[str, str]]:
    found = ROW.findall(headed(read("docs/configuration.md"), heading))
    return {key: (means, default) for key, means, default in found}


def keys_of(heading: str) -> dict[str, dict[str, Any]]:
    """Give the keys that a heading has to list; each source of a list is explained under `lists`."""
    known = models()
    keys: dict[str, dict[str, Any]] = dict(known[SECTIONS[heading]]["properties"])
    return keys | known["Source"]["properties"] if heading == "lists" else keys


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_of_the_settings_is_explained_and_no_other(heading: str) -> None:
    assert set(rows(heading)) == set(keys_of(heading))


@pytest.mark.parametrize("heading", SECTIONS)
def test_an_explained_default_is_the_one_in_force(heading: str) -> None:
    explained = rows(heading)
    for key, schema in keys_of(heading).items():
        if schema.get("default") is not None:
            assert explained[key][1].strip("`") == json.dumps(schema["default"]).strip('"'), key


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_word_and_bound_of_a_key_is_told(heading: str) -> None:
    explained = rows(heading)
    for key, schema in keys_of(heading).items():
        told = " ".join(explained[key])
        for bound in ("minimum", "maximum"):
            assert str(schema.get(bound, "")) in told, key
        for word in schema.get("enum", []):
            assert word is None or key == "unknown_devices" or f"`{word}`" in told, (key, word)


def test_every_model_of_the_settings_has_its_place() -> None:
    assert {*SECTIONS.values(), "Source"} == set(models())


def test_readme_lists_every_command_and_no_other() -> None:
    named = re.findall(r"^\| `guardian ([a-z-]+)", headed(read("README.md"), "Commands"), re.MULTILINE)
    assert set(named) == set(COMMANDS)


def test_the_shortest_settings_of_readme_are_whole_settings(tmp_path: Path) -> None:
    from guardian.config.settings import read_settings  # noqa: PLC0415 - the other tests need no settings

    found = re.findall(r"```yaml\n(.+?)```", read("README.md") + read("docs/configuration.md"), re.DOTALL)
    assert len(found) == 2
    for text in found:
        read_settings(text.encode(), "README.md", str(tmp_path))


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "FAILURE.md", "docs/lists.md"])
def test_every_file_that_a_document_names_is_there(document: str) -> None:
    named = re.findall(r"`((?:guardian|blocklists|config|docs|tests|bench)/[a-z0-9_./-]*)`", read(document))
    assert named
    for path in named:
        assert (ROOT / path).exists(), path


def test_architecture_names_every_room() -> None:
    rooms = {path.name for path in (ROOT / "guardian").glob("[a-z]*") if path.is_dir() or path.suffix == ".py"}
    listed = re.findall(r"^\| `guardian/([a-z_.]+?)/?` \|", read("ARCHITECTURE.md"), re.MULTILINE)
    assert set(listed) == rooms


def test_every_message_that_failure_quotes_is_one_that_guardian_says() -> None:
    says = re.sub(r"\"\s*f?\"|\{[^{}]*\}", "", "".join(path.read_text() for path in (ROOT / "guardian").rglob("*.py")))
    quoted = [text for text in re.findall(r"`([^`\n]+)`", read("FAILURE.md")) if " " in text]
    messages = [text for text in quoted if not text.startswith(("guardian ", "kill ", "FILE:LINE:COL"))]
    assert len(messages) >= 10
    for message in messages:
        for part in PLACEHOLDER.split(message):
            assert part.strip(" :()") in says, f"{message!r}: nothing says {part!r}"
