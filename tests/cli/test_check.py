"""Every fault at once, for people and for programs."""

from __future__ import annotations

import os
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from guardian.cli import check_command
from guardian.store.database import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Done

EXAMPLES = Path(__file__).resolve().parents[2] / "config" / "examples"
FAULTY = """\
state: ./state
dns: {listen: ["127.0.0.1:99999"], block_mode: drop}
upstream: []
"""
SOUND = """\
family: {unknown_devices: "6-9"}
"""
WITH_LISTS = """
lists:
  sources:
    - {name: one, category: gambling, path: one.txt}
    - {name: two, category: gambling, path: two.txt}
"""


def add(text: str) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text() + text, encoding="utf-8")


def test_a_good_configuration_is_said_to_be_good_and_nothing_is_written(guardian: Callable[..., Done]) -> None:
    add(SOUND)
    assert guardian("check") == (0, "guardian.yaml: no fault found\n", "")
    assert guardian("check", "--json").json == {"ok": True, "faults": [], "warnings": []}
    assert [path.name for path in Path().iterdir()] == ["guardian.yaml"]


def test_a_warning_is_told_and_all_is_well(guardian: Callable[..., Done]) -> None:
    done = guardian("check")
    assert (done.code, done.out) == (0, "guardian.yaml: no fault found\n")
    (line,) = done.err.splitlines()
    assert line.startswith("guardian.yaml:1:1: family.unknown_devices: warning: 10-12 is looser than 6-9 at clients")
    done = guardian("check", "--json")
    assert (done.code, done.err, done.json["ok"], done.json["faults"]) == (0, "", True, [])
    (warning,) = done.json["warnings"]
    assert warning["key"] == "family.unknown_devices"
    assert warning["message"].startswith("10-12 is looser than 6-9")


def test_an_open_resolver_and_an_empty_filter_are_told(guardian: Callable[..., Done]) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("192.168.1.0/24", "0.0.0.0/0") + SOUND + "lists: {embedded: false}\n")
    done = guardian("check")
    assert done.code == 0
    assert [line.split(": ")[1] for line in done.err.splitlines()] == ["dns.allow_from[0]", "lists.embedded"]


def test_an_upstream_that_is_guardian_itself_is_a_fault(guardian: Callable[..., Done]) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("udp://192.168.1.1", "udp://127.0.0.1:1053") + SOUND)
    done = guardian("check")
    assert done.code == 78
    assert done.err.startswith("guardian.yaml:5:11: upstreams[0].url: 127.0.0.1:1053 is where guardian itself listens")


def test_a_full_disk_is_told_without_a_traceback(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_command, "TemporaryFile", partial(Path("/dev/full").open, "w+b"))
    done = guardian("check")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "guardian: the lists can't be tried: temporary files: No space left on device;"
        " make room there, or let TMPDIR name a folder with room\n"
    )


def test_a_configuration_that_can_not_be_reached_is_told_without_a_traceback(guardian: Callable[..., Done]) -> None:
    unreachable = "x" * 300
    done = guardian("check", "--config", unreachable)
    assert (done.code, done.out) == (78, "")
    assert done.err.startswith(f"{unreachable}: can't be read: File name too long (name another with --config FILE")


def test_faults_of_the_file_are_json_where_json_is_asked_for(guardian: Callable[..., Done]) -> None:
    Path("guardian.yaml").write_text(FAULTY, encoding="utf-8")
    done = guardian("check", "--json")
    assert (done.code, done.err) == (78, "")
    told = done.json
    assert told["ok"] is False
    assert [(one["line"], one["column"], one["key"]) for one in told["faults"]] == [
        (2, 16, "dns.listen[0]"),
        (2, 48, "dns.block_mode"),
        (3, 1, "upstream"),
    ]
    assert set(told["faults"][0]) == {"file", "line", "column", "key", "message", "hint"}
    assert "upstreams" in told["faults"][2]["hint"]


def test_a_missing_file_is_json_too(guardian: Callable[..., Done]) -> None:
    done = guardian("check", "--json", "--config", "absent.yaml")
    assert done.code == 78
    assert [one["file"] for one in done.json["faults"]] == ["absent.yaml"]


def test_every_list_that_can_not_be_read_is_told_and_exit_is_1(guardian: Callable[..., Done]) -> None:
    add(SOUND + WITH_LISTS)
    Path("two.txt").write_bytes(b"")
    done = guardian("check")
    assert (done.code, done.out) == (1, "")
    first, second = done.err.splitlines()
    assert first.startswith(f"{Path('one.txt').absolute()}: the list can't be read: No such file or directory; mend")
    assert second.startswith(f"{Path('two.txt').absolute()}: the list is empty")
    told = guardian("check", "--json")
    assert told.code == 1
    assert [one["file"] for one in told.json["faults"]] == [
        str(Path(name).absolute()) for name in ("one.txt", "two.txt")
    ]


def test_an_unknown_category_is_at_its_place_with_the_known_ones(guardian: Callable[..., Done]) -> None:
    add(WITH_LISTS.replace("gambling", "gamling", 1))
    done = guardian("check")
    assert done.code == 78
    assert done.err.startswith("guardian.yaml:11:29: lists.sources[0].category: 'gamling' is no category (known: ")


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_an_upstream_of_any_transport_is_none(guardian: Callable[..., Done], transport: str) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("udp://", f"{transport}://") + SOUND, encoding="utf-8")
    done = guardian("check")
    assert (done.code, done.out) == (0, "guardian.yaml: no fault found\n")


def test_a_line_of_a_list_that_is_no_rule_is_a_warning_at_its_place(guardian: Callable[..., Done]) -> None:
    add(SOUND + WITH_LISTS)
    Path("one.txt").write_text("bet.example\nno name!\n")
    Path("two.txt").write_text("casino.example\n")
    done = guardian("check")
    assert (done.code, done.out) == (0, "guardian.yaml: no fault found\n")
    whole, line = done.err.splitlines()
    assert whole == f"{Path('one.txt').absolute()}: warning: 1 lines refused"
    assert line.startswith(f"{Path('one.txt').absolute()}:2:1: warning: ")
    told = guardian("check", "--json").json
    assert (told["ok"], [one["line"] for one in told["warnings"]]) == (True, [0, 2])


def test_a_list_that_closes_nothing_for_a_childs_device_is_told(guardian: Callable[..., Done]) -> None:
    add(SOUND + WITH_LISTS.replace("gambling, path: two", "games, path: two"))
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("play.example\n")
    done = guardian("check")
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert line.startswith(
        "guardian.yaml:13:29: lists.sources[1].category: warning:"
        " games is open for 6-9: this list closes nothing for those devices"
    )


def test_that_a_list_closes_nothing_for_parents_is_no_warning(guardian: Callable[..., Done]) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text() + "  - {network: 192.168.1.40, band: adult}\n" + SOUND + WITH_LISTS)
    for name in ("one.txt", "two.txt"):
        Path(name).write_text("play.example\n")
    assert guardian("check").err == ""


def test_the_examples_have_neither_fault_nor_warning(
    guardian: Callable[..., Done],
) -> None:
    for name in ("home.yaml", "classroom.yaml", "library.yaml"):
        file = str(EXAMPLES / name)
        assert guardian("check", "--config", file) == (0, f"{file}: no fault found\n", "")


def test_names_that_cross_the_internet_in_the_clear_are_told(guardian: Callable[..., Done]) -> None:
    path = Path("guardian.yaml")
    path.write_text(path.read_text().replace("udp://192.168.1.1", "udp://9.9.9.9") + SOUND)
    done = guardian("check")
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert line.startswith("guardian.yaml:5:11: upstreams[0].url: warning: udp://9.9.9.9:53 is asked in plain text")


def test_a_state_that_is_no_folder_is_told(guardian: Callable[..., Done]) -> None:
    add(SOUND)
    Path("state").write_text("")
    done = guardian("check")
    assert done.code == 0
    (line,) = done.err.splitlines()
    assert line.startswith(f"guardian.yaml:1:8: state: warning: {Path('state').absolute()} is no folder: no list can")


def test_a_state_that_may_not_be_written_is_told(
    guardian: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(SOUND)
    monkeypatch.setattr(os, "access", lambda *_: False)
    (line,) = guardian("check").err.splitlines()
    assert f"{Path.cwd()} can't be written by this user" in line


def test_a_family_that_can_not_be_read_is_told_with_what_helps(guardian: Callable[..., Done]) -> None:
    add(SOUND)
    assert guardian("children", "add", "Ana", "--band", "6-9").code == 0
    assert guardian("check").code == 0
    Path("state/family.sqlite3").write_bytes(b"nothing of a family" * 500)
    done = guardian("check")
    assert (done.code, done.out) == (1, "")
    assert "family.sqlite3: the family store" in done.err
    assert "`guardian restore`" in done.err


def test_a_damaged_page_of_the_family_is_found(guardian: Callable[..., Done]) -> None:
    add(SOUND)
    assert guardian("children", "add", "Ana", "--band", "6-9").code == 0
    path = Path("state/family.sqlite3")
    octets = bytearray(path.read_bytes())
    octets[-4096 * 3 :] = bytes(4096 * 3)
    path.write_bytes(octets)
    done = guardian("check")
    assert done.code == 1
    assert "the family store is damaged" in done.err


def test_a_decision_on_a_service_that_is_no_more_is_a_warning(guardian: Callable[..., Done]) -> None:
    add(SOUND)
    assert guardian("children", "add", "Ana", "--band", "6-9").code == 0
    assert guardian("block", "tiktok", "--child", "Ana").code == 0
    assert guardian("check").err == ""
    with closing(open_store(Path("state/family.sqlite3"))) as store:
        store.execute("UPDATE choice SET subject = 'service:vine'")
    done = guardian("check")
    assert done.code == 0
    assert "warning: service:vine is no category and no service any more" in done.err
