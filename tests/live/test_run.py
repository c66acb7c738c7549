"""`guardian run` and `guardian demo`, as a newcomer types them."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import dns.rcode
import pytest

from guardian.cli.run_command import RESOLV_CONF
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


def test_run_never_asks_in_plain_text_what_was_meant_to_be_encrypted_without_saying_so(tmp_path: Path) -> None:
    if not RESOLV_CONF.is_file() or "nameserver" not in RESOLV_CONF.read_text(encoding="utf-8"):
        pytest.skip(f"{RESOLV_CONF} names no resolver of this machine")
    config = write_config(tmp_path, "tls://192.0.2.53")
    with Guardian(config, program=(*PROGRAM, "run", "--config", str(config))) as guardian:
        guardian.ready()
        guardian.wait_for("tls://192.0.2.53:853 can't be asked yet")
        guardian.wait_for("in plain text; GUARDIAN_UPSTREAM=udp://ADDRESS sets another")


def test_the_tour_shows_what_is_open_to_whom_and_needs_no_internet() -> None:
    done = command("demo")
    assert (done.returncode, done.stderr) == (0, "")
    shown = {line.split()[0]: line.split()[1:5] for line in done.stdout.splitlines() if "." in line.split(" ")[0]}
    assert shown["alo116.al"] == ["open"] * 4
    assert shown["malware.guardian.example"] == ["closed"] * 4
    assert shown[GAMBLING] == ["closed", "closed", "closed", "open"]
    assert shown["a-site-nobody-listed.example"] == ["closed", "open", "open", "open"]
