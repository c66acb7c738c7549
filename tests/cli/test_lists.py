"""Compile lists, and show what is compiled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

OWN = "lists: {embedded: false, sources: [{name: own, category: games, path: own.txt}]}\n"


@pytest.fixture
def own(guardian: Callable[..., Done]) -> Callable[..., Done]:
    """Let the house have one list of its own and none that ships with guardian."""
    path = Path("guardian.yaml")
    path.write_text(path.read_text() + OWN, encoding="utf-8")
    Path("own.txt").write_text("game.example\nwww.game.example\nno name!\n")
    return guardian


def test_compiling_says_how_much_went_where_and_which_lines_did_not(own: Callable[..., Done]) -> None:
    done = own("lists", "compile")
    assert done.code == 0
    assert done.out.splitlines() == [
        f"{done.out.split()[0]} names of 3 lists in {Path('state/sets/current.set').absolute()}",
        "a running guardian takes this in on `guardian reload` or at its next start",
    ]
    assert f"{Path('own.txt').absolute()}: 1 lines refused" in done.err
    assert f"{Path('own.txt').absolute()}:3: " in done.err


def test_compiling_reports_as_json(own: Callable[..., Done]) -> None:
    done = own("lists", "compile", "--json")
    assert (done.code, done.err) == (0, "")
    told = done.json
    assert {"names", "checksum", "lists"} <= set(told)
    mine = told["lists"][-1]
    assert [one["id"] for one in told["lists"]] == ["protected", "protected-by-day", "own"]
    assert set(mine) == {"id", "rules", "refused", "ignored", "conditional", "patterns", "left_out", "refusals"}
    assert (mine["rules"], mine["refused"], mine["refusals"][0]["line"]) == (2, 1, 3)


def test_the_same_lists_compile_to_the_same_set(own: Callable[..., Done]) -> None:
    first = own("lists", "compile", "--json").json["checksum"]
    assert own("lists", "compile", "--json").json["checksum"] == first
    Path("own.txt").write_text("other.example\n")
    assert own("lists", "compile", "--json").json["checksum"] != first


def test_the_set_before_stays_as_previous(own: Callable[..., Done]) -> None:
    own("lists", "compile")
    first = Path("state/sets/current.set").read_bytes()
    Path("own.txt").write_text("other.example\n")
    own("lists", "compile")
    assert Path("state/sets/previous.set").read_bytes() == first
    assert sorted(path.name for path in Path("state/sets").iterdir()) == ["current.set", "previous.set"]


def test_compiling_the_same_again_keeps_the_set_before(own: Callable[..., Done]) -> None:
    own("lists", "compile")
    first = Path("state/sets/current.set").read_bytes()
    Path("own.txt").write_text("other.example\n")
    for _ in range(2):
        assert own("lists", "compile").code == 0
    assert Path("state/sets/previous.set").read_bytes() == first
    assert Path("state/sets/current.set").read_bytes() != first


def test_showing_names_each_list_with_its_rules(own: Callable[..., Done]) -> None:
    checksum = own("lists", "compile", "--json").json["checksum"]
    told = own("lists", "show", "--json").json
    assert set(told) == {"names", "checksum", "lists"}
    assert told["checksum"] == checksum
    mine = told["lists"][-1]
    assert (mine["id"], mine["kind"], mine["category"], mine["rules"], mine["refused"]) == (
        "own",
        "block",
        "games",
        2,
        1,
    )
    shown = own("lists", "show").out.splitlines()
    assert checksum[:12] in shown[0]
    assert shown[-1].split()[:4] == ["own", "block", "games", "2"]


def test_where_nothing_is_published_showing_says_what_to_do(guardian: Callable[..., Done]) -> None:
    done = guardian("lists", "show")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("current.set: no set is published yet; run `guardian lists compile`\n")


def test_a_damaged_set_is_not_shown(guardian: Callable[..., Done]) -> None:
    Path("state/sets").mkdir(parents=True)
    Path("state/sets/current.set").write_bytes(b"noise" * 100)
    done = guardian("lists", "show")
    assert (done.code, done.out) == (1, "")
    assert "current.set: not a compiled set; compile one with `guardian lists compile`" in done.err


def test_the_lists_that_ship_with_guardian_compile_without_a_refusal(guardian: Callable[..., Done]) -> None:
    told = guardian("lists", "compile", "--json").json
    assert told["names"] > 1000
    assert [one for one in told["lists"] if one["refused"] or not one["rules"]] == []


def test_the_catalogue_names_public_lists_and_for_whom_each_is_right(guardian: Callable[..., Done]) -> None:
    done = guardian("lists", "catalog")
    assert (done.code, done.err) == (0, "")
    line = next(line for line in done.out.splitlines() if line.startswith("shadowwhisperer-gambling "))
    assert line.split()[1] == "gambling"
    assert "up to 17 years" in line
    assert "docs/public-lists.md" in done.out.splitlines()[-1]


def test_the_catalogue_is_given_as_json_with_its_reasons(guardian: Callable[..., Done]) -> None:
    told = guardian("lists", "catalog", "--json").json
    assert {"schema", "lists", "left_out"} == set(told)
    assert all(one["why"]["sq"] for one in (*told["lists"], *told["left_out"]))
