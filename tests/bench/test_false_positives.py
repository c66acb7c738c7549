"""The page of false positives: it says what the lists do now, and nothing unexpected is without a person's word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bench.false_positives import (
    BLOCKLISTS,
    PAGE,
    RANKINGS,
    UNJUDGED,
    VERDICTS,
    House,
    Site,
    between,
    held_by_others,
    kept_open,
    main,
    page,
    read_verdicts,
)
from guardian.model import Band

if TYPE_CHECKING:
    from pathlib import Path

STORED = PAGE.read_text(encoding="utf-8")
GIVEN = read_verdicts(VERDICTS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def house() -> House:
    """Return the shipped lists with every band."""
    return House(BLOCKLISTS)


def test_the_page_says_what_the_lists_do(corpus: Path) -> None:
    assert page(corpus, STORED) == STORED, "stale: run python -m bench.false_positives"


def test_every_unexpected_site_has_a_persons_verdict_and_no_verdict_is_left_over() -> None:
    assert UNJUDGED.why not in STORED
    assert [name for name in GIVEN if f"| `{name}` |" not in STORED] == []


def test_what_was_removed_is_closed_for_nobody(house: House) -> None:
    removed = [name for name, verdict in GIVEN.items() if not verdict.kept]
    assert removed
    assert house.met(removed) == []


def test_from_thirteen_on_nothing_is_closed_that_others_keep_open() -> None:
    rows = dict(
        re.findall(r"^\| `([0-9a-z-]+)` \|.* \| ([0-9,]+) \|$", STORED.partition("<!-- /bands -->")[0], re.MULTILINE)
    )
    assert [rows[band] for band in (Band.TEEN, Band.YOUTH, Band.ADULT)] == ["0", "0", "0"]


def test_a_band_closes_what_its_categories_say(house: House) -> None:
    names = ["roblox.com", "pornhub.com", "wikipedia.org"]
    assert house.closed(Band.YOUTH, names) == [Site("pornhub.com", "adult", "adult")]
    assert house.met(names) == [Site("roblox.com", "games", "roblox"), Site("pornhub.com", "adult", "adult")]


def test_a_site_is_expected_where_a_list_of_the_same_kind_names_it(tmp_path: Path) -> None:
    (tmp_path / "gambling").mkdir()
    (tmp_path / "gambling" / "theirs.txt").write_text("0.0.0.0 www.bet.example # a bookmaker\nnotdice.example\n")
    sites = [
        Site("bet.example", "gambling", ""),
        Site("dice.example", "gambling", ""),
        Site("bet.example", "adult", ""),
    ]
    assert held_by_others(tmp_path, sites) == {"bet.example"}
    assert held_by_others(tmp_path, sites[1:]) == set()


def test_lists_of_every_form_keep_sites_open(tmp_path: Path) -> None:
    (tmp_path / "allow").mkdir()
    (tmp_path / "allow" / "a.txt").write_text("bank.example\nnews.example\n")
    (tmp_path / "allow" / "b.txt").write_text("@@||school.example^\n@@||news.example^\n")
    assert kept_open(tmp_path) == {"bank.example": "a.txt", "news.example": "a.txt", "school.example": "b.txt"}


def test_a_table_takes_the_place_of_the_one_before() -> None:
    text = "a\n<!-- x: written by the command -->\nold\n<!-- /x -->\nb\n"
    assert between(text, "x", ["new", ""]) == text.replace("old", "new")
    with pytest.raises(ValueError, match="unpack"):
        between("no marks here", "x", [])


def test_without_real_lists_the_command_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GUARDIAN_CORPUS", str(tmp_path / "nothing"))
    assert main([]) == 2
    assert "GUARDIAN_CORPUS" in capsys.readouterr().err


def test_the_page_names_every_ranking() -> None:
    assert [file for file in RANKINGS if f"`{file}`" not in STORED] == []
