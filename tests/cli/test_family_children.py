"""Children and devices at the command line, where no guardian runs."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from guardian.cli import deciding, holding
from guardian.control.messages import ChildNow, Closing, StandingsNow
from guardian.errors import StoreError
from guardian.family.reading import read_family
from guardian.store.database import read_store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from guardian.family.family import Family
    from tests.cli.conftest import Done

LATER = "guardian does not run; this holds from its next start\n"
MAC = "3c:22:fb:10:20:30"


def family_in(folder: Path) -> Family:
    with closing(read_store(folder / "state" / "family.sqlite3")) as store:
        return read_family(store)


def test_a_family_begins_with_nobody(guardian: Callable[..., Done], tmp_path: Path) -> None:
    done = guardian("children", "list")
    assert (done.code, done.err) == (0, "")
    assert done.out == "there are no children yet: guardian children add NAME --band 6-9\n"
    assert guardian("children", "list", "--json").json == {"children": []}
    assert guardian("devices", "list").out.startswith("there are no devices yet: guardian devices add")
    assert not (tmp_path / "state").exists(), "looking makes nothing"


def test_a_child_is_added_and_said_to_hold_later(guardian: Callable[..., Done]) -> None:
    done = guardian("children", "add", "Ana", "--band", "6-9", "--moves", "never")
    assert (done.code, done.out, done.err) == (0, f"Ana: band 6-9 for good\n{LATER}", "")
    added = guardian("children", "add", "Beni", "--band", "13-15", "--moves", "never", "--json").json
    assert added["child"]["name"] == "Beni"
    assert added["in_force"] is False


def test_the_list_shows_a_row_for_each_child(house: Callable[..., Done]) -> None:
    house("devices", "add", "tablet", "--mac", MAC, "--child", "Ana", "--child", "Beni")
    head, ana, beni = house("children", "list").out.splitlines()
    assert head.split() == ["NO", "NAME", "BAND", "MOVES", "ON", "DEVICES", "NOW"]
    assert ana.split()[:4] == ["1", "Ana", "6-9", "never"]
    assert "tablet" in ana
    assert beni.split()[:4] == ["2", "Beni", "13-15", "never"]
    children = house("children", "list", "--json").json["children"]
    assert [(one["number"], one["name"], one["devices"], one["now"]) for one in children] == [
        (1, "Ana", ["tablet"], None),
        (2, "Beni", ["tablet"], None),
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("children", "add", "ana", "--band", "6-9"), "a child is called Ana already"),
        (("children", "add", " ", "--band", "6-9"), "the name of a child is empty"),
        (("children", "add", "Cela", "--band", "6-9", "--moves", "2099-01"), "moves on to the next band between"),
        (("children", "show", "Anna"), "no child is called Anna; children: Ana, Beni"),
        (("children", "change", "Anna", "--band", "6-9"), "no child is called Anna"),
        (("children", "remove", "3"), "no child is called 3"),
        (("devices", "add", "tablet", "--mac", "3c:22", "--child", "Ana"), "write 3c:22:fb:10:20:30"),
        (("devices", "add", "tablet", "--network", "0.0.0.0/0", "--child", "Ana"), "is more than a house"),
        (("devices", "add", "tablet", "--mac", MAC, "--child", "Anna"), "no child is called Anna"),
        (("devices", "assign", "radio", "--adult"), "there are no devices yet"),
    ],
)
def test_what_can_not_be_decided_is_told_and_changes_nothing(
    house: Callable[..., Done], tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    before = family_in(tmp_path)
    done = house(*words)
    assert (done.code, done.out) == (1, "")
    assert says in done.err
    assert done.err.startswith("guardian: ")
    assert family_in(tmp_path) == before


@pytest.mark.parametrize(
    "words",
    [
        ("children",),
        ("children", "add", "Ana"),
        ("children", "add", "Ana", "--band", "adult"),
        ("children", "add", "Ana", "--band", "7"),
        ("devices", "add", "tablet", "--child", "Ana"),
        ("devices", "add", "tablet", "--mac", MAC),
        ("devices", "add", "tablet", "--mac", MAC, "--network", "192.168.1.3", "--adult"),
        ("devices", "assign", "tablet", "--adult", "--child", "Ana"),
    ],
)
def test_a_wrong_use_shows_the_right_one(guardian: Callable[..., Done], words: tuple[str, ...]) -> None:
    done = guardian(*words)
    assert done.code == 2
    assert done.err.startswith("usage: guardian")


def test_a_child_is_changed_and_shown(house: Callable[..., Done]) -> None:
    done = house("children", "change", "ana", "--name", "🐻", "--band", "10-12", "--video", "off", "--moves", "never")
    assert done.out == f"🐻: band 10-12 for good\n{LATER}"
    shown = house("children", "show", "🐻")
    assert "video       off" in shown.out
    assert "safe search as its band" in shown.out
    told = house("children", "show", "🐻", "--json").json
    assert (told["band"], told["video"], told["safe_search"], told["now"]) == ("10-12", "off", "band", None)


def test_a_change_of_nothing_shows_the_child(house: Callable[..., Done]) -> None:
    assert house("children", "change", "Ana").out == house("children", "show", "Ana").out


def test_a_removed_child_takes_its_own_devices_along(house: Callable[..., Done]) -> None:
    house("devices", "add", "tablet", "--mac", MAC, "--child", "Ana")
    house("devices", "add", "tv", "--network", "192.168.1.30", "--child", "Ana", "--child", "Beni")
    done = house("children", "remove", "Ana")
    assert done.out == f"Ana is forgotten, with every device, hour and rule of its own\n{LATER}"
    assert [one["name"] for one in house("devices", "list", "--json").json["devices"]] == ["tv"]


def test_devices_are_named_assigned_renamed_and_forgotten(house: Callable[..., Done]) -> None:
    assert house("devices", "add", "tablet", "--mac", MAC.upper(), "--child", "ana").out.startswith(
        f"tablet ({MAC}): used by Ana\n"
    )
    assert house("devices", "assign", "tablet", "--child", "Ana", "--child", "Beni").out.startswith(
        f"tablet ({MAC}): used by Ana, Beni\n"
    )
    assert house("devices", "rename", MAC, "iPad").out.startswith("tablet is called iPad from now on\n")
    assert house("devices", "assign", "iPad", "--adult", "--json").json["device"] == {
        "number": 1,
        "name": "iPad",
        "hardware": MAC,
        "network": None,
        "adult": True,
        "children": [],
    }
    refused = house("devices", "assign", "iPad", "--child", "Ana")
    assert (refused.code, refused.out) == (1, "")
    assert "confirmed on the device itself" in refused.err
    assert house("devices", "remove", "1").out.startswith("iPad is forgotten: it is an unknown device now\n")
    assert house("devices", "list", "--json").json == {"devices": []}


def test_who_is_new_is_known_to_a_running_guardian_alone(guardian: Callable[..., Done]) -> None:
    done = guardian("devices", "new")
    assert done.code == 1
    assert "start it with `guardian run`" in done.err


def test_what_holds_now_is_said_in_words(house: Callable[..., Done], monkeypatch: pytest.MonkeyPatch) -> None:
    hours, budget = Closing("everything", "hours", 4102444800), Closing("category:games", "budget", None)
    ana = ChildNow(1, "6-9", paused=True, lesson=(), closed=(hours, budget))
    beni = ChildNow(2, "13-15", paused=False, lesson=("a.example", "b.example"), closed=())
    unnamed = ChildNow(None, "6-9", paused=False, lesson=(), closed=())
    told = StandingsNow(clock_known=True, trouble="", children=(ana, beni, unnamed))
    monkeypatch.setattr(holding, "ask", lambda *_: told)
    assert [one["now"] for one in house("children", "list", "--json").json["children"]] == [
        (
            "filtering pauses; everything closed (by its hours) until Fri 1 Jan 2100 01:00;"
            " games closed (its minutes do not run)"
        ),
        "open for a lesson: a.example, b.example",
    ]
    beni = replace(beni, lesson=())
    monkeypatch.setattr(holding, "ask", lambda *_: replace(told, clock_known=False, children=(beni,)))
    assert "as its band; this machine's time is in doubt" in house("children", "show", "Beni").out


def test_a_guardian_that_does_not_take_a_decision_in_is_told_and_the_decision_stays(
    house: Callable[..., Done], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise StoreError("too little memory to judge the set anew")

    monkeypatch.setattr(deciding, "ask", refuse)
    done = house("children", "add", "Cela", "--band", "0-5")
    assert (done.code, done.out) == (1, "")
    assert done.err == "guardian: this is written, but not in force: too little memory to judge the set anew\n"
    assert [child.name for child in family_in(tmp_path).children] == ["Ana", "Beni", "Cela"]


def test_a_store_of_another_user_is_told_with_what_to_do(
    house: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    # root, who runs the tests, may read everything
    monkeypatch.setattr(os, "access", lambda *_: False)
    for words in (("children", "list"), ("children", "add", "Cela", "--band", "0-5")):
        done = house(*words)
        assert (done.code, done.out) == (1, "")
        assert "this user may not see what the family decided; use sudo" in done.err
