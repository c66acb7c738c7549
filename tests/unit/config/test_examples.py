"""Every file that we hand out is read as it is, and the schema for editors is the models' own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guardian.config.concerns import concerns
from guardian.config.document import read_document
from guardian.config.schema import schema_text
from guardian.config.settings import Section, Settings, read_settings

FOLDER = Path(__file__).resolve().parents[3] / "config"
FILES = sorted(FOLDER.rglob("*.yaml"))


def read(path: Path) -> Settings:
    return read_settings(path.read_bytes(), path.name, str(path.parent))


def keys(model: type[Section]) -> set[str]:
    return set(model.model_fields)


def test_the_files_that_the_program_and_its_pages_name_are_there() -> None:
    names = {path.name for path in FILES}
    assert names == {
        "guardian.yaml",
        "checkout.yaml",
        "home.yaml",
        "classroom.yaml",
        "library.yaml",
        "own-resolver.yaml",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_we_hand_out_has_no_fault(path: Path) -> None:
    assert read(path).upstreams


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_lists_that_a_file_names_are_beside_it(path: Path) -> None:
    assert [source.path for source in read(path).lists.sources if not Path(source.path).is_file()] == []


def test_the_checkout_keeps_everything_below_itself_and_listens_to_this_machine_alone() -> None:
    settings = read(FOLDER / "examples" / "checkout.yaml")
    assert settings.state == str(FOLDER.parent / ".guardian")
    assert [str(endpoint) for endpoint in settings.dns.listen] == ["127.0.0.1:1053"]


def test_the_default_file_shows_every_key_with_the_value_it_has_when_missing() -> None:
    path = FOLDER / "guardian.yaml"
    written = read_document(path.read_bytes(), path.name).value
    assert set(written) == keys(Settings)
    for section, model in (
        ("dns", Settings().dns),
        ("lists", Settings().lists),
        ("family", Settings().family),
        ("web", Settings().web),
    ):
        assert set(written[section]) == keys(type(model))  # type: ignore[call-overload]
    shown = read(path).model_dump(exclude={"state": True, "dns": {"listen"}})
    assert shown == Settings().model_dump(exclude={"state": True, "dns": {"listen"}})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_lines_that_a_comment_offers_are_right_too(path: Path) -> None:
    offered = path.read_text().replace("[]\n#  - ", "\n  - ").replace("[]\n  #  - ", "\n    - ")
    assert read_settings(offered.encode(), path.name, "/etc/guardian").upstreams


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_that_we_hand_out_gives_no_reason_to_warn(path: Path) -> None:
    offered = path.read_bytes().replace(b"[]\n#  - ", b"\n  - ").replace(b"[]\n  #  - ", b"\n    - ")
    document = read_document(offered, path.name)
    assert concerns(document, read_settings(offered, path.name, "/etc/guardian"), list) == []


def test_the_schema_in_the_checkout_is_the_models_own() -> None:
    stored = (FOLDER / "schema.json").read_text()
    assert stored == schema_text(), "stale: run python -m guardian.config.schema > config/schema.json"


def test_the_schema_describes_every_key() -> None:
    schema = json.loads(schema_text())
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
        assert part["description"]
        assert all("description" in value or "$ref" in value for value in part["properties"].values())
