"""A running guardian is asked how it is, and steered, over its control socket."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.conftest import Guardian, ask, command, publish, write_config

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.live.authority import Authority

GAMBLING = "gambling.guardian.example"
TEEN = "127.0.0.14"


def told(config: Path, *words: str) -> Any:  # noqa: ANN401 - JSON may be anything
    done = command(*words, "--config", config, "--json")
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def is_closed(server: Guardian, name: str, device: str = TEEN) -> bool:
    return not ask(server.port, name, device=device).answer


def talk(path: Path, *lines: bytes) -> list[bytes]:
    """Send lines to the socket and give what comes back until it hangs up."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(path))
        connection.sendall(b"".join(lines))
        data = b""
        while more := connection.recv(65536):
            data += more
        return data.splitlines()


def test_status_says_in_words_how_it_is(house: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    done = command("status", "--config", house)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("guardian 0.")
    assert f"answers on  127.0.0.1:{server.port}" in lines
    assert any("filtering" in line and line.endswith("on") for line in lines)
    assert lines[-1] == "all is well"


def test_status_holds_no_name_and_no_device_that_asked(house: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    ask(server.port, "secret-name.example", device=TEEN)
    text = json.dumps(told(house, "status"))
    assert "secret-name" not in text
    assert TEEN not in text


def test_where_none_runs_it_says_how_to_start_one(house: Path) -> None:
    for words in (("status",), ("pause",), ("resume",), ("reload",)):
        done = command(*words, "--config", house)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no guardian runs here" in done.stderr
        assert "guardian run" in done.stderr


def test_a_pause_opens_at_once_and_resume_closes_at_once(house: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    assert is_closed(server, GAMBLING)
    done = command("pause", "--config", house)
    assert done.returncode == 0, done.stderr
    assert "band 0-5 still opens only its allow list" in done.stdout
    assert not is_closed(server, GAMBLING)
    assert is_closed(server, "malware.guardian.example")
    assert is_closed(server, GAMBLING, "127.0.0.11")
    status = told(house, "status")
    assert 1 <= status["paused_minutes"] <= 15
    assert status["ok"]
    assert told(house, "resume") == {"was_paused": True}
    assert is_closed(server, GAMBLING)
    assert told(house, "resume") == {"was_paused": False}
    server.wait_for("filtering is on again")
    assert "filtering pauses for 15 minutes, until " in server.log()


def test_a_second_pause_takes_the_first_ones_place(house: Path, start: Callable[..., Guardian]) -> None:
    start(house).ready()
    told(house, "pause", "600")
    told(house, "pause", "5")
    assert told(house, "status")["paused_minutes"] <= 5


def test_a_reload_leaves_a_pause_on(
    house: Path, tmp_path: Path, compiled: Path, start: Callable[..., Guardian]
) -> None:
    server = start(house).ready()
    told(house, "pause")
    publish(compiled, tmp_path / "state")
    assert told(house, "reload")["lists"] > 0
    assert not is_closed(server, GAMBLING)
    told(house, "resume")
    assert is_closed(server, GAMBLING)


def test_a_restart_ends_a_pause(house: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    told(house, "pause", "60")
    assert server.stop() == 0
    assert is_closed(start(house).ready(), GAMBLING)


def test_a_reload_that_fails_says_why(house: Path, tmp_path: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    (tmp_path / "state" / "sets" / "current.set").unlink()
    done = command("reload", "--config", house)
    assert (done.returncode, done.stdout) == (1, "")
    assert "the last good one goes on answering" in done.stderr
    assert is_closed(server, GAMBLING)
    assert "guardian lists compile" in " ".join(told(house, "status")["needs"])


def test_status_goes_on_saying_why_a_reload_was_not_taken_in(house: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    before = house.read_text()
    house.write_text(before + "unknown_key: 1\n")
    server.reload()
    server.wait_for("the configuration can't be used")
    house.write_text(before)
    status = told(house, "status")
    assert not status["ok"]
    assert "unknown_key" in status["reload_trouble"]
    told(house, "reload")
    assert told(house, "status")["ok"]


def test_another_published_set_waits_until_it_is_taken_in(
    tmp_path: Path, authority: Authority, compiled: Path, start: Callable[..., Guardian]
) -> None:
    publish(compiled, tmp_path / "state")
    config = write_config(tmp_path, authority.url, extra="lists: {sources: [{name: own, kind: allow, path: own.txt}]}")
    (tmp_path / "own.txt").write_text("own.example\n")
    start(config).ready()
    assert command("lists", "compile", "--config", config).returncode == 0
    status = told(config, "status")
    assert status["set"]["published"] == "waiting"
    assert status["set"]["oldest"] == ["own, 0 days"]
    assert "guardian reload" in status["needs"][0]
    told(config, "reload")
    assert told(config, "status")["set"]["published"] == "in force"


def test_explain_asks_the_running_guardian_and_tells_of_a_pause(house: Path, start: Callable[..., Guardian]) -> None:
    start(house).ready()
    told(house, "pause")
    why = told(house, "explain", GAMBLING, "--client", TEEN)
    assert (why["verdict"], why["usual_verdict"], why["band"]) == ("allow", "block", "13-15")
    assert why["lists"] == "those in force in the running guardian"
    said = command("explain", GAMBLING, "--client", TEEN, "--config", house).stdout.splitlines()
    assert said[0] == f"{GAMBLING} for band 13-15: open, filtering pauses until {why['paused_until']}"
    assert said[1].startswith("  after that: closed, in a category")
    assert [stage["stage"] for stage in why["stages"]][:2] == ["who asks", "pause"]
    later = told(house, "explain", GAMBLING, "--client", TEEN, "--at", "2099-01-01T12:00")
    assert (later["verdict"], later["paused_until"]) == ("block", None)


def test_the_socket_is_for_its_owner_and_group_and_goes_with_guardian(
    house: Path, tmp_path: Path, start: Callable[..., Guardian]
) -> None:
    path = tmp_path / "state" / "control.sock"
    server = start(house).ready()
    found = path.stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o660
    assert server.stop() == 0
    assert not path.exists()


def test_what_a_crash_left_is_replaced(house: Path, tmp_path: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    server.process.kill()
    server.process.wait(20)
    assert (tmp_path / "state" / "control.sock").exists()
    start(house).ready()
    assert told(house, "status")["ok"]


def test_a_second_guardian_with_the_same_state_leaves_the_first_ones_socket(
    house: Path, start: Callable[..., Guardian]
) -> None:
    first = start(house).ready()
    second = start(house).ready()
    assert "another guardian answers there" in second.log()
    assert told(house, "status")["listening"] == [f"127.0.0.1:{first.port}"]
    second.stop()
    assert told(house, "status")["listening"] == [f"127.0.0.1:{first.port}"]


def test_a_path_that_is_too_long_for_a_socket_is_no_hindrance(
    tmp_path: Path, authority: Authority, compiled: Path, start: Callable[..., Guardian]
) -> None:
    folder = tmp_path / ("f" * 120)
    publish(compiled, folder / "state")
    config = write_config(folder, authority.url)
    server = start(config).ready()
    assert told(config, "status")["ok"]
    assert server.stop() == 0
    assert not (folder / "state" / "control.sock").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_another_user_is_told_whom_to_ask(house: Path, tmp_path: Path, start: Callable[..., Guardian]) -> None:
    start(house).ready()
    path = tmp_path / "state" / "control.sock"
    code = (
        "import socket, sys; connection = socket.socket(socket.AF_UNIX)\n"
        "try: connection.connect(sys.argv[1])\n"
        "except PermissionError: print('no')\n"
    )
    for folder in (path.parent, *path.parent.parents):
        if folder.is_relative_to(tmp_path) or folder in tmp_path.parents:
            folder.chmod(folder.stat().st_mode | 0o111)
    done = subprocess.run(
        ["python3", "-c", code, str(path)],
        capture_output=True,
        text=True,
        user=65534,
        group=65534,
        extra_groups=[],
        timeout=20,
        check=False,
    )
    assert done.stdout == "no\n", done.stderr


def test_a_line_that_is_no_request_is_refused_and_the_next_one_heard(
    house: Path, tmp_path: Path, start: Callable[..., Guardian]
) -> None:
    start(house).ready()
    path = tmp_path / "state" / "control.sock"
    answers = [
        json.loads(line) for line in talk(path, b"hello\n", b'{"is":"pause","minutes":1}\n', b'{"is":"resume"}\n')
    ]
    assert [one["is"] for one in answers] == ["refused", "refused", "resumed"]
    assert "5 to 1440" in answers[1]["why"]


def test_who_sends_no_line_or_one_without_end_is_dropped(
    house: Path, tmp_path: Path, start: Callable[..., Guardian]
) -> None:
    server = start(house).ready()
    path = tmp_path / "state" / "control.sock"
    assert talk(path, b'{"is":"status"') == []
    assert talk(path, b"x" * 70_000) == []
    assert talk(path) == []
    assert told(house, "status")["ok"]
    assert "report this" not in server.log()


def test_no_more_than_eight_are_heard_at_once(house: Path, tmp_path: Path, start: Callable[..., Guardian]) -> None:
    server = start(house).ready()
    path = tmp_path / "state" / "control.sock"
    held = [socket.socket(socket.AF_UNIX) for _ in range(8)]
    for one in held:
        one.settimeout(20)
        one.connect(str(path))
    (line,) = talk(path)
    assert json.loads(line)["is"] == "refused"
    # whoever keeps silent is gone after two seconds
    assert all(one.recv(1) == b"" for one in held)
    for one in held:
        one.close()
    assert told(house, "status")["ok"]
    assert is_closed(server, GAMBLING)


def test_an_upstream_that_does_not_answer_needs_a_person(
    tmp_path: Path, compiled: Path, start: Callable[..., Guardian]
) -> None:
    publish(compiled, tmp_path / "state")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        config = write_config(tmp_path, f"udp://127.0.0.1:{silent.getsockname()[1]}")
        server = start(config).ready()
        ask(server.port, "one.example", device=TEEN)
        server.wait_for("no upstream works")
        done = command("status", "--config", config)
    assert done.returncode == 1
    assert "silent, plain: who carries it can read every name" in done.stdout
    assert any(line.startswith("to do ") and "does not answer" in line for line in done.stdout.splitlines())
