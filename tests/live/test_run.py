"""`guardian run` and `guardian demo`, as a newcomer types them."""

from __future__ import annotations

import signal
import socket
import time
from typing import TYPE_CHECKING

import dns.rcode

from tests.live.authority import ADDRESS, Authority
from tests.live.conftest import PROGRAM, Guardian, ask, command, write_config

if TYPE_CHECKING:
    from pathlib import Path

GAMBLING = "gambling.guardian.example"
OWN = "lists: {sources: [{name: casino, category: gambling, path: casino.txt}]}"


def running(config: Path, authority: Authority) -> Guardian:
    """Start `guardian run` with an upstream that this machine can ask."""
    return Guardian(
        config, program=(*PROGRAM, "run", "--config", str(config)), environment={"GUARDIAN_UPSTREAM": authority.url}
    )


def test_run_compiles_answers_and_ends_when_told_to(tmp_path: Path, authority: Authority) -> None:
    with running(write_config(tmp_path, "tls://192.0.2.53"), authority) as guardian:
        guardian.ready()
        guardian.wait_for("try it: dig @127.0.0.1 -p ")
        guardian.wait_for("no child is named yet: guardian children add NAME --band 6-9")
        assert ask(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN
        assert ADDRESS in str(ask(guardian.port, "school.example").answer)
        assert "can't be used" not in guardian.log()
        assert (tmp_path / "state" / "sets" / "current.set").is_file()
        assert guardian.stop() == 0


def test_run_ends_by_control_c_without_a_traceback(house: Path, authority: Authority) -> None:
    with running(house, authority) as guardian:
        guardian.ready()
        guardian.process.send_signal(signal.SIGINT)
        assert guardian.stop() == 0
        assert "Traceback" not in guardian.log()


def test_run_goes_on_with_the_last_good_set_when_a_list_is_damaged(tmp_path: Path, authority: Authority) -> None:
    config = write_config(tmp_path, authority.url, extra=OWN)
    (tmp_path / "casino.txt").write_text("casino.example\n")
    assert command("lists", "compile", "--config", config).returncode == 0
    (tmp_path / "casino.txt").write_bytes(bytes(range(256)))
    with running(config, authority) as guardian:
        guardian.ready()
        guardian.wait_for("this is a binary file or not UTF-8")
        guardian.wait_for("the lists could not be compiled; the last good set goes on")
        assert ask(guardian.port, "casino.example").rcode() == dns.rcode.NXDOMAIN


def test_run_without_internet_says_in_a_line_what_works_and_what_an_adult_can_decide_and_blocks_all_the_same(
    tmp_path: Path,
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        config = write_config(tmp_path, f"tls://127.0.0.1:{nobody.getsockname()[1]}")
        with Guardian(config, program=(*PROGRAM, "run", "--config", str(config))) as guardian:
            guardian.ready()
            line = guardian.wait_for("no upstream works: ")
            assert "what is closed stays closed" in line
            assert "never asked in plain text instead" in line
            assert ask(guardian.port, GAMBLING).rcode() == dns.rcode.NXDOMAIN
            assert ask(guardian.port, "guardian.home.arpa").answer
            began = time.monotonic()
            answer = ask(guardian.port, "school.example")
            assert (answer.rcode(), time.monotonic() - began < 1) == (dns.rcode.SERVFAIL, True)
            assert guardian.log().count("no upstream works") == 1


def test_the_tour_shows_what_is_open_to_whom_and_needs_no_internet() -> None:
    done = command("demo")
    assert (done.returncode, done.stderr) == (0, "")
    shown = {line.split()[0]: line.split()[1:5] for line in done.stdout.splitlines() if "." in line.split(" ")[0]}
    assert shown["alo116.al"] == ["open"] * 4
    assert shown["malware.guardian.example"] == ["closed"] * 4
    assert shown[GAMBLING] == ["closed", "closed", "closed", "open"]
    assert shown["a-site-nobody-listed.example"] == ["closed", "open", "open", "open"]
